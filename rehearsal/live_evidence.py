"""The evidence against a release while its canary runs, for whoever watches.

The gate keeps its own for the end; this is the same judge on the customers' counts so far.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from delivery.runtime import load_judge
from rehearsal.snapshot import Evidence
from rehearsal.traffic import Minute

JUDGE = load_judge()
MINUTE = timedelta(minutes=1)


def evidence(
    counts: Iterable[Minute], versions: tuple[str, str], since: datetime, now: datetime
) -> Evidence | None:
    """How strong it is after the last whole minute; None before there is one.

    Args:
        counts: what the customers met.
        versions: the new version and the one before.
        since: when the shift began.
        now: the time in the world.
    """
    found = list(counts)
    # The minute in which the shift begins is no whole one.
    first = since.replace(second=0, microsecond=0) + MINUTE
    whole = max(0, (now - first) // MINUTE)
    if whole == 0:
        return None
    minutes = [
        JUDGE.Minute(
            minute=at,
            canary=_counts(found, versions[0], first + at * MINUTE),
            baseline=_counts(found, versions[1], first + at * MINUTE),
        )
        for at in range(whole)
    ]
    said = JUDGE.judge(minutes)
    return Evidence(value=said.evidence, threshold=said.threshold, verdict=str(said.verdict))


def _counts(counts: list[Minute], version: str, at: datetime) -> object:
    here = [each for each in counts if (each.version, each.start) == (version, at)]
    requests = sum(each.requests for each in here)
    return JUDGE.Counts(
        requests=requests,
        errors=min(requests, sum(each.failures for each in here)),
        slow=sum(each.slow for each in here),
    )
