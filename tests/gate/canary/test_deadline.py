"""Nobody but the report may use the seconds that are kept for it."""

from typing import Any

import pytest

from tests.gate.conftest import Gate
from tests.gate.fake_aws import Context, World


def deadline_of(gate: Gate, seconds: float, **reserve: float) -> tuple[Any, World]:
    world = World(seconds=seconds)
    gate.wire.world = world
    return gate["deadline"].Deadline(Context(world, seconds), **reserve), world


def test_twenty_seconds_are_kept_unless_said_otherwise(gate: Gate) -> None:
    deadline, _ = deadline_of(gate, 100)

    assert deadline.left_seconds == 80


def test_what_is_left_shrinks_with_the_time_and_falls_below_zero(gate: Gate) -> None:
    deadline, world = deadline_of(gate, 100, reserve_seconds=30)

    world.elapsed = 50
    assert deadline.left_seconds == 20
    world.elapsed = 90
    assert deadline.left_seconds == -20


def test_a_step_fits_when_it_ends_with_the_time(gate: Gate) -> None:
    deadline, _ = deadline_of(gate, 50)

    assert deadline.covers(30)
    assert not deadline.covers(30.001)
    deadline.require(30, "a step")
    said = r"^a step may take 31 s and 30\.0 s are left, 20 s for the report apart$"
    with pytest.raises(gate["deadline"].OutOfTimeError, match=said):
        deadline.require(31, "a step")


@pytest.mark.parametrize(("seconds", "waited"), [(5, 5), (30, 30), (31, 30)])
def test_no_pause_reaches_into_the_reserve(gate: Gate, seconds: float, waited: float) -> None:
    deadline, world = deadline_of(gate, 50)

    deadline.pause(seconds)

    assert world.waits == [waited]


def test_where_the_reserve_is_touched_no_pause_is_made(gate: Gate) -> None:
    deadline, world = deadline_of(gate, 10)

    deadline.pause(5)

    assert world.waits == [0]


def test_more_can_be_held_back_for_what_must_follow(gate: Gate) -> None:
    deadline, _ = deadline_of(gate, 100)

    assert deadline.less(25).left_seconds == 55
    assert deadline.left_seconds == 80


def test_the_report_may_use_it_all(gate: Gate) -> None:
    deadline, _ = deadline_of(gate, 100)

    assert deadline.less(25).for_the_report().left_seconds == 100
