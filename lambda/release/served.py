"""How long to wait for how many requests, in whole minutes: nothing here asks AWS."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Self

MINUTE: Final = timedelta(minutes=1)
# Lambda's metrics of a minute arrive within two ("Viewing metrics for Lambda functions", Lambda
# Developer Guide), and nobody minds one more.
SETTLE: Final = timedelta(minutes=3)


class WaitError(ValueError):
    """What the turn before left cannot be read."""


@dataclass(frozen=True, kw_only=True)
class Wait:
    """A wait for requests.

    The minute in which it began is not counted: it holds requests from before. A count only
    grows as it settles, so that enough is enough at once, and too few only once all minutes have
    settled.

    Attributes:
        since: when it began.
        minutes: how long it may take.
        requests: for how many.
    """

    since: datetime
    minutes: int
    requests: int

    @classmethod
    def of(cls, token: Mapping[str, Any], now: datetime, *, minutes: int, requests: int) -> Self:
        """Go on with what the turn before began, or begin.

        Raises:
            WaitError: the token does not say since when, or says a time to come.
        """
        if not token:
            return cls(since=now, minutes=minutes, requests=requests)
        try:
            since = datetime.fromisoformat(token["since"])
            if since <= now:
                return cls(since=since, minutes=minutes, requests=requests)
        except (KeyError, TypeError, ValueError):
            pass
        raise WaitError(f"the continuation token says no time that has been: {dict(token)}")

    @property
    def token(self) -> dict[str, str]:
        """What the next turn goes on from."""
        return {"since": self.since.isoformat()}

    @property
    def start(self) -> datetime:
        """The first minute that counts."""
        return self.since.replace(second=0, microsecond=0) + MINUTE

    @property
    def end(self) -> datetime:
        """The end of the last minute that counts."""
        return self.start + self.minutes * MINUTE

    def until(self, now: datetime) -> datetime:
        """To where there can be counts by now; not behind `start` while there are none."""
        return min(now.replace(second=0, microsecond=0) + MINUTE, self.end)

    def is_over(self, now: datetime) -> bool:
        """Whether the counts of all minutes have settled."""
        return now >= self.end + SETTLE
