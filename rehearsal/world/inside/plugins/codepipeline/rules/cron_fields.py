"""The fields of a cron expression: numbers, and days that only a calendar tells."""

import calendar
from datetime import date, timedelta

WEEK = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
DAYS = {name: number for number, name in enumerate(WEEK, start=1)}


class CronError(ValueError):
    """The expression is none that CodePipeline takes."""


def is_day(field: str, day: date) -> bool:
    """Whether the field for the day of the month allows a day.

    Raises:
        CronError: the field is none.
    """
    last = calendar.monthrange(day.year, day.month)[1]
    if field == "?":
        return True
    if field == "LW":
        return day == _nearest_weekday(day, last)
    if field == "L" or field.startswith("L-"):
        return day.day == last - (_number(field[2:], 0, 30) if field != "L" else 0)
    if field.endswith("W"):
        wanted = _number(field[:-1], 1, 31)
        return wanted <= last and day == _nearest_weekday(day, wanted)
    return day.day in numbers(field, 1, 31)


def is_weekday(field: str, day: date) -> bool:
    """Whether the field for the day of the week allows a day.

    Raises:
        CronError: the field is none.
    """
    # In an expression the week begins with Sunday, which is 1.
    number, nth = day.isoweekday() % 7 + 1, (day.day - 1) // 7 + 1
    if field == "?":
        return True
    if field == "L":
        return number == DAYS["SAT"]
    if "#" in field:
        wanted, _, which = field.partition("#")
        return number == _number(wanted, 1, 7, DAYS) and nth == _number(which, 1, 5)
    if field.endswith("L"):
        last = calendar.monthrange(day.year, day.month)[1]
        return number == _number(field[:-1], 1, 7, DAYS) and day.day + 7 > last
    return number in numbers(field, 1, 7, DAYS)


def _nearest_weekday(month: date, wanted: int) -> date:
    """The day from Monday to Friday that is nearest, in the same month."""
    day = month.replace(day=wanted)
    last = calendar.monthrange(day.year, day.month)[1]
    if day.isoweekday() == 6:  # noqa: PLR2004 - Saturday
        return day + timedelta(days=-1 if wanted > 1 else 2)
    if day.isoweekday() == 7:  # noqa: PLR2004 - Sunday
        return day + timedelta(days=1 if wanted < last else -2)
    return day


def numbers(field: str, low: int, high: int, names: dict[str, int] | None = None) -> frozenset[int]:
    """The numbers that a field of lists, ranges and steps allows.

    Raises:
        CronError: the field is none.
    """
    found: set[int] = set()
    for part in field.split(","):
        span, slash, step = part.partition("/")
        first, dash, last = span.partition("-")
        if span == "*":
            start, end = low, high
        else:
            start = _number(first, low, high, names)
            end = _number(last, low, high, names) if dash else high if slash else start
        by = _number(step, 1, high) if slash else 1
        # A range may go around the end, as FRI-MON does.
        numbers = (
            range(start, end + 1)
            if start <= end
            else [*range(start, high + 1), *range(low, end + 1)]
        )
        found |= set(numbers[::by])
    return frozenset(found)


def _number(text: str, low: int, high: int, names: dict[str, int] | None = None) -> int:
    number = (names or {}).get(text, int(text) if text.isdecimal() else -1)
    if not low <= number <= high:
        raise CronError(f"{text or '(nothing)'} is not from {low} to {high}")
    return number
