"""What a hook leaves on record when it cannot find out who is under test, or is not answered."""

import pytest

from tests.gate.conftest import Gate
from tests.gate.fake_aws import ArrivesAndThen, World, before_traffic, settled
from tests.gate.faults import CLOSED, DENIED, SLOW

MAKE = {"pre_traffic": before_traffic, "post_traffic": settled}


def of(entry: str) -> World:
    return MAKE[entry]()


@pytest.mark.parametrize("entry", MAKE)
def test_what_is_not_known_is_said_to_be_unknown(gate: Gate, entry: str) -> None:
    world = of(entry)
    world.always["GetDeploymentTarget"] = DENIED

    gate.invoke(entry, world)

    record = world.record
    assert (record["function"], record["alias"]) == ("orders", "live"), "of the environment"
    assert (record["current_version"], record["target_version"]) == ("unknown", "unknown")
    assert record["plan"] is None
    assert record["outcome"] == "failed"
    assert "AccessDenied" in record["reason"]


@pytest.mark.parametrize("entry", MAKE)
@pytest.mark.parametrize("lost", [SLOW, CLOSED], ids=["slow", "closed"])
def test_a_record_whose_answer_was_lost_is_written_once_and_stands(
    gate: Gate, entry: str, lost: BaseException
) -> None:
    world = of(entry)
    world.faults["PutObject"] = [ArrivesAndThen(lost)]

    gate.invoke(entry, world)

    assert list(world.completions.values()) == ["Succeeded"]
    assert [each["by"] for each in world.record["timeline"]] == [entry]
