"""The calls that each entry point makes: what its role must allow, and nothing more."""

import pytest

from tests.lambda_hooks.conftest import Hooks
from tests.lambda_hooks.fake_aws import World

BOTH = {
    "codedeploy:GetDeployment",
    "codedeploy:GetDeploymentTarget",
    "codedeploy:ListDeploymentTargets",
    "codedeploy:PutLifecycleEventHookExecutionStatus",
    "lambda:Invoke",
}
CALLS = {"pre_traffic": BOTH, "post_traffic": BOTH | {"lambda:GetAlias"}}


@pytest.mark.parametrize(("entry", "expected"), CALLS.items())
def test_each_hook_makes_these_calls_and_no_other(
    hooks: Hooks, entry: str, expected: set[str]
) -> None:
    world = World()

    hooks.invoke(entry, world)

    assert world.operations() == expected


@pytest.mark.parametrize("creator", ["codeDeployRollback", "CloudFormationRollback"])
@pytest.mark.parametrize("entry", CALLS)
def test_a_rollback_asks_for_nothing_but_its_creator(
    hooks: Hooks, entry: str, creator: str
) -> None:
    world = World()
    world.deployment["creator"] = creator

    hooks.invoke(entry, world)

    assert world.operations() == {
        "codedeploy:GetDeployment",
        "codedeploy:PutLifecycleEventHookExecutionStatus",
    }


def test_the_target_version_itself_is_invoked(hooks: Hooks) -> None:
    world = World()

    hooks.invoke("pre_traffic", world)

    invocations = [request for operation, request in world.requests if operation == "lambda:Invoke"]
    assert len(invocations) == 2
    assert {request["FunctionName"] for request in invocations} == {"orders"}
    assert {request["Qualifier"] for request in invocations} == {"42"}
    assert {request["InvocationType"] for request in invocations} == {"RequestResponse"}
