"""A release to production is watched for a while, and taken back on an alarm."""

from typing import Any

import pytest

from lockgate.rules.production_bake import RULE
from tests.constructs.rules.gated import alarm, condition, found_by, gated, staged

WHERE = ["Stages.6.OnSuccess"]


def baking(on_success: dict[str, Any] | None, **said: object) -> dict[str, Any]:
    template = gated()
    prod = staged(template, "prod")
    prod.pop("OnSuccess")
    if on_success:
        prod["OnSuccess"] = on_success
    template["Metadata"]["Lockgate"]["Stages"]["prod"].update(said)
    return template


@pytest.mark.parametrize(
    "on_success",
    [
        alarm("ROLLBACK", WaitTime="60"),
        alarm("ROLLBACK", WaitTime="90", AlarmStates="ALARM,INSUFFICIENT_DATA"),
    ],
)
def test_a_bake_that_takes_back_passes(on_success: dict[str, Any]) -> None:
    assert found_by(RULE, baking(on_success)) == []


@pytest.mark.parametrize(
    "on_success",
    [
        None,
        alarm("FAIL", WaitTime="60"),
        alarm("ROLLBACK"),
        alarm("ROLLBACK", WaitTime="0"),
        alarm("ROLLBACK", WaitTime="an hour"),
        alarm("ROLLBACK", WaitTime="59"),
        alarm("ROLLBACK", WaitTime="60", AlarmStates="OK"),
        alarm("ROLLBACK", WaitTime="60", AlarmName=""),
        condition("LambdaInvoke", result="ROLLBACK", WaitTime="60"),
    ],
)
def test_a_stage_that_does_not_bake_is_found(on_success: dict[str, Any] | None) -> None:
    assert found_by(RULE, baking(on_success)) == WHERE


def test_a_minute_is_the_least_whatever_the_template_says() -> None:
    assert found_by(RULE, baking(alarm("ROLLBACK", WaitTime="1"), BakeMinutes=0)) == []
    assert found_by(RULE, baking(alarm("ROLLBACK", WaitTime="0"), BakeMinutes=0)) == WHERE


def test_what_the_template_does_not_call_something_else_is_production() -> None:
    template = gated()
    del template["Metadata"]
    assert found_by(RULE, template) == ["Stages.2.OnSuccess"]
