"""A release goes on once its alias has served enough requests, and never for lack of a count."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.gate.fake_aws import NOON, AwsError, Fault
from tests.gate.faults import BROKEN, DENIED, PASSING
from tests.release.conftest import Gates
from tests.release.fake_aws import EXECUTION, STACK, Releases, event

ASKED: dict[str, Any] = {
    "function": STACK,
    "alias": "live",
    "requests": 100,
    "minutes": 30,
    "region": "eu-central-1",
    "pipeline": "lockgate-orders",
    "execution": EXECUTION,
}
SINCE = {"since": NOON.isoformat()}
COUNT = "GetMetricData"


def look(gates: Gates, world: Releases, asked: Mapping[str, Any] = ASKED, **token: str) -> str:
    """How a turn ends: done, later, or refused."""
    sent = event(asked, token=token or None)
    try:
        gates.invoke("soak", world, sent)
    except gates["turn"].ClosedError:
        assert world.report[0] == "refused"
    return world.reports[-1][0]


def said(world: Releases) -> str:
    _, request = world.reports[-1]
    if "failureDetails" in request:
        return str(request["failureDetails"]["message"])
    return str(request["executionDetails"]["summary"])


def test_the_first_turn_begins_the_wait_and_counts_nothing(gates: Gates) -> None:
    world = Releases()
    world.served(1000)

    assert look(gates, world) == "later"
    _, request = world.report
    assert json.loads(request["continuationToken"])["since"].startswith("2026-11-23T12:00:00")
    assert "cloudwatch:GetMetricData" not in world.calls


@pytest.mark.parametrize(
    ("minutes", "counts", "ends"),
    [
        (2, [0, 99], "later"),
        (2, [0, 100], "done"),
        (2, [1000, 99], "later"),
        (3, [0, 50, 50], "done"),
        (33.9, [0, 99], "later"),
        (34, [0, 99], "refused"),
        (34, [0, 100], "done"),
        (34, [0] * 31 + [100], "refused"),
        (34, [0] * 30 + [100], "done"),
        (34, [], "refused"),
    ],
)
def test_the_wait_ends_with_the_requests_or_with_the_time(
    gates: Gates, minutes: float, counts: list[float], ends: str
) -> None:
    """30 whole minutes behind the one in which it began, and three in which they settle."""
    world = Releases()
    world.served(*counts)
    world.wait(minutes=minutes)

    assert look(gates, world, ASKED, **SINCE) == ends


def test_the_wait_goes_on_from_where_it_began(gates: Gates) -> None:
    world = Releases()
    world.wait(minutes=5)

    look(gates, world, ASKED, **SINCE)

    assert json.loads(world.report[1]["continuationToken"]) == SINCE


def test_people_read_how_many_of_how_many_in_how_long(gates: Gates) -> None:
    world = Releases()
    world.served(0, 7)
    world.wait(minutes=40)

    look(gates, world, ASKED, **SINCE)

    assert said(world).startswith(
        f"{STACK}:live has served 7 of 100 requests since 2026-11-23T12:01:00+00:00, "
        "in 30 minutes: too few"
    )


@pytest.mark.parametrize("status", ["PartialData", "InternalError", "Forbidden"])
def test_a_count_that_is_incomplete_is_no_count(gates: Gates, status: str) -> None:
    world = Releases()
    world.served(0, 1000)
    world.status_code = status
    world.wait(minutes=5)

    assert look(gates, world, ASKED, **SINCE) == "later"


@pytest.mark.parametrize("count", [float("nan"), float("inf"), -1.0, 0.5])
def test_what_is_no_count_is_never_enough(gates: Gates, count: float) -> None:
    world = Releases()
    world.served(0, 1000, count)
    world.wait(minutes=40)

    assert look(gates, world, ASKED, **SINCE) == "refused"
    assert "cannot be counted" in said(world)


@pytest.mark.parametrize("name", PASSING)
def test_a_fault_that_may_pass_is_waited_for_to_the_end(gates: Gates, name: str) -> None:
    for minutes, ends in ((5, "later"), (40, "refused")):
        world = Releases()
        world.always = {COUNT: PASSING[name]}
        world.wait(minutes=minutes)

        assert look(gates, world, ASKED, **SINCE) == ends


def test_a_count_that_is_denied_is_refused_at_once(gates: Gates) -> None:
    world = Releases()
    world.always = {COUNT: DENIED}
    world.wait(minutes=5)

    assert look(gates, world, ASKED, **SINCE) == "refused"


def test_a_rollback_waits_for_no_customers(gates: Gates) -> None:
    world = Releases()
    world.execution = {"executionType": "ROLLBACK"}

    assert look(gates, world) == "done"


@pytest.mark.parametrize("execution", [{}, {"executionType": "STANDARD"}])
def test_what_is_not_known_to_be_a_rollback_waits(gates: Gates, execution: dict[str, str]) -> None:
    world = Releases()
    world.execution = execution

    assert look(gates, world) == "later"


@pytest.mark.parametrize("fault", [DENIED, BROKEN, AwsError("PipelineExecutionNotFoundException")])
def test_an_execution_that_cannot_be_asked_for_waits(gates: Gates, fault: Fault) -> None:
    world = Releases()
    world.always = {"GetPipelineExecution": fault}
    world.execution = {"executionType": "ROLLBACK"}

    assert look(gates, world) == "later"


@pytest.mark.parametrize(
    "token",
    [
        {"since": "yesterday"},
        {"since": "2026-11-23T12:00:00"},
        {"since": "2030-01-01T00:00:00+00:00"},
        {"other": "x"},
    ],
)
def test_a_token_of_another_kind_is_refused(gates: Gates, token: dict[str, str]) -> None:
    assert look(gates, Releases(), ASKED, **token) == "refused"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("requests", 0),
        ("requests", True),
        ("requests", "100"),
        ("minutes", 0),
        ("minutes", 23 * 60 + 1),
        ("function", "a/b"),
        ("alias", ""),
        ("region", "eu"),
        ("pipeline", 1),
        ("execution", "#{codepipeline.PipelineExecutionId}"),
        ("role", "arn:aws:iam::1:role/x"),
        ("more", 1),
    ],
)
def test_a_parameter_without_meaning_is_refused(gates: Gates, name: str, value: object) -> None:
    world = Releases()

    assert look(gates, world, {**ASKED, name: value}) == "refused"
    assert name in said(world)
    assert world.operations() == {"codepipeline:PutJobFailureResult"}


@pytest.mark.parametrize("name", ASKED)
def test_a_parameter_that_is_missing_is_refused(gates: Gates, name: str) -> None:
    world = Releases()

    assert look(gates, world, {k: v for k, v in ASKED.items() if k != name}) == "refused"
    assert f"no {name}" in said(world)


def test_another_account_is_counted_as_its_role(gates: Gates) -> None:
    world = Releases()
    world.served(0, 100)
    world.wait(minutes=5)
    role = "arn:aws:iam::444455556666:role/lockgate/orders/prod/a-review"

    assert look(gates, world, {**ASKED, "role": role, "region": "us-east-1"}, **SINCE) == "done"
    assert ("GetMetricData", "temporary-key-of-a-review") in world.signed
    assert ("PutJobSuccessResult", "own") in world.signed


def test_a_role_that_may_not_be_assumed_is_refused(gates: Gates) -> None:
    world = Releases()
    world.always = {"AssumeRole": DENIED}
    world.wait(minutes=5)
    role = "arn:aws:iam::444455556666:role/lockgate/orders/prod/a-review"

    assert look(gates, world, {**ASKED, "role": role}, **SINCE) == "refused"
