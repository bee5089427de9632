"""How carefully a service's canary goes, as its gate is told."""

import json
from dataclasses import asdict, dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class GatePlan:
    """What the delivery file says of one service in one environment.

    The gate's functions get it as JSON in the environment variable PLAN, and refuse one with a
    key too many or too few.

    Attributes:
        percent: the new version's share of the requests while it is on trial.
        minutes: how long it is on trial.
        errors_percent: the largest share of failed requests, in percent (0 to 100).
        latency_ms: a request is slow when it takes longer, in milliseconds.
        timeout_seconds: the service's own time-out.
        http_5xx: whether the service publishes how many of its answers are HTTP 5xx.
        synthetic_requests: how many go to each version before there is any traffic.
        inconclusive: what such a verdict does to a release.
    """

    percent: int
    minutes: int
    errors_percent: float
    latency_ms: int
    timeout_seconds: int
    http_5xx: bool
    synthetic_requests: int
    inconclusive: Literal["fail", "warn"]

    def as_json(self) -> str:
        """The plan, the same text for the same plan."""
        return json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))
