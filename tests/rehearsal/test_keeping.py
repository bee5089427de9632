"""A run goes on, whether or not later ones can begin where it did."""

from typing import cast

from rehearsal import play
from rehearsal.set_up import SetUp
from rehearsal.snapshot import Audience
from rehearsal.world.server import WorldError


class Busy:
    """A set-up whose world is not at rest."""

    def keep(self) -> None:
        raise WorldError("the world is not at rest: a machine")


def test_a_world_that_cannot_be_kept_ends_no_run() -> None:
    told: list[str] = []
    audience = Audience(step=told.append, look=lambda _: None, note=told.append)

    play._keep(cast("SetUp", Busy()), audience)

    assert told == ["Later runs begin at the beginning: the world is not at rest: a machine"]
