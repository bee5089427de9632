"""What a canary can see with this judge, and what it cannot: asked before it is deployed.

Requests are taken to fail independently, or in bursts as long as the settings' dispersion says, to
be as many as expected, and the errors to be the only metric that speaks. The power is that of a
single look at the end of the window, so that the judge, which looks every minute, does a little
better.
"""

import math
from bisect import bisect_left
from collections.abc import Sequence
from typing import Final

from binomial import at_least, quantiles
from evidence import certificate, log_relative_evidence
from settings import Settings

STEPS: Final = 30
MOST_BROKEN: Final = 1000


def clean_requests(objective: float, beta: float = 0.05) -> int:
    """Give how many requests without a failure certify an objective: 299 for 1 % and 5 %."""
    return certificate(objective, 1.0).clean_needed(beta)


def smallest_rate(
    rate: float,
    requests: tuple[int, int],
    *,
    metrics: Sequence[str] = ("errors", "slow"),
    settings: Settings | None = None,
    power: float = 0.9,
) -> float | None:
    """Give the smallest error rate of the canary that is stopped with the given power.

    Args:
        rate: the baseline's error rate, above 0 and below 1.
        requests: how many the canary and the baseline are expected to serve in the window.
        metrics: what is counted: the errors' weight in the evidence depends on it.
        settings: how sure the judge has to be, and how bursty the errors are.
        power: the chance with which the canary is to be stopped, 0 to 1.

    Returns:
        A rate of at most 1; None where not even a canary that fails every request is stopped with
        that power.
    """
    settings = settings or Settings()
    burst = settings.dispersion_of("errors")
    # Evidence tempered by the length of the bursts is that of as many times fewer requests.
    canary, baseline = (math.floor(served / burst) for served in requests)
    needed = _needed(metrics, settings)
    fewest = [
        _fewest_errors((canary, baseline), errors, needed, settings.bound_of("errors"))
        for errors in quantiles(baseline, rate)
    ]

    def stopped(candidate: float) -> float:
        return math.fsum(at_least(errors, canary, candidate) for errors in fewest) / len(fewest)

    if stopped(1.0) < power:
        return None
    low, high = math.log(rate), 0.0
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if stopped(math.exp(middle)) >= power else (middle, high)
    return math.exp(high)


def broken_requests(
    rate: float,
    share: float,
    *,
    metrics: Sequence[str] = ("errors", "slow"),
    settings: Settings | None = None,
) -> int | None:
    """Give how many requests of a canary that fails every one are evidence enough to stop it.

    Args:
        rate: the baseline's error rate, 0 to 1.
        share: the canary's share of the requests, 0 to 1.
        metrics: what is counted.
        settings: how sure the judge has to be, and how bursty the errors are.

    Returns:
        None where MOST_BROKEN are not enough: the baseline fails nearly all of its requests, too.
    """
    settings = settings or Settings()
    needed, bound = _needed(metrics, settings), settings.bound_of("errors")

    def is_stopped(served: int) -> bool:
        others = round(served * (1 - share) / share)
        canary, baseline = (served, served), (others, round(rate * others))
        return log_relative_evidence(canary, baseline, bound) >= needed

    bursts = next((served for served in range(1, MOST_BROKEN + 1) if is_stopped(served)), None)
    return None if bursts is None else math.ceil(bursts * settings.dispersion_of("errors"))


def _needed(metrics: Sequence[str], settings: Settings) -> float:
    """Give the log evidence with which the errors alone reach 1/alpha, all else saying nothing."""
    weight = dict(zip(metrics, settings.weights_of(metrics), strict=True))["errors"]
    return -math.log(settings.alpha_of(metrics) * (1 - settings.guard_weight) * weight)


def _fewest_errors(
    requests: tuple[int, int], baseline_errors: int, needed: float, bound: float
) -> int:
    """Give the fewest errors of the canary that stop it, beside so many of the baseline.

    One more than it has requests where not even all of them do.
    """
    canary, baseline = requests

    def evidence(errors: int) -> float:
        return log_relative_evidence((canary, errors), (baseline, baseline_errors), bound)

    # In proportion to the baseline's they say nothing; what stops is some standard deviations off.
    low = baseline_errors * canary // max(baseline, 1)
    step = math.isqrt(low) + 1
    while (high := min(low + step, canary)) < canary and evidence(high) < needed:
        low, step = high, 2 * step
    return low + bisect_left(range(low, high + 1), needed, key=evidence)
