"""Pipelines that CloudFormation makes."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from rehearsal.world.world import World
from tests.rehearsal.world.conftest import Client
from tests.rehearsal.world.deployed import ended
from tests.rehearsal.world.pipelines import (
    MAY_STORE,
    Line,
    Made,
    action,
    declaration,
    faked_world,
    source,
    stage,
)
from tests.rehearsal.world.roles import role_for


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with faked_world(tmp_path_factory.mktemp("faked")) as world:
        yield world


@pytest.fixture(scope="module")
def declared(world: World) -> Made:
    role = role_for(world, "codepipeline.amazonaws.com", MAY_STORE)
    test = stage("Test", action("Unit", lowerCase="stays"))
    return declaration("stacked", role, source(), test)


def capitals(value: Any) -> Any:  # noqa: ANN401 - JSON
    """As a template spells it: names begin with a capital, but for a configuration's."""
    if isinstance(value, dict):
        return {
            name[:1].upper() + name[1:]: each if name == "configuration" else capitals(each)
            for name, each in value.items()
        }
    return [capitals(each) for each in value] if isinstance(value, list) else value


def deploy(world: World, declared: Made, stack: str = "lines", **more: object) -> tuple[str, str]:
    """Deploy a stack of one pipeline; its status, and what failed first."""
    properties = {**capitals(declared), **more}
    template = {
        "Resources": {"Line": {"Type": "AWS::CodePipeline::Pipeline", "Properties": properties}},
        "Outputs": {
            "Name": {"Value": {"Ref": "Line"}},
            "Version": {"Value": {"Fn::GetAtt": ["Line", "Version"]}},
        },
    }
    client = world.client("cloudformation")
    known = {each["StackName"] for each in client.describe_stacks()["Stacks"]}
    change = client.update_stack if stack in known else client.create_stack
    change(StackName=stack, TemplateBody=json.dumps(template))
    return ended(world, stack)


def outputs(world: World) -> dict[str, str]:
    """The stack's outputs."""
    stack = world.client("cloudformation").describe_stacks(StackName="lines")["Stacks"][0]
    return {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]}


def test_a_stack_makes_changes_and_removes_a_pipeline(
    world: World, aws: Client, declared: Made
) -> None:
    assert deploy(world, declared, RestartExecutionOnUpdate=True) == ("CREATE_COMPLETE", "")
    made = Line(world, aws, "stacked")
    assert outputs(world) == {"Name": "stacked", "Version": "1"}
    kept = aws("codepipeline").get_pipeline(name="stacked")["pipeline"]["stages"][1]["actions"][0]
    assert kept["configuration"] == {"lowerCase": "stays"}
    first = made.executions()[0]
    assert made.wait(first["pipelineExecutionId"])["trigger"]["triggerType"] == "CreatePipeline"

    changed = copy.deepcopy(declared)
    changed["stages"].append(stage("More", action("Further")))
    assert deploy(world, changed, RestartExecutionOnUpdate=True) == ("UPDATE_COMPLETE", "")
    assert outputs(world)["Version"] == "2"
    newest = made.executions()[0]
    assert newest["trigger"]["triggerType"] == "StartPipelineExecution"
    assert made.wait(newest["pipelineExecutionId"])["status"] == "Succeeded"
    assert len(made.executions()) == 2

    # Nothing of its structure changes: no new version, and no new execution.
    tags = [{"Key": "team", "Value": "orders"}]
    closed = [{"StageName": "More", "Reason": "frozen"}]
    deploy(
        world,
        changed,
        RestartExecutionOnUpdate=True,
        Tags=tags,
        DisableInboundStageTransitions=closed,
    )
    assert outputs(world)["Version"] == "2"
    assert len(made.executions()) == 2
    assert made.state("More")["inboundTransitionState"]["disabledReason"] == "frozen"
    deploy(world, changed)
    assert made.state("More")["inboundTransitionState"]["enabled"]

    world.client("cloudformation").delete_stack(StackName="lines")
    world.clock.sleep(60)
    with pytest.raises(aws("codepipeline").exceptions.PipelineNotFoundException):
        made.executions()


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"Stages": []}, "InvalidStructureException"),
        ({"Colour": "blue"}, "there is no colour"),
        ({"DisableInboundStageTransitions": [{"StageName": "X", "Reason": "r"}]}, "no stage X"),
    ],
)
def test_what_the_api_refuses_fails_the_stack(
    world: World, declared: Made, more: dict[str, object], says: str
) -> None:
    name = f"wrong-{min(more)}"
    status, why = deploy(world, {**declared, "name": name}, name, **more)
    assert status == "ROLLBACK_COMPLETE"
    assert says in why
