"""Which releases wait because they were frozen, and none besides."""

from typing import Any

import pytest

from operations.freeze.held import Held, find, held
from tests.operations.conftest import FakeAws

HELD = Held(pipeline="acme-orders", stage="prod-gate", execution="e-2")


def declared(function: str = "acme-freeze") -> dict[str, Any]:
    gate = [
        {"name": "Publish", "configuration": {"BucketName": "any"}},
        {"name": "Freeze", "configuration": {"FunctionName": function}},
    ]
    return {
        "name": "acme-orders",
        "stages": [
            {"name": "beta", "actions": [{"name": "Execute"}]},
            {"name": "prod-gate", "actions": gate},
        ],
    }


def state(status: str = "Failed", **actions: str) -> dict[str, Any]:
    states = [
        {"actionName": name, "latestExecution": {"status": found}}
        for name, found in actions.items()
    ]
    return {
        "stageStates": [
            {
                "stageName": "beta",
                "latestExecution": {"pipelineExecutionId": "e-1", "status": "Failed"},
            },
            {
                "stageName": "prod-gate",
                "latestExecution": {"pipelineExecutionId": "e-2", "status": status},
                "actionStates": [*states, {"actionName": "Later"}],
            },
            {"stageName": "new"},
        ]
    }


def test_a_release_that_the_freeze_stopped_in_the_gate_waits() -> None:
    assert list(held(declared(), state(Freeze="Failed"), "acme-freeze")) == [HELD]


@pytest.mark.parametrize(
    ("found", "function"),
    [
        (state(Freeze="Succeeded", Publish="Failed"), "acme-freeze"),
        (state("Succeeded", Freeze="Failed"), "acme-freeze"),
        (state("InProgress", Freeze="Failed"), "acme-freeze"),
        (state(), "acme-freeze"),
        (state(Freeze="Failed"), "other-freeze"),
    ],
)
def test_no_other_release_does(found: dict[str, Any], function: str) -> None:
    assert list(held(declared(), found, function)) == []


def test_it_goes_on_with_the_question_that_failed() -> None:
    assert HELD.request["retryMode"] == "FAILED_ACTIONS"
    assert HELD.command == (
        "aws codepipeline retry-stage-execution --pipeline-name acme-orders "
        "--stage-name prod-gate --pipeline-execution-id e-2 --retry-mode FAILED_ACTIONS"
    )


def test_a_pipeline_that_is_not_made_yet_holds_nothing(fake: FakeAws) -> None:
    stub = fake.stub("codepipeline")
    stub.add_client_error("get_pipeline", "PipelineNotFoundException")
    assert find(stub.client, ["acme-orders"], "acme-freeze") == []
