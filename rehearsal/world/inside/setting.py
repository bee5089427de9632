"""What each plug-in is given."""

import random
from dataclasses import dataclass, field

from rehearsal.world.image import BuildImage
from rehearsal.world.inside.adapter import Seams
from rehearsal.world.inside.clock import Clock
from rehearsal.world.inside.memory import Memory
from rehearsal.world.inside.parties import Parties


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One world from the inside.

    Attributes:
        clock: its time.
        parties: who acts in it.
        seams: what may be changed of ministack.
        seed: what chance is derived from.
        image: what builds find.
        memory: what of it another world can go on from.
    """

    clock: Clock
    parties: Parties
    seams: Seams
    seed: int
    image: BuildImage = field(default_factory=BuildImage)
    memory: Memory = field(default_factory=Memory)

    def chance(self, name: str) -> random.Random:
        """A source of chance of its own for each name, the same in each run with one seed."""
        return random.Random(f"{self.seed}/{name}")  # noqa: S311 - nothing secret hangs on it
