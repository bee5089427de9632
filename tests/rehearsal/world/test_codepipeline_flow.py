"""What turns an execution: retry, conditions, a stop, an approval."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from rehearsal.world.world import World
from tests.rehearsal.world.conftest import Client
from tests.rehearsal.world.pipelines import (
    Line,
    action,
    approval,
    condition,
    faked_world,
    line,
    names,
    stage,
)

NOBODY = [{"name": "mood", "defaultValue": "good"}]
BAD = [{"name": "mood", "value": "bad"}]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with faked_world(tmp_path_factory.mktemp("faked")) as world:
        yield world


def again(made: Line, execution: str, mode: str) -> dict[str, Any]:
    """Retry the stage Test, and wait."""
    made.aws("codepipeline").retry_stage_execution(
        pipelineName=made.name, stageName="Test", pipelineExecutionId=execution, retryMode=mode
    )
    return made.wait(execution)


@pytest.mark.parametrize(
    ("mode", "tried"), [("FAILED_ACTIONS", ["Bad"]), ("ALL_ACTIONS", ["Good", "Bad"])]
)
def test_a_failed_stage_is_retried(world: World, aws: Client, mode: str, tried: list[str]) -> None:
    made = line(
        world,
        aws,
        stage("Test", action("Good"), action("Bad", Fail="once", Times="1")),
        stage("After", action("Done")),
    )
    failed = made.executions()[0]["pipelineExecutionId"]
    assert again(made, failed, mode)["status"] == "Succeeded"
    assert names(made.actions(failed)) == ["Commit", "Good", "Bad", *tried, "Done"]
    retries = made.state("Test")["retryStageMetadata"]
    assert retries == {"manualStageRetryAttempt": 1, "latestRetryTrigger": "ManualStageRetry"}


def test_only_a_failed_stage_of_its_latest_execution_is_retried(world: World, aws: Client) -> None:
    made = line(world, aws, stage("Test", action("Bad", Fail="red")))
    first = made.executions()[0]["pipelineExecutionId"]
    made.run()
    client = aws("codepipeline")
    with pytest.raises(client.exceptions.NotLatestPipelineExecutionException):
        again(made, first, "ALL_ACTIONS")
    good = line(world, aws, stage("Test", action("Unit")))
    with pytest.raises(client.exceptions.StageNotRetryableException):
        again(good, good.executions()[0]["pipelineExecutionId"], "ALL_ACTIONS")


@pytest.mark.parametrize(
    ("mode", "tried"), [("FAILED_ACTIONS", ["Bad"]), ("ALL_ACTIONS", ["Good", "Bad"])]
)
def test_a_stage_retries_itself_once(
    world: World, aws: Client, mode: str, tried: list[str]
) -> None:
    retry = {"result": "RETRY", "retryConfiguration": {"retryMode": mode}}
    bad = stage("Test", action("Good"), action("Bad", Fail="red", Times="1"), onFailure=retry)
    made = line(world, aws, bad)
    first = made.executions()[0]
    assert first["status"] == "Succeeded"
    runs = names(made.actions(first["pipelineExecutionId"]))
    assert runs == ["Commit", "Good", "Bad", *tried]
    assert made.state("Test")["retryStageMetadata"] == {
        "autoStageRetryAttempt": 1,
        "latestRetryTrigger": "AutomatedStageRetry",
    }
    worse = stage("Test", action("Bad", Fail="red", Times="2"), onFailure=retry)
    assert line(world, aws, worse).executions()[0]["status"] == "Failed"


def test_a_condition_for_entry_skips_or_fails_a_stage(world: World, aws: Client) -> None:
    entry = condition("SKIP", "#{variables.mood}", "bad")
    made = line(
        world,
        aws,
        stage("Test", action("Unit"), beforeEntry=entry),
        stage("After", action("Done")),
        variables=NOBODY,
    )
    skipped = made.executions()[0]
    assert skipped["status"] == "Succeeded"
    assert names(made.actions(skipped["pipelineExecutionId"])) == ["Commit", "Done"]
    state = made.state("Test")
    assert state["latestExecution"]["status"] == "Skipped"
    assert state["beforeEntryConditionState"]["latestExecution"]["status"] == "Failed"
    asked = aws("codepipeline").list_rule_executions(pipelineName=made.name)
    rule = asked["ruleExecutionDetails"][0]
    assert rule["input"]["resolvedConfiguration"]["Variable"] == "good"
    assert rule["output"]["executionResult"]["errorDetails"]["code"] == "RuleFailed"
    assert made.run(variables=BAD)["status"] == "Succeeded"
    assert made.state("Test")["latestExecution"]["status"] == "Succeeded"


@pytest.mark.parametrize(
    ("when", "kind", "tried"),
    [
        ("beforeEntry", "BEFORE_ENTRY", ["Commit", "Unit", "Done"]),
        ("onSuccess", "ON_SUCCESS", ["Commit", "Unit", "Done"]),
    ],
)
def test_a_condition_that_has_failed_a_stage_can_be_overridden(
    world: World, aws: Client, when: str, kind: str, tried: list[str]
) -> None:
    unmet: dict[str, Any] = {when: condition("FAIL", "#{Source.CommitId}", "none")}
    made = line(world, aws, stage("Test", action("Unit"), **unmet), stage("After", action("Done")))
    execution = made.executions()[0]
    assert execution["status"] == "Failed"
    override = {
        "pipelineName": made.name,
        "stageName": "Test",
        "pipelineExecutionId": execution["pipelineExecutionId"],
        "conditionType": kind,
    }
    client = aws("codepipeline")
    client.override_stage_condition(**override)
    assert made.wait(execution["pipelineExecutionId"])["status"] == "Succeeded"
    assert names(made.actions(execution["pipelineExecutionId"])) == tried
    shown = made.state("Test")[f"{when}ConditionState"]["latestExecution"]
    assert shown["status"] == "Overridden"
    with pytest.raises(client.exceptions.ConditionNotOverridableException):
        client.override_stage_condition(**override)


def test_a_condition_that_still_waits_can_be_overridden(world: World, aws: Client) -> None:
    # The only minute of this window is a year away, or nearly so.
    yesterday = world.clock.now() - timedelta(days=1)
    window = condition("FAIL", "", "")
    window["conditions"][0]["rules"][0] |= {
        "ruleTypeId": {
            "category": "Rule",
            "owner": "AWS",
            "provider": "DeploymentWindow",
            "version": "1",
        },
        "configuration": {"Cron": f"* 0 0 {yesterday.day} {yesterday.month} ? *"},
    }
    plain = line(world, aws, stage("Test", action("Unit")))
    guarded = stage("Test", action("Unit"), beforeEntry=window)
    client = aws("codepipeline")
    client.update_pipeline(
        pipeline={**plain.declared, "stages": [plain.declared["stages"][0], guarded]}
    )
    with world.clock.busy():
        execution = plain.start()
        world.clock.sleep(600)
        shown = plain.state("Test")["beforeEntryConditionState"]["latestExecution"]
        assert shown["status"] == "InProgress"
        client.override_stage_condition(
            pipelineName=plain.name,
            stageName="Test",
            pipelineExecutionId=execution,
            conditionType="BEFORE_ENTRY",
        )
    ended = plain.wait(execution)
    assert ended["status"] == "Succeeded"
    asked = client.list_rule_executions(pipelineName=plain.name)["ruleExecutionDetails"]
    assert [each["status"] for each in asked] == ["Abandoned"]
    assert asked[0]["lastUpdateTime"] - asked[0]["startTime"] == timedelta(seconds=600)


def test_a_stopped_execution_finishes_the_actions_that_run(world: World, aws: Client) -> None:
    made = line(world, aws, stage("Test", action("Slow", Seconds="60"), action("Never", 2)))
    client, stop = aws("codepipeline"), {"pipelineName": made.name, "reason": "enough"}
    with world.clock.busy():
        execution = made.start()
        world.clock.sleep(30)
        client.stop_pipeline_execution(pipelineExecutionId=execution, **stop)
        assert made.get(execution)["status"] == "Stopping"
        with pytest.raises(client.exceptions.DuplicatedStopRequestException):
            client.stop_pipeline_execution(pipelineExecutionId=execution, **stop)
    assert made.wait(execution)["status"] == "Stopped"
    assert [each["status"] for each in made.actions(execution)] == ["Succeeded", "Succeeded"]
    assert made.executions()[0]["stopTrigger"] == {"reason": "enough"}
    with pytest.raises(client.exceptions.PipelineExecutionNotStoppableException):
        client.stop_pipeline_execution(pipelineExecutionId=execution, **stop)


@pytest.mark.parametrize("deaf", ["no", "yes"])
def test_an_abandoned_execution_waits_for_no_action(world: World, aws: Client, deaf: str) -> None:
    made = line(world, aws, stage("Test", action("Slow", Seconds="600", Deaf=deaf)))
    with world.clock.busy():
        execution = made.start()
        waiting = made.start()
        world.clock.sleep(30)
        for each in (waiting, execution):
            aws("codepipeline").stop_pipeline_execution(
                pipelineName=made.name, pipelineExecutionId=each, abandon=True
            )
        world.clock.sleep(1)
        assert made.get(execution)["status"] == made.get(waiting)["status"] == "Stopped"
    assert made.actions(execution)[-1]["status"] == "Abandoned"
    assert names(made.actions(waiting)) == ["Commit"]


def test_who_waits_for_a_stop_may_abandon_it_and_retry_the_stage(world: World, aws: Client) -> None:
    made = line(world, aws, stage("Test", action("Quick"), action("Slow", 2, Seconds="90")))
    client = aws("codepipeline")
    with world.clock.busy():
        execution = made.start()
        world.clock.sleep(30)
        stop = {"pipelineName": made.name, "pipelineExecutionId": execution}
        client.stop_pipeline_execution(**stop)
        world.clock.sleep(30)
        assert made.get(execution)["status"] == "Stopping"
        client.stop_pipeline_execution(**stop, abandon=True)
        world.clock.sleep(1)
        assert made.get(execution)["status"] == "Stopped"
    assert made.state("Test")["latestExecution"]["status"] == "Stopped"
    assert again(made, execution, "FAILED_ACTIONS")["status"] == "Succeeded"
    tried = [(each["actionName"], each["status"]) for each in made.actions(execution)[1:]]
    assert tried == [("Quick", "Succeeded"), ("Slow", "Abandoned"), ("Slow", "Succeeded")]


@pytest.mark.parametrize(("answer", "status"), [("Approved", "Succeeded"), ("Rejected", "Failed")])
def test_an_approval_is_decided_by_its_token(
    world: World, aws: Client, answer: str, status: str
) -> None:
    made = line(world, aws, stage("Test", action("Unit")))
    asking = {
        **made.declared,
        "stages": [*made.declared["stages"][:2], stage("Ask", approval("A"))],
    }
    client = aws("codepipeline")
    client.update_pipeline(pipeline=asking)
    with world.clock.busy():
        execution = made.start()
        world.clock.sleep(60)
        latest = made.state("Ask")["actionStates"][0]["latestExecution"]
        decision = {
            "pipelineName": made.name,
            "stageName": "Ask",
            "actionName": "A",
            "result": {"status": answer, "summary": "seen"},
        }
        with pytest.raises(client.exceptions.InvalidApprovalTokenException):
            client.put_approval_result(token=execution, **decision)
        client.put_approval_result(token=latest["token"], **decision)
    assert made.wait(execution)["status"] == status
    assert "token" not in made.state("Ask")["actionStates"][0]["latestExecution"]


def test_an_approval_fails_when_its_time_is_over(world: World, aws: Client) -> None:
    made = line(world, aws, stage("Ask", approval("A", minutes=5)))
    execution = made.executions()[0]
    failed = made.actions(execution["pipelineExecutionId"])[-1]
    assert (failed["lastUpdateTime"] - failed["startTime"]).total_seconds() == 300
    assert execution["status"] == "Failed"
    assert "5 minutes" in failed["output"]["executionResult"]["errorDetails"]["message"]


def test_a_changed_pipeline_cancels_the_executions_on_their_way(world: World, aws: Client) -> None:
    made = line(world, aws, stage("Test", action("Slow", Seconds="60"), action("Never", 2)))
    with world.clock.busy():
        running, waiting = made.start(), made.start()
        world.clock.sleep(30)
        aws("codepipeline").update_pipeline(pipeline=made.declared)
    assert made.wait(running)["status"] == made.wait(waiting)["status"] == "Cancelled"
    assert [each["status"] for each in made.actions(running)] == ["Succeeded", "Succeeded"]
    assert made.state("Test")["latestExecution"]["status"] == "Cancelled"
    assert made.run()["pipelineVersion"] == 2
