"""What the watch promises while a part of the customers is on the new version."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from tests.gate.conftest import Gate
from tests.gate.fake_aws import (
    MINUTE,
    NOON,
    Fault,
    Served,
    World,
    in_canary,
)
from tests.gate.faults import BROKEN, CLOSED, DENIED, SLOW, THROTTLED
from tests.gate.watch.turns import ACTS, assert_acted, assert_untouched, degraded, turn


def test_a_healthy_canary_is_left_alone(gate: Gate) -> None:
    world = in_canary()

    seen = gate.invoke("watch", world)

    assert seen == {
        "over": False,
        "status": "InProgress",
        "verdict": "healthy",
        "evidence": pytest.approx(1),
    }
    assert_untouched(world)


def test_nothing_is_looked_at_before_the_shift_has_begun(gate: Gate) -> None:
    world = degraded()
    world.shift_began = None

    seen = gate.invoke("watch", world)

    assert seen == {"over": False, "status": "InProgress"}
    assert "monitoring:GetMetricData" not in world.calls
    assert_untouched(world)


@pytest.mark.parametrize(
    ("timeout_seconds", "minutes"), [(1, 8), (60, 8), (61, 7), (300, 4), (900, 0)]
)
def test_only_settled_minutes_are_judged(
    gate: Gate, plan: Callable[..., None], timeout_seconds: int, minutes: int
) -> None:
    plan(timeout_seconds=timeout_seconds)
    world = in_canary()

    gate.invoke("watch", world)

    ends = [
        given["EndTime"] - world.shift_began
        for name, given in world.requests
        if name == "monitoring:GetMetricData" and given["StartTime"] == world.shift_began
    ]
    assert ends == ([minutes * MINUTE] if minutes else [])


def test_counts_that_come_late_are_counted_in_the_end(gate: Gate) -> None:
    world = in_canary()

    def serve(version: str, minute: datetime) -> Served:
        """Let errors arrive 100 seconds after the minute, once everything else is there."""
        usual = world.usually_served(version, minute)
        arrived = world.now >= minute + MINUTE + timedelta(seconds=100)
        return Served(requests=usual.requests, errors=30 * (arrived and version == "42"))

    world.serve = serve
    world.shift_began = NOON - 2 * MINUTE

    assert gate.invoke("watch", world)["verdict"] == "inconclusive"
    assert_untouched(world)
    world.elapsed += 120
    assert gate.invoke("watch", world)["verdict"] == "degraded"
    assert_acted(world)


def test_a_turn_that_is_tried_again_sees_the_same(gate: Gate) -> None:
    world = in_canary()
    first = gate.invoke("watch", world, turn(NOON))
    world.elapsed += 240
    world.errors["42"] = 0

    assert gate.invoke("watch", world, turn(NOON)) == first


NOTHING_TO_GO_BY: dict[str, Callable[[World], Callable[[str, datetime], Served]]] = {
    "no customers": lambda _: lambda _version, _minute: Served(),
    "no canary requests": lambda world: (
        lambda version, minute: (
            world.usually_served(version, minute) if version == "41" else Served()
        )
    ),
    "one canary request, and it failed": lambda world: (
        lambda version, minute: (
            world.usually_served(version, minute)
            if version == "41"
            else Served(requests=(came := int(minute == world.shift_began)), errors=came)
        )
    ),
    "both versions fail alike": lambda world: (
        lambda version, minute: Served(
            requests=(served := world.usually_served(version, minute)).requests,
            errors=served.requests // 2,
        )
    ),
}


@pytest.mark.parametrize("serve", NOTHING_TO_GO_BY.values(), ids=NOTHING_TO_GO_BY.keys())
def test_nothing_is_done_for_lack_of_evidence(
    gate: Gate, serve: Callable[[World], Callable[[str, datetime], Served]]
) -> None:
    world = in_canary()
    world.serve = serve(world)

    seen = gate.invoke("watch", world)

    assert (seen["over"], seen["verdict"]) == (False, "inconclusive")
    assert_untouched(world)


@pytest.mark.parametrize("worst", ["errors", "slow", "http_5xx"])
def test_each_metric_can_stop_a_canary(gate: Gate, plan: Callable[..., None], worst: str) -> None:
    plan(http_5xx=True)
    world = in_canary()
    world.http_5xx = {"41": 0, "42": 0}
    getattr(world, worst)["42"] = 50

    gate.invoke("watch", world)

    assert_acted(world)
    assert world.record["reason"].startswith(f"{worst}: ")


def test_a_metric_that_the_plan_does_not_name_is_not_asked_for(gate: Gate) -> None:
    world = in_canary()
    world.http_5xx = {"41": 0, "42": 60}

    gate.invoke("watch", world)

    assert_untouched(world)


@pytest.mark.parametrize(
    "fault", [THROTTLED, BROKEN, CLOSED, SLOW], ids=["throttled", "broken", "closed", "slow"]
)
@pytest.mark.parametrize(
    "operation",
    ["GetDeployment", "ListDeploymentTargets", "GetDeploymentTarget", "GetMetricData", *ACTS],
)
def test_a_passing_fault_is_outlived(gate: Gate, operation: str, fault: Fault) -> None:
    world = degraded()
    world.faults[operation] = [fault, fault]

    gate.invoke("watch", world)

    assert_acted(world)
    assert not world.overran


@pytest.mark.parametrize(
    "operation",
    ["GetDeployment", "ListDeploymentTargets", "GetDeploymentTarget", "GetMetricData"],
)
def test_what_keeps_it_from_looking_is_raised_and_nothing_done(gate: Gate, operation: str) -> None:
    world = degraded()
    world.always[operation] = DENIED

    with pytest.raises(Exception, match="AccessDenied"):
        gate.invoke("watch", world)

    assert_untouched(world)


@pytest.mark.parametrize(
    "event",
    [
        None,
        {},
        [],
        "d-1",
        {"deployment_id": "d-1"},
        {"now": NOON.isoformat()},
        {"deployment_id": "", "now": NOON.isoformat()},
        {"deployment_id": 1, "now": NOON.isoformat()},
        {"deployment_id": "d-1", "now": 1795426200},
        {"deployment_id": "d-1", "now": "noon"},
        {"deployment_id": "d-1", "now": "2026-11-23T12:00:00"},
        {"DeploymentId": "d-1", "LifecycleEventHookExecutionId": "e-1"},
    ],
    ids=repr,
)
def test_a_turn_that_does_not_say_what_or_when_is_raised_and_calls_nobody(
    gate: Gate, event: object
) -> None:
    world = degraded()
    gate.wire.world = world

    with pytest.raises(gate["watch"].MalformedTurnError):
        gate["watch"].handle(event, None)

    assert world.calls == []


def test_the_states_languages_time_is_understood(gate: Gate) -> None:
    world = degraded()

    event = {"deployment_id": "d-1", "now": "2026-11-23T12:00:00.123Z"}

    assert gate.invoke("watch", world, event)["verdict"] == "degraded"


@pytest.mark.parametrize("seconds", [0, 1, 5, 8, 9, 9.5, 12, 30])
def test_a_turn_never_overruns_and_never_ends_in_silence(gate: Gate, seconds: float) -> None:
    world = degraded(seconds=seconds)
    world.seconds_by_operation = {"monitoring:GetMetricData": 7, "s3:GetObject": 7}

    raised = None
    try:
        gate.invoke("watch", world)
    except (gate["deadline"].OutOfTimeError, gate["watch"].WatchError) as error:
        raised = error

    assert not world.overran
    assert raised is not None or world.record["outcome"] == "stopped"
