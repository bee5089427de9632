"""`python -m operations rollback`: what it shows, and what it does when asked."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.stub import Stubber

from operations.rollback import entrance, follow, history
from operations.rollback.run import Run
from operations.wrong import OperationError
from tests.operations.conftest import FakeAws
from tests.operations.conftest import Run as RunCommand

PIPELINE, STAGE = "acme-orders", "prod-produs"
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ASKED = ("rollback", "--service", "orders", "--environment", "produs")


def summary(number: int, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    source = {
        "actionName": "Source",
        "revisionId": f"{number}bcdef0123456789",
        "revisionSummary": f"Change {number}\n\nWhy.",
    }
    return {
        "pipelineExecutionId": f"e-{number}",
        "status": "Succeeded",
        "startTime": NOON,
        "sourceRevisions": [source],
        "executionType": "STANDARD",
        **more,
    }


def stage(status: str = "Succeeded", *, entrance: str = "Succeeded") -> dict[str, Any]:
    return {
        "stageName": STAGE,
        "latestExecution": {"pipelineExecutionId": "e-2", "status": status},
        "beforeEntryConditionState": {"latestExecution": {"status": entrance}},
    }


def past(fake: FakeAws, found: dict[str, Any] | None = None) -> Stubber:
    """Two executions that succeeded."""
    stub = fake.stub("codepipeline")
    stub.add_response("get_pipeline_state", {"stageStates": [found or stage()]}, {"name": PIPELINE})
    runs = [summary(2), summary(1)]
    stub.add_response(
        "list_pipeline_executions",
        {"pipelineExecutionSummaries": runs},
        {"pipelineName": PIPELINE},
    )
    stub.add_response(
        "list_pipeline_executions",
        {"pipelineExecutionSummaries": runs},
        {"pipelineName": PIPELINE, "filter": {"succeededInStage": {"stageName": STAGE}}},
    )
    return stub


def version(stub: Stubber, execution: int, now: int = 7) -> None:
    """The pipeline is at version 7, and an execution ran this one."""
    stub.add_response("get_pipeline_state", {"pipelineVersion": 7}, {"name": PIPELINE})
    stub.add_response(
        "get_pipeline_execution",
        {"pipelineExecution": {"pipelineVersion": now}},
        {"pipelineName": PIPELINE, "pipelineExecutionId": f"e-{execution}"},
    )


def test_it_shows_what_serves_and_what_would_come_back_and_does_nothing(
    fake: FakeAws, run: RunCommand
) -> None:
    version(past(fake), 1)
    code, said, _ = run(*ASKED)
    assert code == 0
    assert f"{PIPELINE}, stage {STAGE}" in said
    serves, back = said.index("2bcdef012345 “Change 2”"), said.index("1bcdef012345 “Change 1”")
    assert serves < back
    assert "released 2026-11-23 12:00 UTC, execution e-1" in said
    assert "canary" in said
    assert said.endswith("Nothing has been done. RUN=yes does it.\n")


def ended(stub: Stubber, status: str) -> None:
    stub.add_response("get_pipeline_execution", {"pipelineExecution": {"status": status}})
    stub.add_response("list_action_executions", {"actionExecutionDetails": []})


def rolled_back(fake: FakeAws, status: str, entrance_said: str = "Succeeded") -> Stubber:
    """A rollback that ends so, and what the stage's entry condition said of it."""
    stub = past(fake)
    version(stub, 1)
    stub.add_response(
        "rollback_stage",
        {"pipelineExecutionId": "e-2"},
        {"pipelineName": PIPELINE, "stageName": STAGE, "targetPipelineExecutionId": "e-1"},
    )
    ended(stub, status)
    if status != "Succeeded":
        answer = {"stageStates": [stage(status, entrance=entrance_said)]}
        stub.add_response("get_pipeline_state", answer, {"name": PIPELINE})
    return stub


@pytest.mark.parametrize(("status", "code"), [("Succeeded", 0), ("Failed", 1)])
def test_it_rolls_back_when_asked_and_follows_it(
    fake: FakeAws, run: RunCommand, status: str, code: int
) -> None:
    rolled_back(fake, status)
    exit_code, said, _ = run(*ASKED, "--run")
    assert exit_code == code
    assert f"The rollback has ended: {status}" in said


def test_what_keeps_releases_out_keeps_no_rollback_out(fake: FakeAws, run: RunCommand) -> None:
    stub = rolled_back(fake, "Failed", entrance_said="Failed")
    stub.add_response(
        "override_stage_condition",
        {},
        {
            "pipelineName": PIPELINE,
            "stageName": STAGE,
            "pipelineExecutionId": "e-2",
            "conditionType": "BEFORE_ENTRY",
        },
    )
    ended(stub, "Succeeded")
    code, said, _ = run(*ASKED, "--run")
    assert code == 0
    assert "must not keep this one" in said


def test_a_condition_that_kept_another_one_out_is_not_overridden(fake: FakeAws) -> None:
    stub = fake.stub("codepipeline")
    answer = {"stageStates": [stage("Failed", entrance="Failed")]}
    stub.add_response("get_pipeline_state", answer, {"name": PIPELINE})
    assert not entrance.keeps_out(stub.client, PIPELINE, STAGE, "e-7")


