"""A window and an alarm never stand in one condition."""

import pytest

from lockgate.rules.window_apart import EVENTS, RULE
from tests.constructs.rules.gated import alarm, found_by, gated, staged, window


def test_a_window_and_an_alarm_on_two_stages_pass() -> None:
    assert found_by(RULE, gated()) == []


@pytest.mark.parametrize("event", EVENTS)
def test_both_in_one_condition_are_found(event: str) -> None:
    template = gated()
    both = alarm("FAIL")
    both["Conditions"][0]["Rules"] += window()["Conditions"][0]["Rules"]
    staged(template, "prod")[event] = both
    assert found_by(RULE, template) == [f"Stages.6.{event}.Conditions.0.Rules"]


def test_both_in_two_conditions_pass() -> None:
    template = gated()
    two = {"Conditions": alarm("FAIL")["Conditions"] + window()["Conditions"]}
    staged(template, "prod")["BeforeEntry"] = two
    assert found_by(RULE, template) == []
