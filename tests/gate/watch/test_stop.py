"""What the watch does with a degraded canary: stop it, raise the alarm, record, tell."""

import pytest

from tests.gate.conftest import Gate
from tests.gate.fake_aws import (
    MINUTE,
    NOON,
    RECORD,
    Answer,
    AwsError,
    in_canary,
)
from tests.gate.faults import DENIED
from tests.gate.watch.turns import ACTS, assert_acted, degraded, turn


def test_a_degraded_canary_is_stopped_recorded_alarmed_and_told_of(gate: Gate) -> None:
    world = degraded()

    seen = gate.invoke("watch", world)

    assert seen["verdict"] == "degraded"
    assert seen["evidence"] >= 100
    assert seen["over"] is False, "the next turn has to see that it has stopped"
    assert_acted(world)
    assert gate.invoke("watch", world)["over"] is True
    assert [entry["by"] for entry in world.record["timeline"]] == ["watch"]
    assert len(world.told) == len(world.metrics) == 1


def test_the_deployment_is_stopped_with_a_rollback(gate: Gate) -> None:
    world = degraded()

    gate.invoke("watch", world)

    (request,) = (given for name, given in world.requests if name.endswith(":StopDeployment"))
    assert request == {"deploymentId": "d-1", "autoRollbackEnabled": True}


def test_the_verdict_metric_is_raised_for_the_target_version(gate: Gate) -> None:
    world = degraded()

    gate.invoke("watch", world)

    (datum,) = world.metrics
    assert (datum["MetricName"], datum["Value"]) == ("Degraded", 1)
    assert {each["Name"]: each["Value"] for each in datum["Dimensions"]} == {
        "FunctionName": "orders",
        "ExecutedVersion": "42",
    }


def test_minutes_and_evidence_are_on_record(gate: Gate) -> None:
    world = degraded()

    gate.invoke("watch", world)

    canary = world.record["canary"]
    assert canary["start"] == (NOON - 10 * MINUTE).isoformat()
    assert [each["minute"] for each in canary["minutes"]] == list(range(8))
    assert canary["minutes"][0]["canary"] == {
        "requests": 60,
        "errors": 30,
        "slow": 0,
        "http_5xx": None,
    }
    assert canary["judgement"]["evidence"] >= canary["judgement"]["threshold"]
    assert canary["judgement"]["degraded_since"] == 0
    assert world.record["verdict"] == "degraded"
    assert "errors: 240 of 480 canary requests" in world.record["reason"]


def test_the_notice_names_the_record_and_what_was_stopped(gate: Gate) -> None:
    world = degraded()

    gate.invoke("watch", world)

    (notice,) = world.told
    assert notice["record"] == f"s3://artifacts/{RECORD}"
    assert (notice["function"], notice["target_version"]) == ("orders", "42")
    assert (notice["outcome"], notice["verdict"]) == ("stopped", "degraded")
    assert notice["reason"] == world.record["reason"]
    assert notice["judgement"] == world.record["canary"]["judgement"]


def test_a_turn_that_comes_twice_stops_the_deployment_once(gate: Gate) -> None:
    world = degraded()
    world.stops_at_once = False

    first = gate.invoke("watch", world, turn(NOON))
    second = gate.invoke("watch", world, turn(NOON))
    world.end("Stopped", "MANUAL_STOP")
    last = gate.invoke("watch", world, turn(NOON))

    assert first == second
    assert last == first | {"over": True, "status": "Stopped"}
    assert world.record["outcome"] == "stopped"
    assert world.record["canary"]["judgement"]["evidence"] == first["evidence"]


@pytest.mark.parametrize("act", ACTS)
def test_each_act_is_tried_though_the_others_fail(gate: Gate, act: str) -> None:
    world = degraded()
    for other in set(ACTS) - {act}:
        world.always[other] = DENIED

    with pytest.raises(gate["watch"].WatchError, match="degraded, but not done"):
        gate.invoke("watch", world)

    done = {
        "StopDeployment": world.deployment["status"] == "Stopped",
        "PutMetricData": bool(world.metrics),
        "PutObject": RECORD in world.objects,
        "PutEvents": bool(world.told),
    }
    assert done == {each: each == act for each in ACTS}