def test_another_execution_is_brought_back_when_asked(fake: FakeAws, run: RunCommand) -> None:
    version(past(fake), 1)
    assert "execution e-1" in run(*ASKED, "--to", "e-1")[1]


def test_one_of_another_version_of_the_pipeline_is_not(fake: FakeAws, run: RunCommand) -> None:
    version(past(fake), 1, now=6)
    code, _, wrong = run(*ASKED, "--to", "e-1")
    assert code == 2
    assert wrong.startswith("TO=e-1 ran another version of the pipeline")


@pytest.mark.usefixtures("fake")
@pytest.mark.parametrize(
    ("service", "environment", "said"),
    [
        ("order", "prod", "SERVICE=order: no service of this delivery; did you mean orders?"),
        ("orders", "prd", "ENVIRONMENT=prd: no environment of orders; did you mean prod?"),
        ("invoices", "prod", "ENVIRONMENT=prod: no environment of invoices"),
        ("", "prod", "SERVICE=: no service"),
    ],
)
def test_a_wrong_name_is_one_message(
    run: RunCommand, service: str, environment: str, said: str
) -> None:
    code, _, wrong = run("rollback", "--service", service, "--environment", environment)
    assert code == 2
    assert wrong.startswith(said)


def test_a_pipeline_that_is_not_there_is_one_message(fake: FakeAws, run: RunCommand) -> None:
    fake.stub("codepipeline").add_client_error("get_pipeline_state", "PipelineNotFoundException")
    code, _, wrong = run(*ASKED)
    assert code == 2
    assert wrong.startswith(f"there is no pipeline {PIPELINE}")


def test_a_stage_that_is_not_there_yet_is_one_message(fake: FakeAws) -> None:
    stub = fake.stub("codepipeline")
    stub.add_response("get_pipeline_state", {"stageStates": [stage()]})
    with pytest.raises(OperationError, match=rf"has no stage beta yet\n  allowed: {STAGE}"):
        history.ask(stub.client, PIPELINE, "beta")


@pytest.mark.parametrize(
    ("found", "busy", "damaged"),
    [
        (stage(), False, False),
        (stage("Failed"), False, True),
        (stage("Stopped"), False, True),
        (stage("Failed", entrance="Failed"), False, False),
        (stage("Skipped"), False, False),
        (stage("InProgress"), True, False),
        (stage("Stopping"), True, False),
        ({"stageName": STAGE}, False, False),
    ],
)
def test_a_stage_is_damaged_by_what_failed_inside_it(
    fake: FakeAws,
    found: dict[str, Any],
    busy: bool,  # noqa: FBT001 - a parameter of the test
    damaged: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    asked = history.ask(past(fake, found).client, PIPELINE, STAGE)
    assert (asked.busy, asked.damaged) == (busy, damaged)


def test_a_rollback_is_known_as_one_also_without_its_target() -> None:
    to = {"rollbackTargetPipelineExecutionId": "e-1"}
    told = Run.told(summary(3, executionType="ROLLBACK", rollbackMetadata=to))
    assert (told.back_to, told.release) == ("e-1", "e-1")
    assert Run.told(summary(3, executionType="ROLLBACK")).back_to is not None
    assert Run.told(summary(3)).back_to is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Fix it\n\nMore", "Fix it"),
        (json.dumps({"ProviderType": "GitHub", "CommitMessage": "Fix it\nMore"}), "Fix it"),
        ("", ""),
        ("42", "42"),
        ("[1]", "[1]"),
    ],
)
def test_a_commits_message_is_read_from_every_kind_of_source(text: str, message: str) -> None:
    assert Run.told(summary(1, sourceRevisions=[{"revisionSummary": text}])).message == message


def test_an_execution_without_a_source_is_still_told() -> None:
    assert Run.told(summary(1, sourceRevisions=[])).revision == ""


def test_each_action_is_told_as_it_begins_and_ends(fake: FakeAws) -> None:
    stub = fake.stub("codepipeline")

    def look(status: str, *actions: tuple[str, str], why: str = "") -> None:
        details = [
            {
                "actionExecutionId": name,
                "stageName": STAGE,
                "actionName": name,
                "status": found,
                "output": {"executionResult": {"errorDetails": {"message": "no"}}}
                if found == "Failed"
                else {},
            }
            for name, found in reversed(actions)
        ]
        execution = {"status": status, "statusSummary": why}
        stub.add_response("get_pipeline_execution", {"pipelineExecution": execution})
        stub.add_response("list_action_executions", {"actionExecutionDetails": details})

    look("InProgress", ("Change", "Succeeded"), ("Execute", "InProgress"))
    look("InProgress", ("Change", "Succeeded"), ("Execute", "InProgress"))
    look("Failed", ("Change", "Succeeded"), ("Execute", "Failed"), why="It is red")
    lines: list[str] = []
    slept: list[float] = []
    ended = follow.follow(stub.client, PIPELINE, "e-3", lines.append, sleep=slept.append)
    assert (ended, len(slept)) == ("Failed", 2)
    assert lines == [
        f"{STAGE}/Change: Succeeded",
        f"{STAGE}/Execute: InProgress",
        f"{STAGE}/Execute: Failed: no",
        "It is red",
    ]
