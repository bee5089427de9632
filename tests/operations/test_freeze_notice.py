"""The notice says what the gate understands, and nothing else passes for one."""

import json
from typing import Any

import pytest

from operations.freeze.notice import LONGEST_REASON, Notice, reason_given
from operations.freeze.parameter import said
from operations.wrong import OperationError

GIVEN: dict[str, Any] = {
    "frozen": True,
    "environments": ["prod"],
    "reason": "incident 4711",
    "by": "ada",
    "since": "2026-11-23T12:00:00+00:00",
}


def test_a_notice_is_read_as_it_was_written() -> None:
    notice = Notice.parsed(json.dumps(GIVEN))
    assert notice is not None
    assert json.loads(notice.text()) == GIVEN


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not JSON",
        "[]",
        "null",
        json.dumps({"frozen": False}),
        *(json.dumps({k: v for k, v in GIVEN.items() if k != key}) for key in GIVEN),
        json.dumps(GIVEN | {"more": 1}),
        json.dumps(GIVEN | {"frozen": "false"}),
        json.dumps(GIVEN | {"environments": "prod"}),
        json.dumps(GIVEN | {"environments": [1]}),
        json.dumps(GIVEN | {"reason": None}),
    ],
)
def test_what_the_gate_would_not_understand_is_no_notice(text: str) -> None:
    assert Notice.parsed(text) is None


def test_no_notice_is_told_as_what_it_does() -> None:
    assert "holds all production" in said(None)


@pytest.mark.parametrize(
    ("notice", "told"),
    [
        (Notice(frozen=False), "not frozen"),
        (Notice(frozen=False, by="ada", since="noon"), "not frozen, since noon, by ada"),
        (Notice(frozen=True), "frozen: all production, since (unknown), by (unknown)"),
        (
            Notice(frozen=True, environments=("a", "b"), by="ada", since="noon", reason="why"),
            "frozen: a, b, since noon, by ada\n  why",
        ),
    ],
)
def test_a_notice_says_who_what_since_when_and_why(notice: Notice, told: str) -> None:
    assert str(notice).startswith(told)


def test_a_reason_is_one_line() -> None:
    assert reason_given("  incident\n 4711 ") == "incident 4711"


@pytest.mark.parametrize("reason", ["", " \n", "x" * (LONGEST_REASON + 1)])
def test_without_a_reason_nothing_is_frozen(reason: str) -> None:
    with pytest.raises(OperationError, match="to do: say why"):
        reason_given(reason)