def test_what_was_not_done_is_named(gate: Gate) -> None:
    world = degraded()
    world.always["StopDeployment"] = DENIED
    world.always["PutEvents"] = AwsError("InternalException", 400)

    with pytest.raises(
        gate["watch"].WatchError,
        match=r"_stop_deployment: AccessDeniedException; tell: InternalException$",
    ):
        gate.invoke("watch", world)


@pytest.mark.parametrize("at_once", [True, False], ids=["stops at once", "stops later"])
@pytest.mark.parametrize("act", ACTS)
def test_what_failed_of_the_acts_is_done_on_the_retry(
    gate: Gate, act: str, *, at_once: bool
) -> None:
    world = degraded()
    world.stops_at_once = at_once
    world.faults[act] = [DENIED]

    with pytest.raises(gate["watch"].WatchError):
        gate.invoke("watch", world, turn(NOON))
    gate.invoke("watch", world, turn(NOON))
    if not at_once:
        world.end("Stopped", "MANUAL_STOP")

    assert_acted(world)


def test_a_refused_event_counts_as_not_told(gate: Gate) -> None:
    world = degraded()
    entries = [{"ErrorCode": "InternalFailure", "ErrorMessage": "as injected"}]
    world.always["PutEvents"] = Answer({"FailedEntryCount": 1, "Entries": entries})

    with pytest.raises(gate["watch"].WatchError, match="tell: NotToldError"):
        gate.invoke("watch", world)

    assert world.deployment["status"] == "Stopped"


def test_a_deployment_that_ended_in_between_is_as_good_as_stopped(gate: Gate) -> None:
    world = degraded()
    world.faults["StopDeployment"] = [AwsError("DeploymentAlreadyCompletedException")]

    gate.invoke("watch", world)

    assert world.record["outcome"] == "stopped"
    assert world.told


def test_what_others_stopped_is_told_of_on_the_retry(gate: Gate) -> None:
    world = in_canary()
    world.end("Stopped", "ALARM_ACTIVE")
    world.faults["PutEvents"] = [DENIED]

    with pytest.raises(Exception, match="AccessDenied"):
        gate.invoke("watch", world, turn(NOON))
    gate.invoke("watch", world, turn(NOON))

    assert world.record["outcome"] == "stopped"
    assert world.told


def test_the_record_of_a_stop_holds_the_plan_and_the_turn(gate: Gate) -> None:
    world = degraded()

    gate.invoke("watch", world, turn(NOON))

    assert world.record["plan"]["percent"] == 10
    assert world.record["decided"]["turn"] == NOON.isoformat()


def test_the_metric_is_one_count(gate: Gate) -> None:
    world = degraded()

    gate.invoke("watch", world)

    (datum,) = world.metrics
    assert (datum["MetricName"], datum["Value"], datum["Unit"]) == ("Degraded", 1, "Count")


def test_what_is_told_on_a_retry_is_what_is_on_record(gate: Gate) -> None:
    world = degraded()
    world.stops_at_once = True
    world.faults["PutEvents"] = [DENIED]
    with pytest.raises(gate["watch"].WatchError):
        gate.invoke("watch", world, turn(NOON))

    gate.invoke("watch", world, turn(NOON))

    (notice,) = world.told
    assert notice["reason"] == world.record["reason"]
    assert notice["verdict"] == "degraded"


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ({}, "a turn must hold deployment_id and now as text"),
        ({"deployment_id": "", "now": "x"}, "a turn must hold deployment_id and now as text"),
        ({"deployment_id": "d-1", "now": "soon"}, "now is 'soon', which is no time"),
        (
            {"deployment_id": "d-1", "now": "2026-11-23T12:00:00"},
            "now is '2026-11-23T12:00:00', which has no zone",
        ),
    ],
)
def test_a_turn_that_says_too_little_is_told_what_is_missing(
    gate: Gate, event: dict[str, str], said: str
) -> None:
    with pytest.raises(gate["watch"].MalformedTurnError) as caught:
        gate.invoke("watch", in_canary(), event)

    assert str(caught.value) == said
