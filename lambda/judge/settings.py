"""How sure the judge has to be, and of what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, cast

from counts import METRICS, JudgeError, check_whole

WEIGHTS: Final = {"errors": 0.5, "slow": 0.3, "http_5xx": 0.2}
UNKNOWN_DISPERSION_ALPHA: Final = 0.01


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How sure the judge has to be, and of what.

    Attributes:
        alpha: largest chance to stop a release that is no worse, over all looks together.
        beta: largest chance to call a release healthy that breaks the objective.
        objective: largest share of failed requests that is acceptable.
        error_ratio: relative risk of errors and HTTP 5xx that still counts as no worse.
        latency_ratio: the same for slow requests.
        dispersion: for each metric how many times burstier than independent requests the
            baseline's history is (variance to mean, 1 or more). A metric without history is taken
            as 1, and then alpha is at most 1 %.
        weights: each metric's share of the evidence, renormalised over the metrics given.
        share: the canary's configured share of requests; None where it is not to be checked.
        share_until: the minute from which on the canary gets all requests, as in the bake after
            the shift; its share is checked in the minutes before. None where it never does.
        share_tolerance: by how much of itself the share may be off before it counts as drift.
        baseline_expected: whether the baseline serves requests; False in the bake after the shift.
        guard_weight: the part of the evidence, and so of alpha, that the objective's test has.
        guard_always: whether the objective stops a release also where the baseline is present.
            Then a shared outage stops it, too. By default it stops only where nothing is there to
            compare with, and otherwise keeps the verdict from being healthy.
    """

    alpha: float = 0.01
    beta: float = 0.05
    objective: float = 0.01
    error_ratio: float = 1.0
    latency_ratio: float = 1.1
    dispersion: Mapping[str, float] | None = None
    weights: Mapping[str, float] = field(default_factory=lambda: dict(WEIGHTS))
    share: float | None = None
    share_until: int | None = None
    share_tolerance: float = 0.25
    baseline_expected: bool = True
    guard_weight: float = 0.05
    guard_always: bool = False

    def __post_init__(self) -> None:
        _number("alpha", self.alpha, 1e-9, 0.5)
        _number("beta", self.beta, 1e-9, 0.5)
        _number("objective", self.objective, 1e-6, 0.5)
        _number("error_ratio", self.error_ratio, 1.0, 10.0)
        _number("latency_ratio", self.latency_ratio, 1.0, 10.0)
        _number("share_tolerance", self.share_tolerance, 0.0, 0.9)
        _number("guard_weight", self.guard_weight, 0.0, 0.5)
        if self.share is not None:
            _number("share", self.share, 0.001, 0.5)
        if self.share_until is not None:
            check_whole("share_until", self.share_until, None, "a whole number, 0 or more")
        _flag("baseline_expected", self.baseline_expected)
        _flag("guard_always", self.guard_always)
        _each_metric("dispersion", self.dispersion or {}, 1.0, 1e6)
        _each_metric("weights", self.weights, 0.0, 1.0)

    def bound_of(self, metric: str) -> float:
        """Give the relative risk that still counts as no worse."""
        return self.latency_ratio if metric == "slow" else self.error_ratio

    def dispersion_of(self, metric: str) -> float:
        """Give how bursty a metric is, 1 where unknown."""
        return (self.dispersion or {}).get(metric, 1.0)

    def alpha_of(self, metrics: Sequence[str]) -> float:
        """Give the alpha that holds for these metrics: the smaller one unless all are known."""
        known = all(metric in (self.dispersion or {}) for metric in metrics)
        return self.alpha if known else min(self.alpha, UNKNOWN_DISPERSION_ALPHA)

    def weights_of(self, metrics: Sequence[str]) -> list[float]:
        """Give each metric's share of the evidence; together they are 1.

        Raises:
            JudgeError: none of them has a weight.
        """
        given = [self.weights.get(metric, 0.0) for metric in metrics]
        if sum(given) <= 0:
            allowed = f"more than 0 for one of {', '.join(metrics)}"
            raise JudgeError("weights", dict(self.weights), allowed)
        return [weight / sum(given) for weight in given]


def _flag(name: str, value: object) -> None:
    if not isinstance(value, bool):
        raise JudgeError(name, value, "True or False")


def _number(name: str, value: object, low: float, high: float) -> None:
    given = isinstance(value, int | float) and not isinstance(value, bool)
    # NaN is in no range: every comparison with it is false.
    if not (given and low <= cast("float", value) <= high):
        raise JudgeError(name, value, f"a number from {low:g} to {high:g}")


def _each_metric(name: str, values: Mapping[str, float], low: float, high: float) -> None:
    for metric, value in values.items():
        if metric not in METRICS:
            raise JudgeError(name, metric, "the metrics " + ", ".join(METRICS))
        _number(f"{name}[{metric}]", value, low, high)
