"""The gates decide in a pipeline as they do on AWS: as a rule, as an action, turn by turn."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from rehearsal.world.world import World
from tests.rehearsal.world.conftest import Client
from tests.rehearsal.world.gates import asking, gate
from tests.rehearsal.world.lambdas import call, function
from tests.rehearsal.world.pipelines import Line, Made, faked_world, line, stage
from tests.rehearsal.world.roles import allow

FREEZE = "/lockgate/freeze"
THAWED = {"frozen": False, "reason": "", "by": "", "since": "", "environments": []}
FROZEN = {**THAWED, "frozen": True, "reason": "sale", "by": "ada", "since": "Friday"}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with faked_world(tmp_path_factory.mktemp("faked")) as world:
        yield world


def of_type(category: str, provider: str) -> Made:
    return {"category": category, "owner": "AWS", "provider": provider, "version": "1"}


def write(aws: Client, freeze: Made) -> None:
    value = json.dumps(freeze)
    aws("ssm").put_parameter(Name=FREEZE, Value=value, Type="String", Overwrite=True)


def on(world: World, service: str, resource: str) -> str:
    return f"arn:aws:{service}:{world.region}:{world.account}:{resource}"


def serve(aws: Client, requests: int) -> None:
    """Let customers ask the alias."""
    for _ in range(requests):
        call(aws, "orders:live")


@pytest.fixture(scope="module")
def release(world: World, aws: Client) -> Line:
    """A pipeline whose one stage nobody enters while it is frozen, nor leaves without customers."""
    write(aws, THAWED)
    read = allow("ssm:GetParameter", on(world, "ssm", f"parameter{FREEZE}"))
    frozen = gate(world, aws, "freeze", read, environment={"FREEZE_PARAMETER": FREEZE})
    soaked = gate(
        world,
        aws,
        "soak",
        allow("cloudwatch:GetMetricData", "*"),
        allow("codepipeline:GetPipelineExecution", on(world, "codepipeline", "release")),
    )
    function(aws, "orders", "def handle(event, context): return {}")
    aws("lambda").publish_version(FunctionName="orders")
    aws("lambda").create_alias(FunctionName="orders", Name="live", FunctionVersion="1")
    entry = {
        "name": "Freeze",
        "ruleTypeId": of_type("Rule", "LambdaInvoke"),
        "configuration": asking(frozen, environments=["prod"]),
    }
    soak: Any = {
        "name": "Soak",
        "actionTypeId": of_type("Invoke", "Lambda"),
        "inputArtifacts": [],
        "outputArtifacts": [],
        "runOrder": 1,
        "configuration": asking(
            soaked,
            function="orders",
            alias="live",
            requests=3,
            minutes=5,
            region=world.region,
            pipeline="release",
            execution="#{codepipeline.PipelineExecutionId}",
        ),
    }
    conditions = {"conditions": [{"result": "FAIL", "rules": [entry]}]}
    invoke = allow("lambda:InvokeFunction", on(world, "lambda", "function:*"))
    return line(
        world,
        aws,
        stage("prod", soak, beforeEntry=conditions),
        may=(invoke,),
        name="release",
    )


def soaked(made: Line, execution: str) -> Made:
    """The last attempt at the soak."""
    return [each for each in made.actions(execution) if each["actionName"] == "Soak"][-1]


def with_customers(made: Line, aws: Client) -> str:
    """Release while customers come, each in a minute of its own; the execution's id."""
    execution = made.start()
    with made.world.clock.busy():
        for _ in range(4):
            made.world.clock.sleep(60)
            serve(aws, 1)
    return execution


def test_a_release_without_customers_does_not_go_on(release: Line) -> None:
    first = release.executions()[-1]

    assert first["status"] == "Failed"
    result = soaked(release, first["pipelineExecutionId"])["output"]["executionResult"]
    assert "orders:live has served 0 of 3 requests" in result["errorDetails"]["message"]


def test_a_release_goes_on_with_its_customers_and_its_rollback_without(
    release: Line, aws: Client
) -> None:
    good = with_customers(release, aws)
    assert release.wait(good)["status"] == "Succeeded"

    rollback = aws("codepipeline").rollback_stage(
        pipelineName=release.name, stageName="prod", targetPipelineExecutionId=good
    )["pipelineExecutionId"]

    assert release.wait(rollback)["status"] == "Succeeded"
    result = soaked(release, rollback)["output"]["executionResult"]
    assert result["externalExecutionSummary"] == "A rollback waits for no customers"


def test_a_freeze_holds_a_release_back_until_it_is_thawed_and_retried(
    release: Line, aws: Client
) -> None:
    write(aws, FROZEN)
    held = release.start()
    assert release.wait(held)["status"] == "Failed"
    rules = aws("codepipeline").list_rule_executions(
        pipelineName=release.name, filter={"pipelineExecutionId": held}
    )["ruleExecutionDetails"]
    message = rules[0]["output"]["executionResult"]["errorDetails"]["message"]
    assert message.startswith("Frozen: prod. sale (ada, since Friday). To go on: make thaw")
    assert not [each for each in release.actions(held) if each["actionName"] == "Soak"]

    write(aws, THAWED)
    aws("codepipeline").retry_stage_execution(
        pipelineName=release.name,
        stageName="prod",
        pipelineExecutionId=held,
        retryMode="FAILED_ACTIONS",
    )
    with release.world.clock.busy():
        for _ in range(4):
            release.world.clock.sleep(60)
            serve(aws, 1)
    assert release.wait(held)["status"] == "Succeeded"
