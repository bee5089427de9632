"""What a canary can see with this judge, and what it cannot: asked before it is deployed.

Errors are taken as independent, requests as many as expected, and the errors metric as the only
one that speaks. The power is that of a single look at the end of the window, so that the judge,
which looks every minute, does a little better.
"""

import math
from bisect import bisect_left
from collections.abc import Sequence
from itertools import count
from typing import Final

from evidence import RelativeRisk, certificate
from settings import WEIGHTS, Settings

QUANTILES: Final = 9
STEPS: Final = 30
_EXACT: Final = 2000


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
        settings: how sure the judge has to be.
        power: the chance with which the canary is to be stopped, 0 to 1.

    Returns:
        A rate of at most 1; None where not even a canary that fails every request is stopped.
    """
    canary, baseline = requests
    needed = _needed(metrics, settings or Settings())
    critical = [
        _critical(requests, errors, needed) for errors in _spread(min(rate, 1.0) * baseline)
    ]

    def stopped(candidate: float) -> float:
        tails = [_at_least(errors, candidate * canary) for errors in critical]
        return sum(tails) / len(tails)

    if canary == 0 or max(critical) > canary or stopped(1.0) < power:
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
) -> int:
    """Give how many requests a canary that fails every one serves before it is stopped.

    Args:
        rate: the baseline's error rate, 0 to 1.
        share: the canary's share of the requests, 0 to 1.
        metrics: what is counted.
        settings: how sure the judge has to be.
    """
    needed = _needed(metrics, settings or Settings())

    def is_stopped(served: int) -> bool:
        others = round(served * (1 - share) / share)
        return _log_evidence((served, others), served, round(rate * others)) >= needed

    return next(served for served in count(1) if is_stopped(served))


def _needed(metrics: Sequence[str], settings: Settings) -> float:
    """Give the log evidence with which the errors alone reach 1/alpha, all else saying nothing."""
    weight = WEIGHTS["errors"] / sum(WEIGHTS[metric] for metric in metrics)
    return -math.log(settings.alpha * (1 - settings.guard_weight) * weight)


def _critical(requests: tuple[int, int], baseline_errors: int, needed: float) -> int:
    """Give the fewest errors of the canary that stop it, beside so many of the baseline."""
    return bisect_left(
        range(requests[0] + 1),
        needed,
        key=lambda errors: _log_evidence(requests, errors, baseline_errors),
    )


def _log_evidence(requests: tuple[int, int], errors: int, baseline_errors: int) -> float:
    risk = RelativeRisk(1.0, 1.0)
    risk.add((requests[0], errors), (requests[1], baseline_errors))
    return risk.log_evidence()


def _spread(mean: float) -> list[int]:
    """Give equally likely counts of a Poisson law: its quantiles at 1/18, 3/18 … 17/18."""
    return [
        bisect_left(
            range(round(mean + 10 * math.sqrt(mean) + 20)),
            (2 * at + 1) / (2 * QUANTILES),
            key=lambda events: 1 - _at_least(events + 1, mean),
        )
        for at in range(QUANTILES)
    ]


def _at_least(least: int, mean: float) -> float:
    """Give the chance that a Poisson count reaches ``least``."""
    if least <= 0:
        return 1.0
    if mean <= 0:
        return 0.0
    if least > _EXACT:
        # Wilson and Hilferty 1931: the cube root of a gamma variable is nearly normal.
        cube = (mean / least) ** (1 / 3)
        deviate = (1 - 1 / (9 * least) - cube) * 3 * math.sqrt(least)
        return math.erfc(deviate / math.sqrt(2)) / 2
    below = (math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(least))
    return max(0.0, 1.0 - math.fsum(below))
