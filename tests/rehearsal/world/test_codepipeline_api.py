"""CodePipeline's API: what it refuses, on what IAM decides, and long answers."""

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from rehearsal.world.world import World
from tests.rehearsal.world.conftest import Client
from tests.rehearsal.world.pipelines import (
    MAY_STORE,
    Line,
    Made,
    action,
    condition,
    declaration,
    faked_world,
    line,
    source,
    stage,
)
from tests.rehearsal.world.roles import allow, assert_decides, role_for

STRUCTURE, STAGE, ACTION = (
    f"Invalid{what}Exception" for what in ("Structure", "StageDeclaration", "ActionDeclaration")
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with faked_world(tmp_path_factory.mktemp("faked")) as world:
        yield world


@pytest.fixture(scope="module")
def role(world: World) -> str:
    return role_for(world, "codepipeline.amazonaws.com", MAY_STORE)


def refused(client: Any, declared: Made) -> str:  # noqa: ANN401 - a client of any service
    """The code of what is wrong with a declaration."""
    with pytest.raises(client.exceptions.ClientError) as error:
        client.create_pipeline(pipeline=declared)
    return str(error.value.response["Error"]["Code"])


@pytest.mark.parametrize(
    ("stages", "more", "code"),
    [
        ([source()], {}, STRUCTURE),
        ([source(), source()], {}, STAGE),
        ([stage("Test", action("A")), stage("B", action("A"))], {}, ACTION),
        ([source(), stage("Test", *source()["actions"])], {}, ACTION),
        ([source(), stage("Test", action("A"), action("A"))], {}, STAGE),
        ([source(), stage("Test", action("A", inputs="nothing"))], {}, ACTION),
        ([source(), stage("T", action("A", outputs="x"), action("B", inputs="x"))], {}, ACTION),
        ([source(), stage("T", action("A", outputs="source"))], {}, ACTION),
        ([source(), stage("T", action("A", namespace="Source"))], {}, ACTION),
        ([source(), stage("T", action("A", Says="#{Later.X}"))], {}, ACTION),
        ([source(), stage("T", action("A", Says="#{variables.x}"))], {}, ACTION),
        ([source(), stage("T", action("A", Times="1") | {"timeoutInMinutes": 5})], {}, ACTION),
        ([source(), stage("T", action("A"), onFailure={"result": "SKIP"})], {}, STAGE),
        (
            [source() | {"onFailure": {"result": "ROLLBACK"}}, stage("T", action("A"))],
            {},
            STAGE,
        ),
        (
            [source(), stage("T", action("A"), beforeEntry=condition("ROLLBACK", "a", "b"))],
            {},
            STAGE,
        ),
        (
            [source(), stage("T", action("A"), beforeEntry=condition("FAIL", "a", "b"))],
            {"pipelineType": "V1", "executionMode": "SUPERSEDED"},
            STRUCTURE,
        ),
        ([source(), stage("T", action("A"))], {"pipelineType": "V1"}, STRUCTURE),
        (
            [source(), stage("T", action("A"))],
            {
                "pipelineType": "V1",
                "executionMode": "SUPERSEDED",
                "variables": [{"name": "x", "defaultValue": "y"}],
            },
            STRUCTURE,
        ),
        ([source(), stage("T", action("A"))], {"artifactStore": None}, STRUCTURE),
    ],
)
def test_a_wrong_declaration_is_refused(
    aws: Client, role: str, stages: list[Made], more: Made, code: str
) -> None:
    declared = {
        name: each
        for name, each in (declaration("wrong", role, *stages) | more).items()
        if each is not None
    }
    assert refused(aws("codepipeline"), declared) == code


def test_what_the_world_has_no_performer_for_is_refused(aws: Client, role: str) -> None:
    unknown = action("A")
    unknown["actionTypeId"] = {**unknown["actionTypeId"], "provider": "DeviceFarm"}
    declared = declaration("wrong", role, source(), stage("T", unknown))
    assert refused(aws("codepipeline"), declared) == ACTION
    rule = condition("FAIL", "a", "b")
    rule["conditions"][0]["rules"][0]["ruleTypeId"]["provider"] = "Oracle"
    declared = declaration("wrong", role, source(), stage("T", action("A"), beforeEntry=rule))
    assert refused(aws("codepipeline"), declared) == STAGE


@pytest.fixture(scope="module")
def made(world: World, aws: Client) -> Line:
    return line(
        world, aws, stage("Test", action("Unit")), variables=[{"name": "who", "defaultValue": "me"}]
    )


def test_a_token_starts_one_execution(made: Line) -> None:
    assert made.start(clientRequestToken="once") == made.start(clientRequestToken="once")
    made.wait(made.start(clientRequestToken="once"))


def test_variables_and_revisions_must_be_the_pipelines(made: Line, aws: Client) -> None:
    client = aws("codepipeline")
    for wrong in (
        {"variables": [{"name": "nobody", "value": "x"}]},
        {
            "sourceRevisions": [
                {"actionName": "Unit", "revisionType": "COMMIT_ID", "revisionValue": "c"}
            ]
        },
    ):
        with pytest.raises(client.exceptions.ClientError, match="ValidationException"):
            client.start_pipeline_execution(name=made.name, **wrong)


def test_a_variable_without_a_value_keeps_a_pipeline_from_starting(aws: Client, role: str) -> None:
    client = aws("codepipeline")
    declared = declaration(
        "valueless", role, source(), stage("T", action("A")), variables=[{"name": "who"}]
    )
    client.create_pipeline(pipeline=declared)
    found = client.list_pipeline_executions(pipelineName="valueless")
    assert found["pipelineExecutionSummaries"][0]["status"] == "Failed"
    with pytest.raises(client.exceptions.ClientError, match="no value"):
        client.start_pipeline_execution(name="valueless")


def test_a_pipeline_keeps_its_versions(world: World, aws: Client, role: str) -> None:
    client = aws("codepipeline")
    declared = declaration("versioned", role, source(), stage("T", action("A")))
    client.create_pipeline(pipeline=declared, tags=[{"key": "team", "value": "orders"}])
    with pytest.raises(client.exceptions.PipelineNameInUseException):
        client.create_pipeline(pipeline=declared)
    changed = copy.deepcopy(declared)
    changed["stages"][1]["name"] = "U"
    assert client.update_pipeline(pipeline=changed)["pipeline"]["version"] == 2
    stages = [
        client.get_pipeline(name="versioned", **version)["pipeline"]["stages"][1]["name"]
        for version in ({}, {"version": 1}, {"version": 2})
    ]
    assert stages == ["U", "T", "U"]
    with pytest.raises(client.exceptions.PipelineVersionNotFoundException):
        client.get_pipeline(name="versioned", version=3)
    arn = client.get_pipeline(name="versioned")["metadata"]["pipelineArn"]
    assert client.list_tags_for_resource(resourceArn=arn)["tags"][0]["value"] == "orders"
    assert "versioned" in {each["name"] for each in client.list_pipelines()["pipelines"]}
    client.delete_pipeline(name="versioned")
    with pytest.raises(client.exceptions.PipelineNotFoundException):
        client.get_pipeline(name="versioned")
    assert world


def test_long_answers_come_in_pages(world: World, aws: Client) -> None:
    made = line(world, aws, stage("Test", action("A"), action("B")))
    made.run()
    client = aws("codepipeline")
    for operation, key, count in (
        ("list_action_executions", "actionExecutionDetails", 6),
        ("list_pipeline_executions", "pipelineExecutionSummaries", 2),
    ):
        pages = client.get_paginator(operation).paginate(
            pipelineName=made.name, PaginationConfig={"PageSize": 1}
        )
        found = [each for page in pages for each in page[key]]
        assert len(found) == count
        assert found == getattr(client, operation)(pipelineName=made.name)[key]
    with pytest.raises(client.exceptions.InvalidNextTokenException):
        client.list_pipeline_executions(pipelineName=made.name, nextToken="what")


def test_attempts_can_be_asked_for_by_execution(world: World, aws: Client) -> None:
    made = line(world, aws, stage("Test", action("Bad", Fail="red", Times="1")))
    execution = made.executions()[0]["pipelineExecutionId"]
    client = aws("codepipeline")
    client.retry_stage_execution(
        pipelineName=made.name,
        stageName="Test",
        pipelineExecutionId=execution,
        retryMode="FAILED_ACTIONS",
    )
    made.wait(execution)

    def latest(since: str) -> list[tuple[str, str]]:
        asked = {"pipelineExecutionId": execution, "startTimeRange": since}
        found = client.list_action_executions(
            pipelineName=made.name, filter={"latestInPipelineExecution": asked}
        )
        return [(e["actionName"], e["status"]) for e in found["actionExecutionDetails"]]

    assert latest("All") == [("Bad", "Succeeded"), ("Commit", "Succeeded")]
    assert latest("Latest")[0] == ("Bad", "Succeeded")
    for listing in (client.list_action_executions, client.list_rule_executions):
        with pytest.raises(client.exceptions.PipelineExecutionNotFoundException):
            listing(pipelineName=made.name, filter={"pipelineExecutionId": "0" * 8 + execution[8:]})


NO_ID = "00000000-0000-4000-8000-000000000000"


def test_only_a_job_that_there_is_has_a_result(aws: Client) -> None:
    client = aws("codepipeline")
    with pytest.raises(client.exceptions.JobNotFoundException):
        client.put_job_success_result(jobId=NO_ID, outputVariables={"a": "b"})
    with pytest.raises(client.exceptions.JobNotFoundException):
        client.put_job_failure_result(
            jobId=NO_ID, failureDetails={"type": "JobFailed", "message": "red"}
        )


PIPELINE: dict[str, Callable[[Any, str], object]] = {
    "GetPipeline": lambda client, name: client.get_pipeline(name=name),
    "GetPipelineState": lambda client, name: client.get_pipeline_state(name=name),
    "ListActionExecutions": lambda client, name: client.list_action_executions(pipelineName=name),
    "StartPipelineExecution": lambda client, name: client.start_pipeline_execution(name=name),
    "StopPipelineExecution": lambda client, name: client.stop_pipeline_execution(
        pipelineName=name, pipelineExecutionId=NO_ID
    ),
}
ON_STAGE: dict[str, Callable[[Any, str], object]] = {
    "RetryStageExecution": lambda client, name: client.retry_stage_execution(
        pipelineName=name,
        stageName="Test",
        pipelineExecutionId=NO_ID,
        retryMode="ALL_ACTIONS",
    ),
    "RollbackStage": lambda client, name: client.rollback_stage(
        pipelineName=name, stageName="Test", targetPipelineExecutionId=NO_ID
    ),
    "OverrideStageCondition": lambda client, name: client.override_stage_condition(
        pipelineName=name,
        stageName="Test",
        pipelineExecutionId=NO_ID,
        conditionType="ON_SUCCESS",
    ),
    "DisableStageTransition": lambda client, name: client.disable_stage_transition(
        pipelineName=name, stageName="Test", transitionType="Inbound", reason="test"
    ),
    "EnableStageTransition": lambda client, name: client.enable_stage_transition(
        pipelineName=name, stageName="Test", transitionType="Inbound"
    ),
}
ON_ACTION: dict[str, Callable[[Any, str], object]] = {
    "PutApprovalResult": lambda client, name: client.put_approval_result(
        pipelineName=name,
        stageName="Test",
        actionName="Unit",
        token=NO_ID,
        result={"status": "Approved", "summary": "x"},
    ),
}


@pytest.mark.parametrize(
    ("operation", "call", "below"),
    [
        *((name, call, "") for name, call in PIPELINE.items()),
        *((name, call, "/Test") for name, call in ON_STAGE.items()),
        *((name, call, "/Test/Unit") for name, call in ON_ACTION.items()),
    ],
)
def test_iam_decides_on_the_pipeline_the_stage_or_the_action(
    world: World, made: Line, operation: str, call: Callable[[Any, str], object], below: str
) -> None:
    other = "-other" if not below else "/Other"
    assert_decides(
        world,
        lambda client: call(client("codepipeline"), made.name),
        [allow(f"codepipeline:{operation}", made.arn + below)],
        [allow(f"codepipeline:{operation}", made.arn + other)],
        f"codepipeline:{operation}",
    )
