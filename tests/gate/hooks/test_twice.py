"""Events come twice and at once: what stands on record is what CodeDeploy is told."""

import json
from typing import Any

import pytest

from tests.gate.conftest import Gate
from tests.gate.fake_aws import RECORD, AwsError, World, before_traffic, settled
from tests.gate.faults import DENIED, REPORT

MAKE = {"pre_traffic": before_traffic, "post_traffic": settled}
REFUSED = AwsError("InternalRefusal")


@pytest.mark.parametrize("entry", MAKE)
def test_both_deliveries_are_in_the_timeline(gate: Gate, entry: str) -> None:
    world = MAKE[entry]()

    gate.invoke(entry, world)
    gate.invoke(entry, world)

    assert [each["by"] for each in world.record["timeline"]] == [entry, entry]
    assert list(world.completions.values()) == ["Succeeded"]


@pytest.mark.parametrize("entry", MAKE)
def test_only_the_decision_that_stands_is_told_of(gate: Gate, entry: str) -> None:
    world = MAKE[entry]()

    gate.invoke(entry, world)
    told = len(world.told)
    gate.invoke(entry, world)

    assert len(world.told) == told == (entry == "post_traffic")


@pytest.mark.parametrize("entry", MAKE)
def test_a_record_that_others_began_is_added_to(gate: Gate, entry: str) -> None:
    world = MAKE[entry]()
    other = {"by": "another", "outcome": "shifting"}
    document = {"outcome": "shifting", "more": 1, "timeline": [other]}
    world.objects[RECORD] = 1, json.dumps(document).encode()

    gate.invoke(entry, world)

    assert world.record["more"] == 1
    assert world.record["timeline"][0] == other
    assert len(world.record["timeline"]) == 2


@pytest.mark.parametrize("entry", MAKE)
@pytest.mark.parametrize("first_fails", [True, False])
def test_a_delivery_that_follows_a_lost_report_reports_what_stands_on_record(
    gate: Gate, entry: str, *, first_fails: bool
) -> None:
    """The first delivery has decided, but CodeDeploy never heard of it."""
    world = MAKE[entry]()
    world.faults[REPORT] = [REFUSED]
    world.faults["Invoke"] = [DENIED] if first_fails else []
    with pytest.raises(gate["report"].ReportNotDeliveredError):
        gate.invoke(entry, world)
    world.faults["Invoke"] = [] if first_fails else [DENIED]

    gate.invoke(entry, world)

    recorded = world.record["outcome"]
    assert (recorded == "failed") is first_fails
    assert world.completed == ("Failed" if recorded == "failed" else "Succeeded")


def stopped_by_the_watch(world: World) -> dict[str, Any]:
    """Let the watch find the deployment stopped before the hook has recorded anything."""
    document = {"outcome": "stopped", "timeline": [{"by": "watch", "outcome": "stopped"}]}
    world.objects[RECORD] = 1, json.dumps(document).encode()
    return document


@pytest.mark.parametrize("entry", MAKE)
def test_what_was_stopped_is_not_put_back_to_shifting_or_passed(gate: Gate, entry: str) -> None:
    world = MAKE[entry]()
    stopped_by_the_watch(world)

    gate.invoke(entry, world)

    assert world.record["outcome"] == "stopped"
    assert [each["by"] for each in world.record["timeline"]] == ["watch", entry]


def test_a_hook_that_breaks_before_it_knows_its_deployment_leaves_what_is_on_record(
    gate: Gate,
) -> None:
    world = settled()
    gate.invoke("pre_traffic", before := before_traffic())
    world.objects = before.objects
    world.faults["GetDeployment"] = [DENIED]

    gate.invoke("post_traffic", world)

    assert world.record["outcome"] == "failed"
    assert (world.record["current_version"], world.record["target_version"]) == ("41", "42")
    assert world.record["plan"] == before.record["plan"]


@pytest.mark.parametrize("entry", MAKE)
def test_nothing_that_goes_wrong_in_telling_changes_what_is_on_record(
    gate: Gate, entry: str
) -> None:
    world = MAKE[entry]()
    world.always["PutEvents"] = ZeroDivisionError()

    gate.invoke(entry, world)

    assert list(world.completions.values()) == ["Succeeded"]
    assert world.record["outcome"] in {"shifting", "passed"}
