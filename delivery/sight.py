"""What a service's canary can see, and what it cannot: said before anything is deployed."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from delivery.canary import SECONDS_A_MINUTE, Canary, Objectives
from delivery.runtime import load_judge
from delivery.service import Service
from delivery.synthetic import clean_requests, planned

POWER = 0.9
# Of the objective: how much the current version may be failing already.
BASE_RATES = (0.1, 0.5, 1.0)
# As the gate's own plan has it (lambda/canary/plan.py): when a minute's counts are complete.
LEAST_SETTLE_SECONDS, SETTLE_MARGIN_SECONDS = 120, 60
DIGITS = 2


@dataclass(frozen=True, kw_only=True)
class Regression:
    """The smallest regression that is stopped.

    Attributes:
        current_percent: how many of the current version's requests fail, in percent.
        stopped_percent: from how many failing requests on, in percent, a new version is stopped
            in time; None where not even one that fails every request is.
    """

    current_percent: float
    stopped_percent: float | None


@dataclass(frozen=True, kw_only=True)
class Sight:
    """What a canary can see.

    Attributes:
        expected_requests: how many the new version can expect in the whole window.
        judged_minutes: how many of its minutes have settled while it can still be stopped.
        synthetic_requests: how many go to each version before.
        clean_requests: how many requests without a failure certify the objective.
        broken_minutes: about how many pass from the shift until a new version that fails all is
            stopped, that of the shift and those that settle included; None where it never is.
        broken_requests: about how many fail by then; None likewise.
        regressions: what is stopped with 90 % power, by how much the current version fails.
    """

    expected_requests: int
    judged_minutes: int
    synthetic_requests: int
    clean_requests: int
    broken_minutes: int | None
    broken_requests: int | None
    regressions: tuple[Regression, ...]

    def as_metadata(self) -> dict[str, Any]:
        """Give it as the metadata of a template: cfn-lint takes no fractions there, so as text."""
        counts = {
            "ExpectedRequests": self.expected_requests,
            "JudgedMinutes": self.judged_minutes,
            "SyntheticRequests": self.synthetic_requests,
            "CleanRequests": self.clean_requests,
            "BrokenMinutes": self.broken_minutes,
            "BrokenRequests": self.broken_requests,
        }
        return {name: count for name, count in counts.items() if count is not None} | {
            "Regressions": [
                {"CurrentPercent": f"{each.current_percent:g}"}
                | ({"StoppedPercent": f"{each.stopped_percent:g}"} if each.stopped_percent else {})
                for each in self.regressions
            ],
        }


def sight(service: Service) -> Sight:
    """Reckon what the canary of a service can see, with the judge itself."""
    return _sight(service.canary, service.objectives, service.timeout_seconds)


@cache
def _sight(canary: Canary, objectives: Objectives, timeout_seconds: int) -> Sight:
    power = load_judge("power")
    settle = max(LEAST_SETTLE_SECONDS, timeout_seconds + SETTLE_MARGIN_SECONDS)
    # The minute in which the shift begins is no whole one.
    unjudged = 1 + math.ceil(settle / SECONDS_A_MINUTE)
    judged = max(0, canary.minutes - unjudged)
    share, served = canary.percent / 100, canary.requests_per_second * SECONDS_A_MINUTE
    requests = math.floor(judged * served * share), math.floor(judged * served * (1 - share))
    metrics = ("errors", "slow", "http_5xx") if canary.http_5xx else ("errors", "slow")
    objective = objectives.errors_percent / 100

    def stopped(rate: float) -> Regression:
        found = power.smallest_rate(rate, requests, metrics=metrics, power=POWER)
        percent = None if found is None else _rounded(100 * found)
        return Regression(current_percent=_rounded(100 * rate), stopped_percent=percent)

    regressions = tuple(stopped(part * objective) for part in BASE_RATES)
    telling, broken = power.broken_requests(objective, share, metrics=metrics), None
    if telling is not None and telling <= requests[0] and regressions[-1].stopped_percent:
        broken = unjudged + math.ceil(telling / (served * share))
    return Sight(
        expected_requests=math.floor(canary.expected_requests),
        judged_minutes=judged,
        synthetic_requests=planned(canary, objectives),
        clean_requests=clean_requests(objective),
        broken_minutes=broken,
        broken_requests=None if broken is None else math.ceil(broken * served * share),
        regressions=regressions,
    )


def said(service: Service) -> str:
    """Say it in a few lines for people."""
    canary, seen = service.canary, sight(service)
    meets = (
        f"{service.name}: {canary.percent} % of {canary.requests_per_second:g} requests a second "
        f"for {canary.minutes} minutes are {seen.expected_requests:,} requests to a new version, "
        f"after {seen.synthetic_requests:,} synthetic ones."
    )
    certifies = (
        f"{seen.clean_requests:,} requests without a failure certify the objective of "
        f"{service.objectives.errors_percent:g} %."
    )
    return "\n  ".join((meets, certifies, *_stops(seen)))


def _stops(seen: Sight) -> Iterator[str]:
    if not any(each.stopped_percent for each in seen.regressions):
        why = "too few requests settle" if seen.judged_minutes else "no minute settles"
        yield f"Warning: the watch stops nothing here, as {why} in time."
        yield "Give the canary more minutes or percent, or the service a shorter timeout_seconds."
        return
    stops = ", ".join(
        f"{f'{each.stopped_percent:g} %' if each.stopped_percent else 'nothing'} "
        f"against {each.current_percent:g} %"
        for each in seen.regressions
    )
    new = "Stopped in the canary nine times of ten, failures of new against current version"
    yield f"{new}: {stops}. Less may pass."
    if seen.broken_minutes is not None:
        broken = f"{seen.broken_minutes} minutes and {seen.broken_requests:,} failed requests"
        yield f"A version that fails everything is stopped after about {broken}."


def _rounded(percent: float) -> float:
    """Round to two significant digits, upwards: what is said to be stopped is."""
    scale = 10.0 ** (math.floor(math.log10(percent)) - DIGITS + 1)
    return float(f"{min(100.0, math.ceil(percent / scale - 1e-9) * scale):.6g}")
