"""A world writes down what it knows, and another one goes on from there."""

import os
from pathlib import Path

from rehearsal.world.inside.memory import ForgetfulError
from rehearsal.world.inside.setting import Setting

FILE = "memory"


def remember(world: Setting) -> None:
    """Leave in the world's folder what it knows.

    Raises:
        ForgetfulError: something is going on besides what a host does, or is not to be written.
    """
    hosts = list(world.parties.named.values())
    if busy := [each.name for each in world.clock.at_work() if each not in hosts]:
        raise ForgetfulError(f"the world is not at rest: {', '.join(busy)}")
    world.memory.write(_folder() / FILE, _folder(), os.environ["GATEWAY_PORT"])


def recall(world: Setting, file: Path) -> None:
    """Go on from what another world has left; nothing may have happened in this one.

    Raises:
        ForgetfulError: that was a world of another kind.
    """
    world.memory.read(file, _folder(), os.environ["GATEWAY_PORT"])


def _folder() -> Path:
    return Path(os.environ["STATE_DIR"]).parent
