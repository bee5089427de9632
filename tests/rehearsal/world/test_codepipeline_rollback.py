"""A stage that is brought back to what an earlier execution had brought there."""

from collections.abc import Iterator

import pytest

from rehearsal.world.world import World
from tests.rehearsal.world.conftest import Client
from tests.rehearsal.world.pipelines import (
    Made,
    action,
    condition,
    faked_world,
    line,
    names,
    stage,
)

NOBODY = [{"name": "mood", "defaultValue": "good"}]
BAD = [{"name": "mood", "value": "bad"}]
# How often the action fails: never, unless somebody says so.
TIMES = [{"name": "times", "defaultValue": "0"}, {"name": "later", "defaultValue": "0"}]
FAILS = [{"name": "times", "value": "9"}]
FAILS_LATER = [{"name": "later", "value": "9"}]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with faked_world(tmp_path_factory.mktemp("faked")) as world:
        yield world


def fails(name: str, variable: str) -> Made:
    """An action that fails as often as a variable says."""
    return action(name, inputs="source", Fail="red", Times=f"#{{variables.{variable}}}")


def test_a_failed_stage_goes_back_to_the_last_execution_that_succeeded_in_it(
    world: World, aws: Client
) -> None:
    made = line(
        world,
        aws,
        stage("Test", fails("Use", "times"), onFailure={"result": "ROLLBACK"}),
        stage("After", fails("Done", "later")),
        variables=TIMES,
    )
    # It failed, but in another stage.
    good = made.run(variables=FAILS_LATER)
    assert good["status"] == "Failed"
    failed = made.run(variables=FAILS)
    newest = made.executions()[0]
    assert newest["rollbackMetadata"] == {
        "rollbackTargetPipelineExecutionId": good["pipelineExecutionId"]
    }
    assert failed["statusSummary"] == (
        f"Test: Use: red; Test is rolled back to {good['pipelineExecutionId']}"
    )
    rollback = made.wait(newest["pipelineExecutionId"])
    assert (rollback["status"], rollback["variables"]) == ("Succeeded", good["variables"])
    assert names(made.actions(rollback["pipelineExecutionId"])) == ["Use"]


def test_a_rollback_goes_before_those_that_wait(world: World, aws: Client) -> None:
    made = line(
        world,
        aws,
        stage(
            "Test",
            fails("Use", "times"),
            action("Slow", Seconds="60"),
            onFailure={"result": "ROLLBACK"},
        ),
        variables=TIMES,
    )
    with world.clock.busy():
        made.start(variables=FAILS)
        waiting = made.start()
        world.clock.sleep(61)
    assert made.wait(waiting)["status"] == "Succeeded"
    rollback, second, *_ = made.executions()
    assert second["pipelineExecutionId"] == waiting
    begun = [
        made.actions(each["pipelineExecutionId"])[-1]["startTime"] for each in (rollback, second)
    ]
    assert begun == sorted(begun)
    assert begun[0] < begun[1]


@pytest.mark.parametrize(("wanted", "executions"), [("0", 3), ("9", 2)])
def test_a_condition_says_whether_a_failed_stage_goes_back(
    world: World, aws: Client, wanted: str, executions: int
) -> None:
    # The result follows where the condition is not met.
    asked = condition("ROLLBACK", "#{variables.times}", wanted)
    made = line(world, aws, stage("Test", fails("Use", "times"), onFailure=asked), variables=TIMES)
    assert made.run(variables=FAILS)["status"] == "Failed"
    assert len(made.executions()) == executions
    # It was the failed one's: the rollback has none to show.
    rules = aws("codepipeline").list_rule_executions(pipelineName=made.name)
    assert len(rules["ruleExecutionDetails"]) == 1


def test_a_failed_rollback_is_not_rolled_back(world: World, aws: Client) -> None:
    made = line(
        world,
        aws,
        stage("Test", fails("Use", "times"), onFailure={"result": "ROLLBACK"}),
        variables=TIMES,
    )
    good = made.executions()[0]["pipelineExecutionId"]
    # What it is to go back to is gone from the artifact store.
    source = made.actions(good)[0]["output"]["outputArtifacts"][0]["s3location"]
    aws("s3").delete_object(Bucket=source["bucket"], Key=source["key"])
    assert made.run(variables=FAILS)["status"] == "Failed"
    rollback = made.wait(made.executions()[0]["pipelineExecutionId"])
    assert (rollback["executionType"], rollback["status"]) == ("ROLLBACK", "Failed")
    assert "no execution to roll Test back to" in rollback["statusSummary"]
    assert len(made.executions()) == 3


