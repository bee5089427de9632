"""A state machine ends by itself."""

import json
from typing import Any

import pytest

from lockgate.rules.machine_ends import RULE
from tests.constructs.rules.judging import breaches, changed

RIGHT: dict[str, Any] = {
    "TimeoutSeconds": 7500,
    "States": {
        "Wait": {"Type": "Wait"},
        "Look": {"Type": "Task", "TimeoutSeconds": 150},
        "Tell": {"Type": "Task", "TimeoutSecondsPath": "$.seconds"},
    },
}


def as_string(definition: dict[str, Any]) -> dict[str, Any]:
    """Joined of parts, as the CDK writes it around a function's ARN."""
    written = json.dumps({**definition, "Comment": "<>"}).partition("<>")
    parts = [written[0], {"Fn::GetAtt": ["Look", "Arn"]}, written[2]]
    return {"DefinitionString": {"Fn::Join": ["", parts]}}


def test_a_machine_that_ends_passes() -> None:
    assert breaches(RULE, as_string(RIGHT)) == []
    assert breaches(RULE, {"Definition": RIGHT}) == []


@pytest.mark.parametrize("path", ["TimeoutSeconds", "States.Look.TimeoutSeconds"])
def test_a_machine_or_a_task_that_may_wait_for_ever_is_found(path: str) -> None:
    endless = changed(RIGHT, path)
    assert breaches(RULE, as_string(endless)) == [f"DefinitionString ({path})"]
    assert breaches(RULE, {"Definition": endless}) == [f"DefinitionString ({path})"]


@pytest.mark.parametrize("machine", [{}, {"DefinitionString": "{"}, {"DefinitionS3Location": {}}])
def test_a_machine_that_cannot_be_read_is_found(machine: dict[str, object]) -> None:
    assert breaches(RULE, machine) == ["DefinitionString (TimeoutSeconds)"]
