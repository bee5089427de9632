"""An alarm tells somebody, and says what silence means."""

import pytest

from lockgate.rules.alarm_actions import ALARM, COMPOSITE, RULE
from tests.constructs.rules.judging import MISSING, breaches, changed

RIGHT = {
    "ActionsEnabled": True,
    "AlarmActions": [{"Ref": "Topic"}],
    "TreatMissingData": "notBreaching",
}


@pytest.mark.parametrize("kind", [ALARM, COMPOSITE])
def test_an_alarm_that_is_heard_passes(kind: str) -> None:
    assert breaches(RULE, RIGHT, of=kind) == []
    assert breaches(RULE, changed(RIGHT, "ActionsEnabled"), of=kind) == []


@pytest.mark.parametrize("kind", [ALARM, COMPOSITE])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ActionsEnabled", False),
        ("ActionsEnabled", {"Ref": "Parameter"}),
        ("AlarmActions", []),
        ("AlarmActions", MISSING),
    ],
)
def test_an_alarm_that_nobody_hears_is_found(kind: str, name: str, value: object) -> None:
    assert breaches(RULE, changed(RIGHT, name, value), of=kind) == [name]


def test_only_an_alarm_on_a_metric_says_what_missing_data_means() -> None:
    silent = changed(RIGHT, "TreatMissingData")
    assert breaches(RULE, silent, of=ALARM) == ["TreatMissingData"]
    assert breaches(RULE, silent, of=COMPOSITE) == []


@pytest.mark.parametrize(
    ("reader", "found"), [("CodeDeploy", []), ("CompositeAlarm", []), ("me", ["AlarmActions"])]
)
def test_an_alarm_may_tell_nobody_where_it_says_who_reads_it(reader: str, found: list[str]) -> None:
    said = {"Lockgate": {"ReadBy": reader}}
    assert breaches(RULE, changed(RIGHT, "AlarmActions"), beyond={"Metadata": said}) == found
