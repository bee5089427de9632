"""Axes: from a value to a place, and where to mark it."""

import math
from dataclasses import dataclass
from typing import Final

STEPS: Final = (1, 2, 5, 10)
MINUTE_STEPS: Final = (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440)


@dataclass(frozen=True, kw_only=True)
class Scale:
    """A linear axis; without any width it is taken as one unit wide.

    Attributes:
        low: the value at `begin`.
        high: the value at `end`.
        begin: a place, in SVG units.
        end: a place, in SVG units.
    """

    low: float
    high: float
    begin: float
    end: float

    def __call__(self, value: float) -> float:
        """Give the place of a value; one beyond the axis is put at its end."""
        width = self.high - self.low or 1.0
        part = min(max((value - self.low) / width, 0.0), 1.0)
        return round(self.begin + part * (self.end - self.begin), 2)

    def ticks(self, most: int = 5) -> list[float]:
        """Give round values on the axis, at most so many and one."""
        width = self.high - self.low or 1.0
        power = 10 ** math.floor(math.log10(width / most))
        step = next(each * power for each in STEPS if width / (each * power) <= most)
        return _multiples(self.low, self.high, step)

    def minutes(self, most: int = 8) -> list[float]:
        """Give round numbers of minutes on the axis."""
        width = self.high - self.low or 1.0
        fitting = (each for each in MINUTE_STEPS if width / each <= most)
        step = next(fitting, math.ceil(width / most / 1440) * 1440)
        return _multiples(self.low, self.high, step)


def _multiples(low: float, high: float, step: float) -> list[float]:
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(number * step, 12) for number in range(first, last + 1)]


def at_least(value: float, least: float) -> float:
    """Give the end of an axis that holds a value and is not empty."""
    return max(value * 1.08, least)
