"""A deployment is watched by alarms, and stops when they cannot be read."""

import pytest

from lockgate.rules.codedeploy_alarms import RULE
from tests.constructs.rules.judging import MISSING, breaches, changed

ENABLED, ALARMS = "AlarmConfiguration.Enabled", "AlarmConfiguration.Alarms"
IGNORED = "AlarmConfiguration.IgnorePollAlarmFailure"
RIGHT = {
    "AlarmConfiguration": {
        "Enabled": True,
        "Alarms": [{"Name": "errors"}],
        "IgnorePollAlarmFailure": False,
    }
}


def test_a_group_with_alarms_passes() -> None:
    assert breaches(RULE, RIGHT) == []
    assert breaches(RULE, changed(RIGHT, IGNORED)) == []


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        ("AlarmConfiguration", MISSING, [ENABLED, ALARMS]),
        (ENABLED, False, [ENABLED]),
        (ENABLED, MISSING, [ENABLED]),
        (ENABLED, {"Ref": "Parameter"}, [ENABLED]),
        (ALARMS, [], [ALARMS]),
        (ALARMS, MISSING, [ALARMS]),
        (IGNORED, True, [IGNORED]),
    ],
)
def test_a_group_that_no_alarm_stops_is_found(path: str, value: object, where: list[str]) -> None:
    assert breaches(RULE, changed(RIGHT, path, value)) == where
