"""The calls that each entry point makes: what its role must allow, and nothing more."""

import json
from collections.abc import Callable
from functools import partial

import pytest

from tests.gate.conftest import Gate
from tests.gate.fake_aws import (
    RECORD,
    ArrivesAndThen,
    AwsError,
    Fault,
    World,
    after_traffic,
    before_traffic,
    in_canary,
    settled,
)
from tests.gate.faults import BROKEN, DENIED, SLOW, THROTTLED

STANDING = {"codedeploy:GetDeployment"}
UNDER_TEST = STANDING | {"codedeploy:GetDeploymentTarget", "codedeploy:ListDeploymentTargets"}
REPORTED = {"codedeploy:PutLifecycleEventHookExecutionStatus"}
RECORDED = {"s3:GetObject", "s3:PutObject"}
EXAMINED = {"lambda:GetAlias", "lambda:Invoke"}
TOLD = {"events:PutEvents"}
JUDGED = {"monitoring:GetMetricData"}
STOPPED = {"codedeploy:StopDeployment", "monitoring:PutMetricData"}

HOOK = UNDER_TEST | EXAMINED | RECORDED | TOLD | REPORTED
# As botocore names the services; IAM says cloudwatch for monitoring.
CALLS = {
    "pre_traffic": HOOK | {"states:StartExecution"},
    "post_traffic": HOOK | JUDGED,
    "watch": UNDER_TEST | JUDGED | STOPPED | RECORDED | TOLD,
}


Make = Callable[[], World]


def degraded(world: World) -> World:
    world.errors["42"] = 30
    return world


def broken(world: World) -> World:
    world.faults["Invoke"] = [BROKEN] * 4
    return world


def drifted(world: World) -> World:
    world.alias = {"FunctionVersion": "40"}
    return world


def recorded(world: World) -> World:
    """Let another have written the record already."""
    entry = {"by": "another", "outcome": "shifting"}
    document = {"outcome": "shifting", "timeline": [entry]}
    world.objects[RECORD] = 1, json.dumps(document).encode()
    return world


def met_another(world: World) -> World:
    world.faults["PutObject"] = [AwsError("PreconditionFailed", 412)]
    return recorded(world)


def over(world: World, status: str = "Stopped") -> World:
    world.end(status, "ALARM_ACTIVE")
    return world


def rollback(world: World) -> World:
    world.deployment["creator"] = "codeDeployRollback"
    return world


def faulty(make: Make, fault: Fault) -> World:
    """Let each call meet a fault, and then succeed."""
    world = make()
    for operation in ("GetMetricData", "GetObject", "PutObject", "PutEvents", "StartExecution"):
        world.faults[operation] = [fault]
    return world


def refused(world: World) -> World:
    world.always["StopDeployment"] = DENIED
    return world


def without_data(world: World) -> World:
    world.customers = 0
    return world


def before_shift(world: World) -> World:
    world.shift_began = None
    return world


