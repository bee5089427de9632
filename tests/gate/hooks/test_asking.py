"""One request to one version, past any alias; what is wrong with the answer is said in words."""

import json
from typing import Any

import pytest

from tests.gate.canary.made import a_deployment, enter
from tests.gate.conftest import Gate
from tests.gate.fake_aws import (
    CONTRACT,
    NOON,
    AwsError,
    Fault,
    Reply,
    World,
    function_reply,
    http_answer,
)
from tests.gate.faults import CLOSED, SLOW, THROTTLED

GOOD = http_answer(200, {"status": "ok"})


def ask(gate: Gate, world: World, version: str = "42") -> Any:  # noqa: ANN401
    (case, _) = gate["contract"].parse(json.dumps(CONTRACT))
    return gate["asking"].problems(
        case, a_deployment(gate), version, enter(gate, world), request_id="d-1/health"
    )


def answered(gate: Gate, reply: Fault) -> Any:  # noqa: ANN401
    world = World()
    world.faults["Invoke"] = [reply]
    return ask(gate, world)


@pytest.mark.parametrize("version", ["41", "42"])
def test_the_version_itself_is_asked_and_waited_for(gate: Gate, version: str) -> None:
    world = World()

    assert ask(gate, world, version) == []

    (request,) = (given for _, given in world.requests)
    assert (request["FunctionName"], request["Qualifier"]) == ("orders", version)
    assert request["InvocationType"] == "RequestResponse"
    event = json.loads(request["Payload"])
    assert event["rawPath"] == "/health"
    assert event["requestContext"]["requestId"] == "d-1/health"
    assert event["requestContext"]["timeEpoch"] == NOON.timestamp() * 1000


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        ({"errorType": "KeyError", "errorMessage": "secret"}, "Unhandled KeyError"),
        ({"errorMessage": "secret"}, "Unhandled None"),
        (b"Killed", "Unhandled of unknown type"),
        ([], "Unhandled of unknown type"),
    ],
)
def test_a_function_that_failed_is_told_by_the_error_s_type_alone(
    gate: Gate, payload: object, said: str
) -> None:
    reply = function_reply(payload, x_amz_function_error="Unhandled")

    assert answered(gate, reply) == [f"the function failed: {said}"]


def test_what_lambda_did_not_run_is_no_answer(gate: Gate) -> None:
    reply = Reply(202, body=function_reply(GOOD).body)

    assert answered(gate, reply) == ["Lambda answered 202"]


def test_another_version_s_answer_is_no_answer(gate: Gate) -> None:
    reply = function_reply(GOOD, x_amz_executed_version="41")

    assert answered(gate, reply) == ["version 41 answered in place of 42"]


def test_a_wrong_answer_is_told_by_its_differences(gate: Gate) -> None:
    reply = function_reply(http_answer(500, {"status": "ok"}))

    assert answered(gate, reply) == ["status: expected 200, got 500"]


def test_a_version_that_does_not_answer_in_time_is_not_asked_again(gate: Gate) -> None:
    world = World()
    world.always["Invoke"] = SLOW

    assert ask(gate, world) == ["no answer: ReadTimeoutError"]
    assert len(world.calls) == 1


@pytest.mark.parametrize(
    ("fault", "code", "calls"),
    [
        (THROTTLED, "ThrottlingException", 4),
        (CLOSED, "ConnectionClosedError", 4),
        (AwsError("ResourceNotFoundException", 404), "ResourceNotFoundException", 1),
    ],
    ids=["throttled", "closed", "not found"],
)
def test_where_lambda_could_not_be_asked_nothing_is_known_of_the_version(
    gate: Gate, fault: Fault, code: str, calls: int
) -> None:
    world = World()
    world.always["Invoke"] = fault

    with pytest.raises(gate["asking"].NotAskedError, match=f"^could not be invoked: {code}$"):
        ask(gate, world)
    assert len(world.calls) == calls


def test_no_second_attempt_begins_that_could_outlast_the_time(gate: Gate) -> None:
    world = World(seconds=30)
    world.always["Invoke"] = THROTTLED

    with pytest.raises(gate["asking"].NotAskedError):
        ask(gate, world)
    assert len(world.calls) == 1
