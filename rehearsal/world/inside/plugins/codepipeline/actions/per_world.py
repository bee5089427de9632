"""What an action and the API have in common in one world."""

import functools
from collections.abc import Callable
from typing import TypeVar

from rehearsal.world.inside.clock import Clock
from rehearsal.world.inside.setting import Setting

Thing = TypeVar("Thing")


def one_per_world(make: Callable[[Clock], Thing]) -> Callable[[Setting], Thing]:
    """Finds a world's own, which is made when it is first looked for."""
    # A setting cannot be hashed; its clock is no other world's.
    made = functools.cache(make)
    return lambda world: made(world.clock)
