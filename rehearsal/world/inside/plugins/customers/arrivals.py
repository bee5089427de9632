"""When customers come and what they want: the same for the same seed."""

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from rehearsal.world.inside.plugins.customers.bursts import Burst
from rehearsal.world.inside.plugins.customers.payloads import filling

Spread = Literal["poisson", "even"]
# How far one that comes evenly may be from its turn, as a share of the time between two.
JITTER = 0.4


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of request.

    Attributes:
        name: what it is counted by.
        weight: how often it comes, against the other kinds.
        event: the payload, with fields for chance to fill in.
        expect_status: the HTTP status that the customer wants; any answer will do where None.
    """

    name: str
    weight: float
    event: Any
    expect_status: int | None


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """One request of one customer, so many seconds after the one before."""

    gap: float
    kind: Kind
    event: Any


def arrivals(
    kinds: list[Kind],
    per_second: float,
    spread: Spread,
    chance: random.Random,
    bursts: Sequence[Burst] = (),
) -> Iterator[Arrival]:
    """Customers without end.

    Args:
        kinds: what they want.
        per_second: how many come, on the average.
        spread: independently of one another, or one after the other at about even distance.
        chance: asked the same questions in the same order in each run.
        bursts: when so many of them are of another kind.
    """
    weights = list(itertools.accumulate(kind.weight for kind in kinds))
    named = {kind.name: kind for kind in kinds}
    events = {kind.name: filling(kind.event) for kind in kinds}
    at = 0.0
    for gap in _gaps(per_second, spread, chance):
        at += gap
        (kind,) = chance.choices(kinds, cum_weights=weights)
        for burst in bursts:
            if burst.kind and burst.covers(at) and chance.random() < burst.share:
                kind = named[burst.kind]
        yield Arrival(gap=gap, kind=kind, event=events[kind.name](chance))


def _gaps(per_second: float, spread: Spread, chance: random.Random) -> Iterator[float]:
    if spread == "poisson":
        while True:
            yield chance.expovariate(per_second)
    before = 0.0
    for turn in itertools.count(1):
        at = (turn + chance.uniform(-JITTER, JITTER)) / per_second
        yield at - before
        before = at
