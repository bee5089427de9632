"""How the pre-traffic hook starts the watch."""

import json

import pytest

from tests.gate.conftest import ENVIRONMENT, Gate
from tests.gate.fake_aws import AwsError, World, before_traffic
from tests.gate.faults import DENIED, THROTTLED


def starts(world: World) -> list[dict[str, str]]:
    return [request for name, request in world.requests if name == "states:StartExecution"]


def test_the_watch_is_told_which_deployment_and_is_called_by_it(gate: Gate) -> None:
    world = before_traffic()

    gate.invoke("pre_traffic", world)

    (start,) = starts(world)
    assert start["stateMachineArn"] == ENVIRONMENT["WATCH"]
    assert start["name"] == "d-1"
    assert json.loads(start["input"]) == {"deployment_id": "d-1"}, "as the state machine reads it"


def test_a_watch_that_runs_already_is_as_good(gate: Gate) -> None:
    world = before_traffic()
    world.always["StartExecution"] = AwsError("ExecutionAlreadyExists")

    gate.invoke("pre_traffic", world)

    assert world.sent == ["Succeeded"]
    assert len(starts(world)) == 1


def test_a_watch_that_cannot_be_started_lets_no_traffic_begin(gate: Gate) -> None:
    world = before_traffic()
    world.always["StartExecution"] = DENIED

    gate.invoke("pre_traffic", world)

    assert world.sent == ["Failed"]
    assert "AccessDenied" in world.record["reason"]


def test_starting_it_is_tried_four_times(gate: Gate) -> None:
    world = before_traffic()
    world.always["StartExecution"] = THROTTLED

    gate.invoke("pre_traffic", world)

    assert world.sent == ["Failed"]
    assert len(starts(world)) == 4


@pytest.mark.parametrize("value", [None, ""])
def test_a_hook_that_knows_no_watch_says_so(
    gate: Gate, monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    if value is None:
        monkeypatch.delenv("WATCH")
    else:
        monkeypatch.setenv("WATCH", value)
    world = before_traffic()

    gate.invoke("pre_traffic", world)

    assert world.sent == ["Failed"]
    assert "the environment variable WATCH is not set" in world.record["reason"]


def test_the_record_says_that_it_has_started(gate: Gate) -> None:
    world = before_traffic()

    gate.invoke("pre_traffic", world)

    reason = "The target version keeps its contract; the watch has started."
    assert (world.record["outcome"], world.record["reason"]) == ("shifting", reason)
