"""One JSON line for each step, and no secret in any."""

import json

import pytest

from tests.lambda_hooks.conftest import Hooks
from tests.lambda_hooks.fake_aws import World, function_reply


def test_each_step_is_one_json_line(hooks: Hooks, capsys: pytest.CaptureFixture[str]) -> None:
    hooks.invoke("pre_traffic", World())

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["step"] for line in lines] == ["under test", "case", "case", "judged", "reported"]
    assert lines[0]["target_version"] == "42"
    assert lines[-1]["status"] == "Succeeded"


def test_a_fault_is_logged_with_its_place(hooks: Hooks, capsys: pytest.CaptureFixture[str]) -> None:
    world = World()
    world.faults["Invoke"] = [MemoryError("no more")]

    hooks.invoke("pre_traffic", world)

    (fault,) = [
        json.loads(line) for line in capsys.readouterr().out.splitlines() if '"fault"' in line
    ]
    assert fault["fault"] == "MemoryError: no more"
    assert fault["trace"]


def test_what_a_failing_function_says_is_not_repeated(
    hooks: Hooks, capsys: pytest.CaptureFixture[str]
) -> None:
    world = World()
    said = {"errorType": "KeyError", "errorMessage": "hunter2", "stackTrace": ["hunter2"]}
    world.always["Invoke"] = function_reply(said, x_amz_function_error="Unhandled")

    hooks.invoke("pre_traffic", world)

    logged = capsys.readouterr().out
    assert "KeyError" in logged
    assert "hunter2" not in logged
