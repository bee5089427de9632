"""Cron expressions, as CodePipeline's DeploymentWindow rule takes them: whether one is right.

Six fields, and perhaps a year: seconds (always *), minutes, hours, day of the month, month, day of
the week ("DeploymentWindow" in the CodePipeline user guide).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_MONTHS = (
    *("JAN", "FEB", "MAR", "APR", "MAY", "JUN"),
    *("JUL", "AUG", "SEP", "OCT", "NOV", "DEC"),
)
FEWEST_FIELDS = 6


@dataclass(frozen=True, kw_only=True)
class _Field:
    """What one field may hold: lists of numbers, ranges and steps, and its own special forms."""

    name: str
    low: int
    high: int
    words: str
    names: Mapping[str, int] = field(default_factory=dict)
    special: str | None = None

    def allows(self, text: str) -> bool:
        if self.special and (found := re.fullmatch(self.special, text)):
            return all(self._number(part) is not None for part in found.groups() if part)
        return all(self._part(part) for part in text.split(","))

    def _part(self, text: str) -> bool:
        span, slash, step = text.partition("/")
        if slash and not (step.isascii() and step.isdecimal() and 0 < int(step) <= self.high):
            return False
        if span == "*":
            return True
        first, dash, last = span.partition("-")
        start, end = self._number(first), self._number(last if dash else first)
        return start is not None and end is not None and start <= end

    def _number(self, text: str) -> int | None:
        if text in self.names:
            return self.names[text]
        # Four digits are the most that any field has, and the most that int() is given.
        if not re.fullmatch("[0-9]{1,4}", text):
            return None
        return int(text) if self.low <= int(text) <= self.high else None


_MINUTES = _Field(name="minutes", low=0, high=59, words="numbers from 0 to 59, with , - * /")
_HOURS = _Field(name="hours", low=0, high=23, words="numbers from 0 to 23, with , - * /")
_DAY = _Field(
    name="day of the month",
    low=1,
    high=31,
    words="?, or numbers from 1 to 31, with , - * /, or one of L, L-3, LW and 15W",
    special=r"\?|LW?|L-(?:[1-9]|[12][0-9]|30)|([0-9]{1,2})W",
)
_MONTH = _Field(
    name="month",
    low=1,
    high=12,
    words="numbers from 1 to 12 or JAN to DEC, with , - * /",
    names={name: number for number, name in enumerate(_MONTHS, start=1)},
)
_WEEKDAY = _Field(
    name="day of the week",
    low=1,
    high=7,
    words="?, or numbers from 1 to 7 or SUN to SAT, with , - * /, or one of L, 6L and 6#3",
    names={name: number for number, name in enumerate(_DAYS, start=1)},
    special=r"\?|L|([1-7]|[A-Z]{3})L|([1-7]|[A-Z]{3})#[1-5]",
)
_YEAR = _Field(name="year", low=1970, high=2199, words="numbers from 1970 to 2199, with , - * /")
_FIELDS = (_MINUTES, _HOURS, _DAY, _MONTH, _WEEKDAY, _YEAR)


def fault(expression: str) -> tuple[str, str] | None:
    """Say what is wrong with an expression: what is allowed there, and what to do; None if right.

    Args:
        expression: fields parted by single spaces.
    """
    seconds, *fields = expression.split(" ")
    if not FEWEST_FIELDS <= 1 + len(fields) <= 1 + len(_FIELDS):
        names = ", ".join(each.name for each in _FIELDS[:-1])
        return (
            f"six fields (seconds, {names}), and perhaps a year",
            f"write as many: this has {1 + len(fields)}",
        )
    if seconds != "*":
        return "* for the seconds", f"write * in place of {seconds}: a window has whole minutes"
    for rule, text in zip(_FIELDS, fields, strict=False):
        if not rule.allows(text):
            return f"{rule.name}: {rule.words}", f"change {text or 'what is empty there'}"
    if fields[2] == fields[4] == "?":
        return "? for one of the two days at most", "write * for the day of the week"
    return None
