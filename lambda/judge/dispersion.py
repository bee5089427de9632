"""How bursty a version's errors are, from its history: the index that tempers the evidence.

Independent requests make counts whose variance is about their mean. Retries, shared connections
and time-outs make them come together, and the variance exceeds the mean by the index of dispersion
(Fisher, Thornton, Mackenzie 1922; quasi-likelihood: Wedderburn 1974).
"""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from counts import JudgeError, check_whole

BLOCK_MINUTES: Final = (1, 5)
FEWEST_BLOCKS: Final = 30
FEWEST_EVENTS: Final = 20
FEWEST_TRIMMED: Final = 4
TRIMMED_PART: Final = 100


def dispersion(history: Sequence[tuple[int, int]]) -> float | None:
    """Give the index of dispersion, 1 or more, of (requests, events) by minute; None if unknown.

    Neighbouring blocks are compared with each other, not with the mean of the day: the day's slow
    rise and fall cancels in the judge's test, so it must not count as bursts here (von Neumann
    1941, the mean square successive difference). Blocks of five minutes are there for bursts that
    last longer than a minute. The hundredth of the differences that is largest is left out, four
    at least: they are the edges of an outage, which would blind the judge for a day. An excess
    within two standard errors of 1 counts as none.

    Args:
        history: the minutes of the version in service, in order; 24 hours are usual. Fewer than
            30 blocks or 20 events say nothing.

    Raises:
        JudgeError: a count that cannot be.
    """
    for at, (requests, events) in enumerate(history):
        check_whole("history_requests", requests, at, "a whole number, 0 or more")
        check_whole("history_events", events, at, "a whole number, 0 or more")
        if events > requests:
            raise JudgeError("history_events", events, f"at most {requests} requests", at)
    known = [found for size in BLOCK_MINUTES if (found := _index(history, size)) is not None]
    return max(known) if known else None


def _index(history: Sequence[tuple[int, int]], size: int) -> float | None:
    whole = len(history) - len(history) % size
    blocks = [
        (sum(n for n, _ in history[at : at + size]), sum(e for _, e in history[at : at + size]))
        for at in range(0, whole, size)
    ]
    blocks = [(requests, events) for requests, events in blocks if requests]
    if len(blocks) < FEWEST_BLOCKS or sum(events for _, events in blocks) < FEWEST_EVENTS:
        return None
    # Under one common rate each square is expected at the sum of the two blocks' events.
    pairs = sorted(
        ((e_1 * n_2 - e_2 * n_1) ** 2 / (n_1 * n_2), e_1 + e_2)
        for (n_1, e_1), (n_2, e_2) in pairwise(blocks)
    )
    kept = pairs[: -max(FEWEST_TRIMMED, len(pairs) // TRIMMED_PART)]
    index = sum(square for square, _ in kept) / max(sum(events for _, events in kept), 1)
    noise = math.sqrt(3 / len(blocks))
    return index if index > 1 + 2 * noise else 1.0
