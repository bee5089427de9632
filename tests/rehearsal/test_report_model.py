"""The report as facts: as JSON and back, and what they say together."""

import json
import math
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from rehearsal.report import why
from rehearsal.report.agreement import compare, findings
from rehearsal.report.canary import Record
from rehearsal.report.looks import looks
from rehearsal.report.model import (
    SCHEMA_VERSION,
    Deployment,
    Environment,
    Outcome,
    Report,
    Served,
    Unused,
)
from rehearsal.world import calls
from tests.rehearsal.report_example import example

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def _record(*minutes: tuple[int, int, int], **given: object) -> dict[str, Any]:
    """A record whose minutes are the canary's requests, errors and answers of HTTP 5xx."""
    return {
        "current_version": "1",
        "target_version": "2",
        "plan": {"percent": 10, "minutes": 15, "errors_percent": 1.0},
        "canary": {
            "start": START.isoformat(),
            "minutes": [
                {
                    "minute": number,
                    "canary": {"requests": requests, "errors": errors, "http_5xx": answers},
                    "baseline": {"requests": 0, "errors": 0, "http_5xx": 0},
                }
                for number, (requests, errors, answers) in enumerate(minutes)
            ],
            "dispersion": {},
            "judgement": {"threshold": 100.0},
        },
    } | given


def _environment(record: dict[str, Any] | None, *served: tuple[float, int, int]) -> Environment:
    """An environment whose customers counted: minute, requests, failed."""
    return Environment(
        name="prod",
        deployments=(Deployment(id="d-1", status="Succeeded", began=START, record=record),),
        customers=tuple(
            Served(
                at=START + minute * timedelta(minutes=1), version="2", requests=all_, failed=failed
            )
            for minute, all_, failed in served
        ),
    )


def test_the_json_is_read_again_and_says_its_version() -> None:
    report = example(denied=True)
    text = report.model_dump_json()
    assert Report.model_validate_json(text) == report
    assert Report.model_validate_json(text).model_dump_json() == text
    assert json.loads(text)["schema_version"] == SCHEMA_VERSION == 1


def test_the_same_facts_make_the_same_bytes_in_whatever_order_they_come() -> None:
    report = example()
    mixed = report.model_copy(update={"unused": ()}).model_dump()
    mixed["unused"] = [each.model_dump() for each in reversed(report.unused)]
    turned = mixed["releases"][0]["environments"][0]["deployments"][0]
    turned["record"] = dict(reversed(turned["record"].items()))
    assert Report.model_validate(mixed).model_dump_json() == report.model_dump_json()


@pytest.mark.parametrize(
    ("name", "value"),
    [("began", datetime(2026, 3, 2)), ("record", {"evidence": math.inf}), ("colour", "red")],  # noqa: DTZ001
    ids=["a time without a zone", "a number that JSON lacks", "a name that is not known"],
)
def test_what_no_report_may_hold_is_refused(name: str, value: object) -> None:
    known: dict[str, Any] = {"id": "d-1", "status": "Succeeded", "began": START}
    with pytest.raises(ValidationError, match=name):
        Deployment.model_validate(known | {name: value})


def test_an_unused_permission_is_filled_from_the_worlds() -> None:
    known = calls.Unused(role="r", policy="p", statement=1, action="s3:GetObject")
    assert Unused.model_validate(vars(known)).action == "s3:GetObject"


def test_customers_are_held_against_the_judged_minutes_alone() -> None:
    environment = _environment(_record((60, 0, 0), (61, 0, 0)), (-1, 9, 9), (0, 60, 0), (1, 61, 0))
    canary = {row.version: row for row in compare(environment)}["2"]
    assert (canary.requests, canary.failed, canary.agrees) == ((121, 121), (0, 0, 0), True)


@pytest.mark.parametrize(
    ("own", "agrees"), [((60, 4), False), ((60, 5), True), ((60, 9), True), ((60, 10), False)]
)
def test_a_failure_may_be_an_error_a_5xx_or_both(own: tuple[int, int], agrees: object) -> None:
    environment = _environment(_record((60, 4, 5)), (0, *own))
    assert {row.agrees for row in compare(environment) if row.version == "2"} == {agrees}


