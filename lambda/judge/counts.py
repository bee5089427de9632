"""What the judge is given: counts by minute and version, and the one error that it raises.

Every number is checked before any is used, so that a verdict never rests on an impossible count.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

METRICS: Final = ("errors", "slow", "http_5xx")
MOST_REQUESTS: Final = 10**12


class JudgeError(ValueError):
    """A number that cannot be: what it is, where it stands, what would be allowed.

    Attributes:
        name: the setting or the count, named as the replay's columns are: ``canary_errors``.
        minute: the minute that it stands in; None for a setting.
        value: what was given.
        allowed: what would be allowed, in words.
    """

    def __init__(self, name: str, value: object, allowed: str, minute: object = None) -> None:
        where = name if minute is None else f"minute {minute}: {name}"
        super().__init__(f"{where} is {value!r}; allowed: {allowed}")
        self.name, self.minute, self.value, self.allowed = name, minute, value, allowed


@dataclass(frozen=True, kw_only=True)
class Counts:
    """One version in one settled minute: counts of requests, each from 0 to ``requests``.

    Attributes:
        requests: requests that the version served.
        errors: of these, the ones that failed (on Lambda: function errors and time-outs).
        slow: of these, the ones slower than the service's threshold; None where not measured.
        http_5xx: of these, the ones answered with an HTTP status of 500 or more; None likewise.
    """

    requests: int
    errors: int
    slow: int | None = None
    http_5xx: int | None = None

    def of(self, metric: str) -> int | None:
        """Give the count of one of METRICS."""
        return {"errors": self.errors, "slow": self.slow, "http_5xx": self.http_5xx}[metric]


@dataclass(frozen=True, kw_only=True)
class Minute:
    """Both versions in one settled minute. Minutes count up by one; a jump is missing data."""

    minute: int
    canary: Counts
    baseline: Counts


def given_metrics(minutes: Sequence[Minute]) -> tuple[str, ...]:
    """Name the metrics that the minutes hold, after checking every number of them.

    The first minute decides: weights that changed on the way would void the error bound.

    Raises:
        JudgeError: a count that cannot be, a minute out of order, or a metric that begins late.
    """
    before: int | None = None
    for each in minutes:
        check_whole("minute", each.minute, None, "a whole number, 0 or more")
        if before is not None and each.minute <= before:
            raise JudgeError("minute", each.minute, f"later than {before}: each minute once")
        before = each.minute
        _check_minute(each)
    if not minutes:
        return ("errors",)
    given = tuple(metric for metric in METRICS if minutes[0].canary.of(metric) is not None)
    for each in minutes:
        for metric in METRICS:
            value = each.canary.of(metric)
            if metric not in given and value is not None:
                allowed = "given from the first minute on, or never"
                raise JudgeError(f"canary_{metric}", value, allowed, each.minute)
    return given


def _check_minute(minute: Minute) -> None:
    for version, name, value, requests in _cells(minute):
        where = f"{version}_{name}"
        check_whole(where, value, minute.minute, "a whole number, 0 or more")
        if value > requests:
            allowed = f"at most {version}_requests, which is {requests}"
            raise JudgeError(where, value, allowed, minute.minute)
    for metric in METRICS:
        canary, baseline = minute.canary.of(metric), minute.baseline.of(metric)
        if (canary is None) != (baseline is None):
            missing = f"{'canary' if canary is None else 'baseline'}_{metric}"
            raise JudgeError(missing, None, "given for both versions, or for none", minute.minute)


def _cells(minute: Minute) -> Iterator[tuple[str, str, int, int]]:
    for version, counts in (("canary", minute.canary), ("baseline", minute.baseline)):
        yield version, "requests", counts.requests, MOST_REQUESTS
        yield version, "errors", counts.errors, counts.requests
        for metric in ("slow", "http_5xx"):
            value = counts.of(metric)
            if value is not None:
                yield version, metric, value, counts.requests


def check_whole(name: str, value: object, minute: object, allowed: str) -> None:
    """Refuse what is no count: a bool, a float, a text, a negative number."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise JudgeError(name, value, allowed, minute)