def test_without_a_good_execution_there_is_no_rollback(world: World, aws: Client) -> None:
    unmet = condition("ROLLBACK", "#{codepipeline.PipelineExecutionId}", "never")
    made = line(world, aws, stage("Test", action("Use"), onSuccess=unmet))
    assert "no execution to roll Test back to" in made.run()["statusSummary"]
    assert {each["status"] for each in made.executions()} == {"Failed"}
    assert len(made.executions()) == 2


def test_no_parallel_pipeline_is_rolled_back(world: World, aws: Client) -> None:
    made = line(world, aws, stage("Test", action("Unit")), executionMode="PARALLEL")
    client = aws("codepipeline")
    with pytest.raises(client.exceptions.UnableToRollbackStageException):
        client.rollback_stage(
            pipelineName=made.name,
            stageName="Test",
            targetPipelineExecutionId=made.executions()[0]["pipelineExecutionId"],
        )
    for back in (
        {"onFailure": {"result": "ROLLBACK"}},
        {"onSuccess": condition("ROLLBACK", "a", "b")},
    ):
        changed = {**made.declared["stages"][1], **back}
        with pytest.raises(client.exceptions.InvalidStructureException):
            client.update_pipeline(
                pipeline={**made.declared, "stages": [made.declared["stages"][0], changed]}
            )


def test_there_must_be_a_good_execution_of_this_version_to_go_back_to(
    world: World, aws: Client
) -> None:
    back = {"result": "ROLLBACK"}
    made = line(world, aws, stage("Test", action("Use"), onFailure=back))
    bad = stage("Test", action("Use", Fail="red"), onFailure=back)
    update = {**made.declared, "stages": [made.declared["stages"][0], bad]}
    aws("codepipeline").update_pipeline(pipeline=update)
    assert "no execution to roll Test back to" in made.run()["statusSummary"]
    assert len(made.executions()) == 2


def test_a_rollback_runs_the_stage_with_what_the_good_one_had(world: World, aws: Client) -> None:
    made = line(
        world,
        aws,
        stage(
            "Test",
            action("Use", inputs="source", Says="#{variables.mood} #{Source.CommitId}"),
            onSuccess=condition("ROLLBACK", "#{variables.mood}", "good"),
        ),
        stage("After", action("Done")),
        variables=NOBODY,
    )
    good = made.executions()[0]["pipelineExecutionId"]
    failed = made.run(variables=BAD)
    assert failed["status"] == "Failed"
    newest = made.executions()[0]
    assert (newest["executionType"], newest["trigger"]["triggerType"]) == (
        "ROLLBACK",
        "AutomatedRollback",
    )
    assert failed["pipelineExecutionId"] in newest["trigger"]["triggerDetail"]
    assert newest["rollbackMetadata"] == {"rollbackTargetPipelineExecutionId": good}
    rollback = newest["pipelineExecutionId"]
    assert made.wait(rollback)["status"] == "Succeeded"
    runs, before = made.actions(rollback), made.actions(good)
    assert names(runs) == ["Use"]
    for what in ("resolvedConfiguration", "inputArtifacts"):
        assert runs[0]["input"][what] == before[1]["input"][what]
    assert made.state("Test")["latestExecution"]["type"] == "ROLLBACK"


def test_a_stage_is_rolled_back_by_request_to_what_succeeded_there(
    world: World, aws: Client
) -> None:
    made = line(world, aws, stage("Test", action("Unit")))
    good = made.executions()[0]["pipelineExecutionId"]
    client = aws("codepipeline")

    def back(to: str, stage_name: str = "Test") -> str:
        answer = client.rollback_stage(
            pipelineName=made.name, stageName=stage_name, targetPipelineExecutionId=to
        )
        return str(answer["pipelineExecutionId"])

    rollback = back(good)
    assert made.wait(rollback)["status"] == "Succeeded"
    for to, where in ((rollback, "Test"), (good, "Source")):
        with pytest.raises(client.exceptions.UnableToRollbackStageException):
            back(to, where)
    client.update_pipeline(pipeline=made.declared)
    with pytest.raises(client.exceptions.PipelineExecutionOutdatedException):
        back(good)
