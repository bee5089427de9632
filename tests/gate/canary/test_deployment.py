"""Who is under test is what CodeDeploy says, and nothing is guessed."""

from typing import Any

import pytest

from tests.gate.canary.made import enter
from tests.gate.conftest import Gate
from tests.gate.fake_aws import NOON, Answer, AwsError, World, after_traffic, before_traffic
from tests.gate.faults import CLOSED, DENIED


def target_of(**changes: object) -> dict[str, Any]:
    """Give CodeDeploy's answer about the target, changed."""
    answer = before_traffic().get_deployment_target({})
    answer["deploymentTarget"]["lambdaTarget"] |= changes
    return answer


def refusal(gate: Gate, world: World) -> str:
    deadline = enter(gate, world)
    with pytest.raises(gate["deployment"].UnexpectedDeploymentError) as raised:
        gate["deployment"].under_test("d-1", deadline)
    return str(raised.value)


def test_standing_says_status_creator_and_error(gate: Gate) -> None:
    world = before_traffic()
    world.end("Failed", "HEALTH_CONSTRAINTS")

    found = gate["deployment"].standing("d-1", enter(gate, world))

    assert vars(found) == {
        "status": "Failed",
        "creator": "CloudFormation",
        "error": "HEALTH_CONSTRAINTS",
    }
    assert world.requests == [("codedeploy:GetDeployment", {"deploymentId": "d-1"})]


def test_a_standing_of_which_codedeploy_says_nothing_is_neither_over_nor_a_rollback(
    gate: Gate,
) -> None:
    world = before_traffic()
    world.deployment = {}

    found = gate["deployment"].standing("d-1", enter(gate, world))

    assert vars(found) == {"status": "", "creator": "", "error": None}
    assert not found.is_over
    assert not found.is_rollback


@pytest.mark.parametrize(
    ("status", "over"),
    [
        ("Created", False),
        ("Queued", False),
        ("InProgress", False),
        ("Baking", False),
        ("Ready", False),
        ("Succeeded", True),
        ("Failed", True),
        ("Stopped", True),
    ],
)
def test_a_deployment_is_over_when_nothing_can_be_stopped_any_more(
    gate: Gate, status: str, *, over: bool
) -> None:
    world = before_traffic()
    world.deployment["status"] = status

    assert gate["deployment"].standing("d-1", enter(gate, world)).is_over is over


@pytest.mark.parametrize(
    ("creator", "rollback"),
    [
        ("user", False),
        ("autoscaling", False),
        ("CloudFormation", False),
        ("CodeDeploy", False),
        ("codeDeployRollback", True),
        ("CloudFormationRollback", True),
    ],
)
def test_a_rollback_is_known_by_its_creator(gate: Gate, creator: str, *, rollback: bool) -> None:
    world = before_traffic()
    world.deployment["creator"] = creator

    assert gate["deployment"].standing("d-1", enter(gate, world)).is_rollback is rollback


def test_a_deployment_is_the_shift_of_one_alias_between_two_versions(gate: Gate) -> None:
    world = before_traffic()

    found = gate["deployment"].under_test("d-1", enter(gate, world))

    assert vars(found) == {
        "deployment_id": "d-1",
        "function_name": "orders",
        "alias": "live",
        "current_version": "41",
        "target_version": "42",
        "shift_began": None,
        "shift_ended": None,
    }
    assert world.requests == [
        ("codedeploy:ListDeploymentTargets", {"deploymentId": "d-1"}),
        ("codedeploy:GetDeploymentTarget", {"deploymentId": "d-1", "targetId": "orders:live"}),
    ]


def test_the_shift_began_and_ended_when_codedeploy_says_so(gate: Gate) -> None:
    world = after_traffic()

    found = gate["deployment"].under_test("d-1", enter(gate, world))

    assert (found.shift_began, found.shift_ended) == (world.shift_began, world.shift_ended)


@pytest.mark.parametrize(
    "events",
    [
        [],
        [{}],
        [{"lifecycleEventName": "BeforeAllowTraffic", "startTime": NOON, "endTime": NOON}],
        [{"lifecycleEventName": "AllowTraffic"}],
    ],
    ids=["none", "nameless", "another", "to come"],
)
def test_no_event_but_the_shift_itself_says_when_it_began(
    gate: Gate, events: list[dict[str, Any]]
) -> None:
    world = before_traffic()
    world.always["GetDeploymentTarget"] = Answer(target_of(lifecycleEvents=events))

    found = gate["deployment"].under_test("d-1", enter(gate, world))

    assert (found.shift_began, found.shift_ended) == (None, None)


