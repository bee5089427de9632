"""One JSON line for each step, and no secret in any."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.gate.conftest import Gate
from tests.gate.fake_aws import (
    Reply,
    after_traffic,
    before_traffic,
    function_reply,
    usual_reply,
)


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_each_step_before_traffic_is_one_json_line(
    gate: Gate, capsys: pytest.CaptureFixture[str]
) -> None:
    gate.invoke("pre_traffic", before_traffic())

    logged = lines(capsys)
    assert [line["step"] for line in logged] == [
        "under test",
        "case",
        "case",
        "synthetic",
        "watched",
        "judged",
        "recorded",
        "reported",
    ]
    assert logged[0]["target_version"] == "42"
    assert logged[-1]["status"] == "Succeeded"


def test_each_look_after_traffic_is_one_json_line(
    gate: Gate, capsys: pytest.CaptureFixture[str]
) -> None:
    gate.invoke("post_traffic", after_traffic())

    looks = [line for line in lines(capsys) if line["step"] == "look"]
    assert [line["unsettled"] for line in looks] == [6, 5, 4, 3, 2, 1, 0]


def test_a_fault_is_logged_with_its_place(gate: Gate, capsys: pytest.CaptureFixture[str]) -> None:
    world = before_traffic()
    world.faults["Invoke"] = [MemoryError("no more")]

    gate.invoke("pre_traffic", world)

    (fault,) = [line for line in lines(capsys) if line["step"] == "fault"]
    assert fault["fault"] == "MemoryError: no more"
    assert fault["trace"]


@pytest.mark.parametrize("answered_before", [0, 2], ids=["contract", "synthetic requests"])
def test_what_a_failing_function_says_is_neither_logged_nor_recorded(
    gate: Gate,
    plan: Callable[..., None],
    capsys: pytest.CaptureFixture[str],
    answered_before: int,
) -> None:
    plan(synthetic_requests=20)
    said = {"errorType": "KeyError", "errorMessage": "hunter2", "stackTrace": ["hunter2"]}
    failing = function_reply(said, x_amz_function_error="Unhandled")
    world = before_traffic()

    def reply(version: str, path: str) -> Reply:
        fails = version == "42" and len(world.asked) > answered_before
        return failing if fails else usual_reply(version, path)

    world.reply = reply

    gate.invoke("pre_traffic", world)

    told = capsys.readouterr().out + json.dumps(world.record)
    assert world.sent == ["Failed"]
    assert "KeyError" in told
    assert "hunter2" not in told
