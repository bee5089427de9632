"""A deployment that fails, alarms or is stopped takes the traffic back."""

import pytest

from lockgate.rules.codedeploy_rollback import EVENTS, RULE
from tests.constructs.rules.judging import MISSING, breaches, changed

ROLLBACK = "AutoRollbackConfiguration"
RIGHT = {ROLLBACK: {"Enabled": True, "Events": list(EVENTS)}}


def test_a_group_that_rolls_back_on_each_passes() -> None:
    assert breaches(RULE, RIGHT) == []


@pytest.mark.parametrize("value", [False, MISSING, {"Ref": "Parameter"}])
def test_a_rollback_that_is_off_is_found(value: object) -> None:
    enabled = f"{ROLLBACK}.Enabled"
    assert breaches(RULE, changed(RIGHT, enabled, value)) == [enabled]


@pytest.mark.parametrize("event", EVENTS)
def test_an_event_that_takes_nothing_back_is_found(event: str) -> None:
    left = [other for other in EVENTS if other != event]
    found = breaches(RULE, changed(RIGHT, f"{ROLLBACK}.Events", left))
    assert found == [f"{ROLLBACK}.Events (missing: {event})"]


def test_a_group_without_rollback_is_found_with_both_properties() -> None:
    found = breaches(RULE, {})
    assert [where.split(" ")[0] for where in found] == [f"{ROLLBACK}.Enabled", f"{ROLLBACK}.Events"]