def test_the_shift_is_found_wherever_it_stands_among_the_events(gate: Gate) -> None:
    hook = {"lifecycleEventName": "AfterAllowTraffic", "startTime": NOON, "endTime": NOON}
    shift = {"lifecycleEventName": "AllowTraffic", "startTime": NOON}
    world = before_traffic()
    world.always["GetDeploymentTarget"] = Answer(target_of(lifecycleEvents=[hook, shift]))

    found = gate["deployment"].under_test("d-1", enter(gate, world))

    assert (found.shift_began, found.shift_ended) == (NOON, None)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("functionName", "basket", "the deployment is of basket:live, not of orders:live"),
        ("functionAlias", "next", "the deployment is of orders:next, not of orders:live"),
        ("currentVersion", "$LATEST", "the current version is not a number: $LATEST"),
        ("targetVersion", "$LATEST", "the target version is not a number: $LATEST"),
        ("targetVersion", "042", "the target version is not a number: 042"),
        ("targetVersion", "4 2", "the target version is not a number: 4 2"),
        ("targetVersion", "41", "version 41 is both current and target"),
    ],
)
def test_a_deployment_that_is_not_ours_to_judge_is_refused(
    gate: Gate, field: str, value: str, said: str
) -> None:
    world = before_traffic()
    world.function_info[field] = value

    assert refusal(gate, world) == said


@pytest.mark.parametrize("version", ["currentVersion", "targetVersion"])
def test_a_version_that_is_not_said_is_refused(gate: Gate, version: str) -> None:
    world = before_traffic()
    del world.function_info[version]

    assert refusal(gate, world).endswith("version is not a number: None")


@pytest.mark.parametrize(
    "answer",
    [{}, {"deploymentTarget": {}}, {"deploymentTarget": {"lambdaTarget": {}}}],
    ids=["no target", "no Lambda target", "no function"],
)
def test_a_target_that_is_no_function_is_refused(gate: Gate, answer: dict[str, Any]) -> None:
    world = before_traffic()
    world.always["GetDeploymentTarget"] = Answer(answer)

    assert refusal(gate, world) == "the deployment is of None:None, not of orders:live"


@pytest.mark.parametrize(
    ("targets", "count"),
    [
        ({}, 0),
        ({"targetIds": []}, 0),
        ({"targetIds": ["orders:live", "basket:live"]}, 2),
        ({"targetIds": ["orders:live"], "nextToken": "more"}, 1),
    ],
)
def test_a_deployment_without_exactly_one_target_is_refused(
    gate: Gate, targets: dict[str, Any], count: int
) -> None:
    world = before_traffic()
    world.targets = targets

    said = f"a Lambda deployment has one target, this one has {count} or more"
    assert refusal(gate, world) == said


@pytest.mark.parametrize("name", ["FUNCTION_NAME", "ALIAS"])
@pytest.mark.parametrize("value", [None, ""])
def test_without_knowing_what_is_ours_nobody_is_asked(
    gate: Gate, name: str, value: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(name)
    if value is not None:
        monkeypatch.setenv(name, value)
    world = before_traffic()

    assert refusal(gate, world) == f"the environment variable {name} is not set"
    assert world.calls == []


def test_a_deployment_that_has_not_started_is_asked_for_again(gate: Gate) -> None:
    world = before_traffic()
    world.faults["GetDeployment"] = [AwsError("DeploymentNotStartedException"), CLOSED]

    assert gate["deployment"].standing("d-1", enter(gate, world)).status == "InProgress"
    assert world.calls == ["codedeploy:GetDeployment"] * 3


def test_codedeploy_is_asked_ten_times_and_then_its_error_is_raised(gate: Gate) -> None:
    world = before_traffic()
    world.always["GetDeployment"] = AwsError("DeploymentNotStartedException")
    deadline = enter(gate, world)

    with pytest.raises(gate["clients"].ClientError):
        gate["deployment"].standing("d-1", deadline)
    assert len(world.calls) == 10


def test_what_does_not_pass_is_raised_at_once(gate: Gate) -> None:
    world = before_traffic()
    world.always["GetDeployment"] = DENIED
    deadline = enter(gate, world)

    with pytest.raises(gate["clients"].ClientError):
        gate["deployment"].standing("d-1", deadline)
    assert len(world.calls) == 1


def test_codedeploy_is_not_asked_without_the_time_for_an_answer(gate: Gate) -> None:
    world = before_traffic(seconds=6.9)
    deadline = enter(gate, world)

    with pytest.raises(gate["deadline"].OutOfTimeError, match=r"^asking CodeDeploy may take 7 s"):
        gate["deployment"].standing("d-1", deadline)
    assert world.calls == []
