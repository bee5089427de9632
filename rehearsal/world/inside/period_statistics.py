"""CloudWatch's statistics of one period, from the samples that ministack stores."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_TRIMMED_COUNT = re.compile(r"TC\((?P<low>[0-9.]*):(?P<high>[0-9.]*)\)")
_PERCENTILE = re.compile(r"p(?P<percent>[0-9]{1,2}(\.[0-9]+)?|100)")
_BASIC = {"SampleCount", "Sum", "Average", "Minimum", "Maximum"}


class UnknownStatisticError(ValueError):
    """The world cannot count this; add it here."""


@dataclass(frozen=True)
class Sample:
    """One value that was seen so many times, or a set of values of which only this is known."""

    count: float
    total: float
    low: float
    high: float

    @property
    def single(self) -> bool:
        """Whether every value of it is known: they are all the same."""
        return self.low == self.high


def statistic(name: str, samples: Sequence[Sample]) -> float | None:
    """The statistic of a period's samples; None where CloudWatch would have no data point.

    Raises:
        UnknownStatisticError: the statistic is none of those that the world knows.
    """
    seen = [sample for sample in samples if sample.count > 0]
    if name in _BASIC:
        return _basic(name, seen) if seen else None
    if found := _TRIMMED_COUNT.fullmatch(name):
        low, high = float(found["low"] or "-inf"), float(found["high"] or "inf")
        known = all(sample.single for sample in seen)
        return sum(s.count for s in seen if low < s.low <= high) if seen and known else None
    if found := _PERCENTILE.fullmatch(name):
        known = all(sample.single for sample in seen)
        return _percentile(seen, float(found["percent"])) if seen and known else None
    raise UnknownStatisticError(f"the world knows no statistic {name}")


def _basic(name: str, seen: Sequence[Sample]) -> float:
    if name == "Minimum":
        return min(s.low for s in seen)
    if name == "Maximum":
        return max(s.high for s in seen)
    if name == "SampleCount":
        return sum(s.count for s in seen)
    total = sum(s.total for s in seen)
    return total if name == "Sum" else total / sum(s.count for s in seen)


def _percentile(seen: Sequence[Sample], percent: float) -> float:
    """The smallest value that so many percent of the samples do not exceed."""
    rank = percent / 100 * sum(s.count for s in seen)
    passed = 0.0
    for sample in sorted(seen, key=lambda s: s.low):
        passed += sample.count
        if passed >= rank:
            return sample.low
    return max(s.low for s in seen)