FAULTS = {"throttled": THROTTLED, "slow": SLOW, "answer lost": ArrivesAndThen(SLOW)}
SCENARIOS: dict[str, dict[str, Make]] = {
    "pre_traffic": {
        "good": before_traffic,
        "contract broken": lambda: broken(before_traffic()),
        "alias drifted": lambda: drifted(before_traffic()),
        "recorded already": lambda: recorded(before_traffic()),
        "met another writer": lambda: met_another(before_traffic()),
        "rollback": lambda: rollback(before_traffic()),
        "out of time": lambda: before_traffic(seconds=60),
        **{name: partial(faulty, before_traffic, fault) for name, fault in FAULTS.items()},
    },
    "post_traffic": {
        "good": after_traffic,
        "degraded": lambda: degraded(settled()),
        "inconclusive": lambda: without_data(settled()),
        "contract broken": lambda: broken(settled()),
        "alias drifted": lambda: drifted(settled()),
        "recorded already": lambda: recorded(settled()),
        "met another writer": lambda: met_another(settled()),
        "rollback": lambda: rollback(settled()),
        "out of time": lambda: after_traffic(seconds=60),
        **{name: partial(faulty, settled, fault) for name, fault in FAULTS.items()},
    },
    "watch": {
        "good": in_canary,
        "before the shift": lambda: before_shift(in_canary()),
        "no data": lambda: without_data(in_canary()),
        "degraded": lambda: degraded(in_canary()),
        "degraded, met another writer": lambda: met_another(degraded(in_canary())),
        "degraded, cannot be stopped": lambda: refused(degraded(in_canary())),
        "succeeded": lambda: over(settled(), "Succeeded"),
        "stopped by an alarm": lambda: over(in_canary()),
        "stopped before the shift": lambda: over(before_shift(in_canary())),
        "failed, and on record": lambda: recorded(over(in_canary(), "Failed")),
        "shift ended": settled,
        **{
            name: partial(faulty, lambda: degraded(in_canary()), fault)
            for name, fault in FAULTS.items()
        },
    },
}


@pytest.mark.parametrize(("entry", "expected"), CALLS.items())
def test_each_entry_point_makes_these_calls_over_all_its_ways_and_no_other(
    gate: Gate, entry: str, expected: set[str]
) -> None:
    made: set[str] = set()
    for make in SCENARIOS[entry].values():
        world = make()
        try:
            gate.invoke(entry, world)
        except gate["watch"].WatchError:
            assert entry == "watch"
        made |= world.operations()

    assert made == expected


@pytest.mark.parametrize(
    ("entry", "scenario", "expected"),
    [
        ("pre_traffic", "good", CALLS["pre_traffic"] - TOLD - {"s3:GetObject"}),
        ("post_traffic", "good", CALLS["post_traffic"]),
        ("watch", "good", UNDER_TEST | JUDGED),
        ("watch", "degraded", CALLS["watch"]),
        ("watch", "before the shift", UNDER_TEST),
        ("watch", "succeeded", STANDING),
        ("watch", "stopped by an alarm", CALLS["watch"] - STOPPED),
    ],
)
def test_a_way_asks_for_no_more_than_it_needs(
    gate: Gate, entry: str, scenario: str, expected: set[str]
) -> None:
    world = SCENARIOS[entry][scenario]()

    gate.invoke(entry, world)

    assert world.operations() == expected


def test_the_record_is_not_read_before_it_is_begun(gate: Gate) -> None:
    """S3 would answer AccessDenied, which the trail's alarm would take for a break-in."""
    world = before_traffic()

    gate.invoke("pre_traffic", world)

    assert "s3:GetObject" not in world.calls


@pytest.mark.parametrize("creator", ["codeDeployRollback", "CloudFormationRollback"])
@pytest.mark.parametrize("entry", ["pre_traffic", "post_traffic"])
def test_a_rollback_asks_for_nothing_but_its_creator(gate: Gate, entry: str, creator: str) -> None:
    world = before_traffic()
    world.deployment["creator"] = creator

    gate.invoke(entry, world)

    assert world.operations() == STANDING | REPORTED


def test_the_contract_is_put_to_the_target_version_itself_and_to_no_alias(gate: Gate) -> None:
    world = settled()

    gate.invoke("post_traffic", world)

    invocations = [request for operation, request in world.requests if operation == "lambda:Invoke"]
    assert len(invocations) == 2
    assert {request["FunctionName"] for request in invocations} == {"orders"}
    assert {request["Qualifier"] for request in invocations} == {"42"}
    assert {request["InvocationType"] for request in invocations} == {"RequestResponse"}


def test_every_call_of_the_deployment_names_this_deployment(gate: Gate) -> None:
    world = degraded(in_canary())

    gate.invoke("watch", world)

    named = [request["deploymentId"] for _, request in world.requests if "deploymentId" in request]
    assert len(named) == 4
    assert set(named) == {"d-1"}
