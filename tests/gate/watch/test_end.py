"""When the watch ends, and what it leaves on record."""

import json

import pytest

from tests.gate.conftest import Gate
from tests.gate.fake_aws import (
    RECORD,
    before_traffic,
    in_canary,
    settled,
)
from tests.gate.faults import DENIED
from tests.gate.watch.turns import assert_acted, assert_untouched


@pytest.mark.parametrize("status", ["Succeeded", "Failed", "Stopped"])
def test_the_watch_ends_with_the_deployment(gate: Gate, status: str) -> None:
    world = in_canary()
    world.end(status)

    seen = gate.invoke("watch", world)

    assert (seen["over"], seen["status"]) == (True, status)


@pytest.mark.parametrize("status", ["Created", "Queued", "InProgress", "Baking", "Ready"])
def test_the_watch_goes_on_with_the_deployment(gate: Gate, status: str) -> None:
    world = in_canary()
    world.deployment["status"] = status

    assert gate.invoke("watch", world)["over"] is False


@pytest.mark.parametrize("customers", [600, 0], ids=["with customers", "without data"])
def test_the_watch_goes_on_behind_the_shift_until_the_deployment_is_over(
    gate: Gate, customers: int
) -> None:
    """A hook may die, and an alarm may stop what a hook has passed."""
    world = settled()
    world.customers = customers

    assert gate.invoke("watch", world)["over"] is False
    assert_untouched(world)
    world.end("Succeeded")
    assert gate.invoke("watch", world)["over"] is True
    assert world.objects == {}


def test_a_canary_that_is_found_degraded_after_the_shift_is_stopped_all_the_same(
    gate: Gate,
) -> None:
    world = settled()
    world.errors["42"] = 30

    assert gate.invoke("watch", world)["over"] is False
    assert_acted(world)
    assert gate.invoke("watch", world)["over"] is True


@pytest.mark.parametrize("status", ["Failed", "Stopped"])
@pytest.mark.parametrize("began", [True, False], ids=["in the canary", "before the shift"])
@pytest.mark.parametrize("code", ["ALARM_ACTIVE", "MANUAL_STOP", None])
def test_a_deployment_that_others_stopped_is_recorded_and_told_of_once(
    gate: Gate, status: str, code: str | None, *, began: bool
) -> None:
    world = in_canary() if began else before_traffic()
    gate.invoke("pre_traffic", before := before_traffic())
    world.objects = before.objects
    world.end(status, code)

    seen = [gate.invoke("watch", world) for _ in range(2)]

    assert [each["over"] for each in seen] == [True, True]
    assert world.record["outcome"] == "stopped"
    assert world.record["reason"].startswith(f"CodeDeploy: {status} ({code})")
    assert [entry["by"] for entry in world.record["timeline"]] == ["pre_traffic", "watch"]
    assert [notice["outcome"] for notice in world.told] == ["stopped"]
    assert world.metrics == [], "the judge found nothing against it"


@pytest.mark.parametrize("outcome", ["passed", "warned", "shifting"])
def test_what_codedeploy_took_back_is_recorded_and_told_of_whatever_a_hook_has_said(
    gate: Gate, outcome: str
) -> None:
    world = settled()
    document = {"outcome": outcome, "timeline": [{"by": "post_traffic", "outcome": outcome}]}
    world.objects[RECORD] = 1, json.dumps(document).encode()
    world.end("Stopped", "ALARM_ACTIVE")

    assert gate.invoke("watch", world)["over"] is True
    assert world.record["outcome"] == "stopped"
    assert [notice["outcome"] for notice in world.told] == ["stopped"]


def test_a_deployment_that_is_over_is_closed_though_its_counts_cannot_be_read(gate: Gate) -> None:
    world = in_canary()
    world.end("Stopped", "ALARM_ACTIVE")
    world.always["GetMetricData"] = DENIED

    assert gate.invoke("watch", world)["over"] is True
    assert world.record["outcome"] == "stopped"
    assert world.told


@pytest.mark.parametrize("outcome", ["failed", "stopped"])
def test_what_is_decided_already_is_not_decided_again(gate: Gate, outcome: str) -> None:
    world = in_canary()
    document = {"outcome": outcome, "timeline": [{"by": "another", "outcome": outcome}]}
    world.objects[RECORD] = 1, json.dumps(document).encode()
    world.end("Failed")

    assert gate.invoke("watch", world)["over"] is True
    assert world.record == document
    assert world.told == []


def test_the_hooks_and_the_watch_write_one_story(gate: Gate) -> None:
    world = before_traffic()
    gate.invoke("pre_traffic", world)
    world.shift_began = world.now
    world.elapsed += 600
    gate.invoke("watch", world)
    world.elapsed += 300
    world.shift_ended = world.now
    world.alias = {"FunctionVersion": "42"}

    assert gate.invoke("watch", world)["over"] is False
    assert world.record["outcome"] == "shifting"
    gate.invoke("post_traffic", world)
    world.end("Succeeded")

    assert gate.invoke("watch", world)["over"] is True
    assert list(world.completions.values()) == ["Succeeded", "Succeeded"]
    assert world.record["outcome"] == "passed"
    assert [entry["by"] for entry in world.record["timeline"]] == ["pre_traffic", "post_traffic"]
    assert {"contract", "synthetic", "canary"} <= world.record.keys()


def test_a_shift_that_was_given_up_is_watched_to_its_end(gate: Gate) -> None:
    """Between the two answers of one turn, an alarm stops the deployment."""
    world = in_canary()
    gate.invoke("pre_traffic", before := before_traffic())
    world.objects = before.objects
    world.shift_ended, world.shift_status = world.now, "Skipped"

    assert gate.invoke("watch", world)["over"] is False
    world.end("Stopped", "ALARM_ACTIVE")
    assert gate.invoke("watch", world)["over"] is True
    assert world.record["outcome"] == "stopped"
    assert world.told