def test_a_request_that_the_gate_has_not_counted_is_a_disagreement() -> None:
    environment = _environment(_record((60, 0, 0)), (0.5, 61, 0))
    assert not all(row.agrees for row in compare(environment))


def test_without_a_judged_minute_there_is_nothing_to_compare() -> None:
    assert list(compare(_environment(None, (0, 60, 0)))) == []
    assert list(compare(_environment(_record(canary=None), (0, 60, 0)))) == []


def test_a_record_of_another_shape_is_named() -> None:
    environment = _environment({"canary": {"start": "today"}})
    with pytest.raises(ValueError, match="the decision record of d-1"):
        list(compare(environment))


def test_all_that_is_not_as_it_should_be_is_found() -> None:
    assert findings(example()) == []
    report = example(denied=True, miscounted=True)
    good = report.releases[0].model_copy(update={"outcome": Outcome.FAILED})
    found = findings(report.model_copy(update={"releases": (good, *report.releases[1:])}))
    assert found == [
        "release 1: orders gets receipts: it failed; expected: succeeded.",
        (
            "release 2: one request in thirty fails in prod: the customers and the gate counted "
            "differently in prod."
        ),
        "1 call was denied; none should be.",
    ]
    assert findings(report.model_copy(update={"releases": (), "denied": ()})) == [
        "No release was made."
    ]


def test_the_looks_end_with_the_evidence_on_record() -> None:
    for deployment in (each.deployments[0] for each in example().releases[1].environments):
        record = Record.of(deployment)
        assert record is not None
        assert record.canary is not None
        assert len(deployment.looks) == len(record.canary.minutes)
        assert deployment.looks[-1].verdict == record.verdict
    stopped = example().releases[1].environments[1].deployments[0].looks[-1].log10_evidence
    assert stopped is not None
    assert stopped >= math.log10(100)


@pytest.mark.parametrize("record", [None, {}, {"canary": None}, _record()])
def test_without_minutes_there_is_no_look(record: dict[str, Any] | None) -> None:
    assert looks(record) == ()


def test_why_a_release_was_stopped_names_minute_and_counts() -> None:
    decided = (START + timedelta(minutes=6.5)).isoformat()
    record = _record(
        (61, 9, 0),
        outcome="stopped",
        verdict="degraded",
        timeline=[{"at": decided, "by": "watch", "outcome": "stopped", "verdict": "degraded"}],
    )
    record["canary"]["minutes"][0]["baseline"]["requests"] = 1540
    assert why.of([_environment(record)]) == (
        "stopped at minute 6 of the canary in prod: 9 of 61 requests to version 2 failed, against "
        "0 of 1,540 to version 1"
    )


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (None, ""),
        ({"outcome": "shifting"}, ""),
        ({"outcome": "warned"}, "went through its canaries: warned in prod"),
        (
            {"outcome": "failed", "reason": "the contract is broken"},
            "failed in prod before any customer met it: the contract is broken",
        ),
    ],
)
def test_why_says_no_more_than_the_record(record: dict[str, Any] | None, said: str) -> None:
    assert why.of([_environment(record)]) == said


def test_why_of_a_stop_that_is_not_the_judges_is_its_reason() -> None:
    record = _record(
        (61, 0, 0),
        outcome="stopped",
        verdict="inconclusive",
        reason="CodeDeploy: Stopped.",
        timeline=[{"at": START.isoformat(), "by": "watch", "outcome": "stopped"}],
    )
    said = "stopped at minute 0 of the canary in prod: CodeDeploy: Stopped."
    assert why.of([_environment(record)]) == said


def test_why_of_a_slow_release_does_not_speak_of_failures() -> None:
    record = _record(
        (61, 0, 0),
        outcome="stopped",
        verdict="degraded",
        reason="slow: 50 of 61 canary requests.",
        timeline=[{"at": START.isoformat(), "by": "watch", "outcome": "stopped"}],
    )
    record["canary"]["judgement"]["metrics"] = [
        {"metric": "errors", "log_evidence": -0.1},
        {"metric": "slow", "log_evidence": 9.0},
    ]
    said = "stopped at minute 0 of the canary in prod: slow: 50 of 61 canary requests."
    assert why.of([_environment(record)]) == said
