"""A thread of its own for what a service does after it has answered."""

import contextvars
from collections.abc import Callable

from rehearsal.world.inside.setting import Setting


def start(world: Setting, name: str, work: Callable[[], object]) -> None:
    """Do the work on a thread of its own, in the account and region of the request."""
    context = contextvars.copy_context()
    world.parties.start(name, lambda: context.run(work))
