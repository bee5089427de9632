"""When a deployment window is open, by a cron expression as CodePipeline has it.

Six fields and perhaps a year: seconds (always `*`), minutes, hours, day of the month, month, day
of the week. A moment is inside when every field allows it: of the two days one may be `?`.
"""

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import tzinfo as TimeZone  # noqa: N812 - a class

from rehearsal.world.inside.plugins.codepipeline.rules.cron_fields import (
    CronError,
    is_day,
    is_weekday,
    numbers,
)

MONTHS = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}
YEARS = (1970, 2199)
LOOK_AHEAD = timedelta(days=366 * 9)
MINUTE = timedelta(minutes=1)
FIELDS = (6, 7)


@dataclass(frozen=True)
class Window:
    """An expression that was read.

    Attributes:
        minutes: those of an hour.
        hours: those of a day.
        months: those of a year.
        years: all of them.
        day: the field for the day of the month.
        weekday: the field for the day of the week.
    """

    minutes: frozenset[int]
    hours: frozenset[int]
    months: frozenset[int]
    years: frozenset[int]
    day: str
    weekday: str

    def is_open(self, now: datetime) -> bool:
        """Whether that moment is inside; to the minute, so that each second of it is."""
        return now.minute in self.minutes and now.hour in self.hours and self._allows(now.date())

    def opens(self, now: datetime) -> datetime | None:
        """The first moment from now on that is inside; none if there is none for nine years."""
        if self.is_open(now):
            return now
        zone: TimeZone | None = now.tzinfo
        # Minute by minute in UTC: so an hour that a zone repeats or leaves out is what it is.
        moment = now.astimezone(UTC).replace(second=0, microsecond=0) + MINUTE
        until = moment + LOOK_AHEAD
        while moment < until:
            local = moment.astimezone(zone)
            if not self._allows(local.date()):
                moment = _next_day(local)
            elif local.hour not in self.hours:
                moment += timedelta(minutes=60 - local.minute)
            elif local.minute not in self.minutes:
                moment += MINUTE
            else:
                return local
        return None

    def _allows(self, day: date) -> bool:
        return (
            day.year in self.years
            and day.month in self.months
            and is_day(self.day, day)
            and is_weekday(self.weekday, day)
        )


def read(expression: str) -> Window:
    """Read an expression.

    Raises:
        CronError: it is not one.
    """
    fields = expression.upper().split()
    if len(fields) not in FIELDS:
        raise CronError(f"{expression}: six fields, or seven, not {len(fields)}")
    seconds, minutes, hours, day, month, weekday, year = [*fields, "*"][:7]
    if seconds != "*":
        raise CronError(f"{expression}: a window has no seconds but *")
    if day == "?" and weekday == "?":
        raise CronError(f"{expression}: one of the two days must be said")
    window = Window(
        minutes=numbers(minutes, 0, 59),
        hours=numbers(hours, 0, 23),
        months=numbers(month, 1, 12, MONTHS),
        years=numbers(year, *YEARS),
        day=day,
        weekday=weekday,
    )
    # The days' fields are read for each day; here it is seen whether they can be.
    for each in (date(2028, 1, 3), date(2028, 2, 29)):
        is_day(day, each)
        is_weekday(weekday, each)
    return window


def _next_day(local: datetime) -> datetime:
    midnight = datetime.combine(local.date() + timedelta(days=1), datetime.min.time())
    return midnight.replace(tzinfo=local.tzinfo).astimezone(UTC)
