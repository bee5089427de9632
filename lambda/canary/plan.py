"""How carefully this canary goes: what the service's team has said of it, checked again here.

It comes as JSON in the environment variable ``PLAN``, as synthesized from the delivery file. What
is missing or out of range must never become a default: the hooks fail, and the watch says so.
"""

import json
import os
from dataclasses import asdict, dataclass, fields
from typing import Any, Final, Self

POLICIES: Final = ("fail", "warn")
# Lambda's metrics of a minute arrive within two, and a request counts when it ends, in the minute
# in which it began ("Viewing metrics for Lambda functions", Lambda Developer Guide).
LEAST_SETTLE_SECONDS: Final = 120
SETTLE_MARGIN_SECONDS: Final = 60

_LOW_HIGH: Final[dict[str, tuple[float, float]]] = {
    "percent": (1, 50),
    "minutes": (1, 2880),
    "errors_percent": (1e-4, 50),
    "latency_ms": (1, 900_000),
    "timeout_seconds": (1, 900),
    "synthetic_requests": (0, 3000),
}
_WHOLE: Final = frozenset(_LOW_HIGH) - {"errors_percent"}


class PlanError(ValueError):
    """The plan that the function was deployed with cannot be used."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What the delivery file says of one service in one environment.

    Attributes:
        percent: the new version's share of the requests while it is on trial.
        minutes: how long it is on trial.
        errors_percent: the largest share of requests, in percent, that may fail.
        latency_ms: from when on a request counts as slow, in milliseconds.
        timeout_seconds: the service's own time-out.
        http_5xx: whether the service publishes how many of its answers are HTTP 5xx.
        synthetic_requests: how many go to each version before there is any traffic.
        inconclusive: what such a verdict does in this environment: fail or warn.
    """

    percent: int
    minutes: int
    errors_percent: float
    latency_ms: int
    timeout_seconds: int
    http_5xx: bool
    synthetic_requests: int
    inconclusive: str

    @property
    def settle_seconds(self) -> int:
        """How long after its end a minute's counts are complete, in seconds."""
        return max(LEAST_SETTLE_SECONDS, self.timeout_seconds + SETTLE_MARGIN_SECONDS)

    @property
    def objective(self) -> float:
        """The largest share of requests that may fail, 0 to 1."""
        return self.errors_percent / 100

    @property
    def share(self) -> float:
        """The new version's share of the requests while it is on trial, 0 to 1."""
        return self.percent / 100

    def as_record(self) -> dict[str, Any]:
        """Give the plan as JSON allows it."""
        return asdict(self)

    @classmethod
    def of_environment(cls) -> Self:
        """Read the plan that the function was deployed with.

        Raises:
            PlanError: it is not there, or says something that has no meaning.
        """
        try:
            given = json.loads(os.environ.get("PLAN", ""))
        except ValueError:
            raise PlanError("the environment variable PLAN is no JSON") from None
        wanted = {field.name for field in fields(cls)}
        if not isinstance(given, dict) or given.keys() != wanted:
            raise PlanError(f"PLAN must hold {', '.join(sorted(wanted))} and nothing else")
        for name, (low, high) in _LOW_HIGH.items():
            _check_number(name, given[name], low, high)
        if not isinstance(given["http_5xx"], bool):
            raise PlanError(f"PLAN.http_5xx is {given['http_5xx']!r}; allowed: true, false")
        if given["inconclusive"] not in POLICIES:
            allowed = ", ".join(POLICIES)
            raise PlanError(f"PLAN.inconclusive is {given['inconclusive']!r}; allowed: {allowed}")
        return cls(**given)


def _check_number(name: str, value: object, low: float, high: float) -> None:
    kinds = int if name in _WHOLE else int | float
    # NaN is in no range: every comparison with it is false.
    if isinstance(value, bool) or not isinstance(value, kinds) or not low <= value <= high:
        kind = "a whole number" if name in _WHOLE else "a number"
        raise PlanError(f"PLAN.{name} is {value!r}; allowed: {kind} from {low:g} to {high:g}")
