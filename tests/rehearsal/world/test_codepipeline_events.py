"""What CodePipeline tells on the event bus, and rules that start it."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from rehearsal.world.world import World
from tests.rehearsal.world.conftest import Client
from tests.rehearsal.world.pipelines import (
    Line,
    Made,
    action,
    event_queue,
    events,
    faked_world,
    line,
    stage,
)
from tests.rehearsal.world.roles import allow, role_for

KINDS = {what: f"CodePipeline {what} Execution State Change" for what in ("Pipeline", "Stage")}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with faked_world(tmp_path_factory.mktemp("faked")) as world:
        yield world


@pytest.fixture(scope="module")
def told(world: World, aws: Client) -> Callable[[str], list[Made]]:
    """The events of an execution so far."""
    queue = event_queue(world, aws, {"source": ["aws.codepipeline"]}, "told")
    seen: list[Made] = []

    def of(execution: str) -> list[Made]:
        seen.extend(events(aws, queue))
        return [each for each in seen if each["detail"]["execution-id"] == execution]

    return of


def states(found: list[Made], kind: str) -> list[str]:
    """The states of one kind of events."""
    return [e["detail"]["state"] for e in found if e["detail-type"] == KINDS[kind]]


def test_each_state_is_told(world: World, aws: Client, told: Callable[[str], list[Made]]) -> None:
    made = line(world, aws, stage("Test", action("Bad", Fail="it is red", Times="1")))
    execution = made.executions()[0]["pipelineExecutionId"]
    found = told(execution)
    assert states(found, "Pipeline") == ["STARTED", "FAILED"]
    assert states(found, "Stage") == ["STARTED", "SUCCEEDED", "STARTED", "FAILED"]
    first, failed = found[0], next(e for e in found if e["detail"].get("action") == "Bad")
    assert first["resources"] == failed["resources"] == [made.arn]
    assert first["detail"]["execution-trigger"]["trigger-type"] == "CreatePipeline"
    assert first["detail"] | {"pipeline": made.name, "version": 1.0} == first["detail"]
    assert first["detail"]["start-time"].endswith("Z")
    failed = next(e for e in found if "error-code" in e["detail"].get("execution-result", {}))
    assert failed["detail"]["execution-result"] == {
        "external-execution-summary": "it is red",
        "error-code": "JobFailed",
    }
    assert failed["detail"]["type"]["provider"] == "Fake"
    put = next(e for e in found if "output-artifacts" in e["detail"])["detail"]
    assert (put["action"], put["output-artifacts"][0]["name"]) == ("Commit", "source")

    aws("codepipeline").retry_stage_execution(
        pipelineName=made.name,
        stageName="Test",
        pipelineExecutionId=execution,
        retryMode="FAILED_ACTIONS",
    )
    made.wait(execution)
    again = told(execution)[len(found) :]
    assert states(again, "Pipeline") == ["RESUMED", "SUCCEEDED"]
    assert states(again, "Stage") == ["RESUMED", "SUCCEEDED"]
    assert {each["detail"]["pipeline-execution-attempt"] for each in again} == {2.0}


def rule_for(made: Line, name: str, role: str, **target: Any) -> None:  # noqa: ANN401 - JSON
    """A rule that starts a pipeline."""
    client = made.aws("events")
    client.put_rule(Name=name, EventPattern=json.dumps({"source": [name]}))
    client.put_targets(
        Rule=name, Targets=[{"Id": "line", "Arn": made.arn, "RoleArn": role, **target}]
    )


def sent(made: Line, source: str) -> None:
    """An event, and an hour for what comes of it."""
    entry = {"Source": source, "DetailType": "push", "Detail": "{}"}
    assert made.aws("events").put_events(Entries=[entry])["FailedEntryCount"] == 0
    made.world.clock.sleep(3600)


def test_a_rule_starts_a_pipeline_as_its_role(world: World, aws: Client) -> None:
    made = line(world, aws, stage("Test", action("Unit")))
    may = allow("codepipeline:StartPipelineExecution", made.arn)
    rule_for(made, "starts", role_for(world, "events.amazonaws.com", may))
    sent(made, "starts")
    newest, _ = made.executions()
    assert newest["status"] == "Succeeded"
    assert newest["trigger"]["triggerType"] == "CloudWatchEvent"
    assert newest["trigger"]["triggerDetail"].endswith(":rule/starts")


@pytest.mark.parametrize(
    ("why", "logged"),
    [
        ("denied", "not delivered by rule denied: "),
        ("untrusted", "not delivered by rule untrusted: events.amazonaws.com is not authorized"),
        ("input", "the rule input does not start "),
    ],
)
def test_a_start_that_is_refused_is_no_error_of_the_sender(
    world: World, aws: Client, why: str, logged: str
) -> None:
    made = line(world, aws, stage("Test", action("Unit")))
    service = "lambda.amazonaws.com" if why == "untrusted" else "events.amazonaws.com"
    may = allow("codepipeline:StartPipelineExecution", made.arn + ("x" if why == "denied" else ""))
    given = {"Input": "{}"} if why == "input" else {}
    rule_for(made, why, role_for(world, service, may), **given)
    sent(made, why)
    assert len(made.executions()) == 1
    assert logged in world.log.read_text()


def test_the_rule_of_a_failed_release_hears_of_nothing_else(world: World, aws: Client) -> None:
    made = line(
        world,
        aws,
        stage("Test", action("Unit", Fail="red", Times="#{variables.times}")),
        variables=[{"name": "times", "defaultValue": "0"}],
    )
    other = line(world, aws, stage("Test", action("Unit", Fail="red")))
    pattern = {
        "source": ["aws.codepipeline"],
        "detail-type": [KINDS["Pipeline"]],
        "resources": [made.arn],
        "detail": {"state": ["FAILED"]},
    }
    queue = event_queue(world, aws, pattern, "failed")
    made.run()
    other.run()
    assert events(aws, queue) == []
    failed = made.run(variables=[{"name": "times", "value": "9"}])
    (heard,) = events(aws, queue)
    assert heard["detail"]["execution-id"] == failed["pipelineExecutionId"]


def test_each_state_of_an_action_is_told(
    world: World, aws: Client, told: Callable[[str], list[Made]]
) -> None:
    made = line(world, aws, stage("Test", action("Slow", Seconds="90")))
    with world.clock.busy():
        execution = made.start()
        world.clock.sleep(30)
        aws("codepipeline").stop_pipeline_execution(
            pipelineName=made.name, pipelineExecutionId=execution, abandon=True
        )
    made.wait(execution)
    found = told(execution)
    of_actions = [
        (each["detail"]["action"], each["detail"]["state"])
        for each in found
        if "action" in each["detail"]
    ]
    assert of_actions == [
        ("Commit", "STARTED"),
        ("Commit", "SUCCEEDED"),
        ("Slow", "STARTED"),
        ("Slow", "ABANDONED"),
    ]
    assert states(found, "Pipeline") == ["STARTED", "STOPPING", "STOPPED"]
