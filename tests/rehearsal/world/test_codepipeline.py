"""Executions on their way: order, artifacts, variables, roles, queues."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from rehearsal.world.world import World
from tests.rehearsal.world.conftest import Client
from tests.rehearsal.world.pipelines import (
    MAY_STORE,
    STORE,
    action,
    faked_world,
    line,
    names,
    stage,
)
from tests.rehearsal.world.roles import allow, role_for


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with faked_world(tmp_path_factory.mktemp("faked")) as world:
        yield world


def test_a_new_pipeline_starts_at_once(world: World, aws: Client) -> None:
    made = line(world, aws, stage("Test", action("Unit")))
    first = made.executions()[0]
    assert (first["status"], first["trigger"]["triggerType"]) == ("Succeeded", "CreatePipeline")
    assert first["sourceRevisions"][0]["revisionSummary"] == "a change"


def test_stages_and_run_orders_follow_each_other_and_one_order_runs_side_by_side(
    world: World, aws: Client
) -> None:
    made = line(
        world,
        aws,
        stage("Test", action("Last", 2), action("A", Seconds="60"), action("B", Seconds="60")),
        stage("After", action("Done")),
    )
    runs = made.actions(made.run()["pipelineExecutionId"])
    assert names(runs) == ["Commit", "A", "B", "Last", "Done"]
    took = {each["actionName"]: each["lastUpdateTime"] - each["startTime"] for each in runs}
    assert took["A"] == took["B"] == timedelta(seconds=60)
    assert runs[1]["startTime"] == runs[2]["startTime"]
    assert runs[3]["startTime"] == runs[2]["lastUpdateTime"]


def test_artifacts_are_kept_in_the_store_each_at_a_place_of_its_own(
    world: World, aws: Client
) -> None:
    made = line(
        world,
        aws,
        stage("Test", action("Build", inputs="source", outputs="a-long-artifact-name")),
        stage("Use", action("Use", inputs="a-long-artifact-name source")),
    )
    runs = made.actions(made.run()["pipelineExecutionId"])
    put = runs[1]["output"]["outputArtifacts"][0]
    pipeline, artifact, chance = put["s3location"]["key"].split("/")
    assert (pipeline, artifact, len(chance)) == (made.name[:20], "a-long-art", 7)
    assert put in runs[2]["input"]["inputArtifacts"]
    kept = aws("s3").get_object(Bucket=STORE, Key=put["s3location"]["key"])
    assert kept["ServerSideEncryption"] == "aws:kms"
    before = made.actions(made.executions()[1]["pipelineExecutionId"])[1]
    assert before["output"]["outputArtifacts"][0]["s3location"] != put["s3location"]


def test_variables_are_filled_in_as_an_action_begins(world: World, aws: Client) -> None:
    made = line(
        world,
        aws,
        stage("Test", action("Make", namespace="Made", Out_Colour="blue")),
        stage("Use", action("Use", Says="#{variables.who} #{Made.Colour} #{Source.CommitId}")),
        variables=[{"name": "who", "defaultValue": "nobody"}],
    )
    execution = made.run(
        variables=[{"name": "who", "value": "somebody"}],
    )
    assert execution["variables"] == [{"name": "who", "resolvedValue": "somebody"}]
    commit = execution["artifactRevisions"][0]["revisionId"]
    used = made.actions(execution["pipelineExecutionId"])[-1]["input"]
    assert used["resolvedConfiguration"] == {"Says": f"somebody blue {commit}"}
    assert used["configuration"]["Says"].startswith("#{variables.who}")


def test_a_variable_that_an_action_did_not_put_out_fails_who_asks_for_it(
    world: World, aws: Client
) -> None:
    made = line(
        world,
        aws,
        stage("Test", action("Make", namespace="Made"), action("Use", 2, Says="#{Made.Nothing}")),
    )
    failed = made.actions(made.run()["pipelineExecutionId"])[-1]
    error = failed["output"]["executionResult"]["errorDetails"]
    assert (error["code"], "#{Made.Nothing}" in error["message"]) == ("ConfigurationError", True)


def test_a_failure_lets_its_neighbours_finish_and_ends_the_execution(
    world: World, aws: Client
) -> None:
    made = line(
        world,
        aws,
        stage(
            "Test",
            action("Bad", Fail="it is red"),
            action("Slow", Seconds="60"),
            action("Never", 2),
        ),
        stage("After", action("Neither")),
    )
    execution = made.run()
    runs = made.actions(execution["pipelineExecutionId"])
    assert [(each["actionName"], each["status"]) for each in runs[1:]] == [
        ("Bad", "Failed"),
        ("Slow", "Succeeded"),
    ]
    assert (execution["status"], execution["statusSummary"]) == ("Failed", "Test: Bad: it is red")
    state = made.state("Test")
    assert state["latestExecution"]["status"] == "Failed"
    error = state["actionStates"][0]["latestExecution"]["errorDetails"]
    assert error == {"code": "JobFailed", "message": "it is red"}


def test_what_breaks_inside_the_world_is_told_as_that(world: World, aws: Client) -> None:
    made = line(world, aws, stage("Test", action("Act", Broken="bone")))
    failed = made.actions(made.run()["pipelineExecutionId"])[-1]["output"]["executionResult"]
    assert failed["errorDetails"] == {"code": "InternalError", "message": "KeyError('bone')"}


def test_an_action_acts_as_its_own_role_if_the_pipeline_may_assume_it(
    world: World, aws: Client
) -> None:
    own = role_for(world, "", MAY_STORE)
    test = stage("Test", action("Act", inputs="source", role=own))
    denied = line(world, aws, test)
    error = denied.actions(denied.run()["pipelineExecutionId"])[-1]["output"]["executionResult"]
    assert error["errorDetails"]["code"] == "PermissionError"
    assert "sts:AssumeRole" in error["errorDetails"]["message"]
    allowed = line(world, aws, test, may=(allow("sts:AssumeRole", own),))
    assert allowed.run()["status"] == "Succeeded"


def test_an_actions_role_must_trust_the_pipelines(world: World, aws: Client) -> None:
    # It trusts a service only, whatever the pipeline's role is allowed.
    own = role_for(world, "codebuild.amazonaws.com", MAY_STORE)
    made = line(
        world, aws, stage("Test", action("Act", role=own)), may=(allow("sts:AssumeRole", own),)
    )
    error = made.actions(made.run()["pipelineExecutionId"])[-1]["output"]["executionResult"]
    assert error["errorDetails"]["code"] == "PermissionError"
    assert "sts:AssumeRole" in error["errorDetails"]["message"]


def test_a_pipeline_whose_role_does_not_trust_codepipeline_fails(world: World, aws: Client) -> None:
    made = line(world, aws, stage("Test", action("Act")))
    wrong = {**made.declared, "roleArn": role_for(world, "codebuild.amazonaws.com", MAY_STORE)}
    aws("codepipeline").update_pipeline(pipeline=wrong)
    error = made.actions(made.run()["pipelineExecutionId"])[0]["output"]["executionResult"]
    assert error["errorDetails"]["code"] == "PermissionError"


def test_queued_executions_enter_a_stage_one_after_the_other(world: World, aws: Client) -> None:
    made = line(world, aws, stage("Test", action("Slow", Seconds="60")))
    with world.clock.busy():
        first, second, third = made.start(), made.start(), made.start()
        world.clock.sleep(30)
        inbound = [e["pipelineExecutionId"] for e in made.state("Test")["inboundExecutions"]]
        assert inbound == [second, third]
    ended = [made.wait(each) for each in (first, second, third)]
    assert {each["status"] for each in ended} == {"Succeeded"}
    runs = [made.actions(each)[-1] for each in (first, second, third)]
    assert runs[1]["startTime"] == runs[0]["lastUpdateTime"]
    assert runs[2]["startTime"] == runs[1]["lastUpdateTime"]


def test_a_superseded_execution_goes_no_further(world: World, aws: Client) -> None:
    made = line(world, aws, stage("Test", action("Slow", Seconds="60")), executionMode="SUPERSEDED")
    with world.clock.busy():
        begun = [made.start() for _ in range(3)]
    assert [made.wait(each)["status"] for each in begun] == ["Succeeded", "Superseded", "Succeeded"]


def test_parallel_executions_do_not_wait_for_each_other(world: World, aws: Client) -> None:
    made = line(world, aws, stage("Test", action("Slow", Seconds="60")), executionMode="PARALLEL")
    with world.clock.busy():
        begun = [made.start() for _ in range(2)]
    assert {made.wait(each)["status"] for each in begun} == {"Succeeded"}
    first, second = (made.actions(each)[-1]["startTime"] for each in begun)
    assert first == second


def test_a_closed_stage_lets_nobody_in_until_it_is_opened(world: World, aws: Client) -> None:
    made = line(world, aws, stage("Test", action("Unit")))
    place = {"pipelineName": made.name, "stageName": "Test", "transitionType": "Inbound"}
    aws("codepipeline").disable_stage_transition(**place, reason="frozen")
    execution = made.start()
    world.clock.sleep(3600)
    state = made.state("Test")
    assert state["inboundTransitionState"] == {"enabled": False, "disabledReason": "frozen"}
    aws("codepipeline").enable_stage_transition(**place)
    assert made.wait(execution)["status"] == "Succeeded"


def test_the_same_seed_gives_the_same_ids(tmp_path: Path) -> None:
    def ids(name: str, seed: int) -> list[str]:
        folder = tmp_path / name
        folder.mkdir()
        with faked_world(folder, seed=seed) as world:
            side_by_side = stage("Test", action("A", outputs="made"), action("B"))
            made = line(world, world.client, side_by_side, name="same")
            made.run()
            found = []
            for each in made.executions():
                runs = made.actions(each["pipelineExecutionId"])
                found += [each["pipelineExecutionId"], *(run["actionExecutionId"] for run in runs)]
                found.append(runs[1]["output"]["outputArtifacts"][0]["s3location"]["key"])
            return found

    first = ids("first", 7)
    assert len(set(first)) == 10
    assert ids("second", 7) == first
    assert not set(ids("third", 8)) & set(first)
