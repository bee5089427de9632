"""Production is entered in its window, not while its alarm is raised, nor while it is frozen."""

from typing import Any

import pytest

from lockgate.rules.production_gate import RULE
from tests.constructs.rules.gated import OWN_STACK, action, alarm, found_by, gated, staged, window

PROD, ENTRY = "Stages.6", "Stages.6.BeforeEntry"


def said(template: dict[str, Any]) -> Any:  # noqa: ANN401
    return template["Metadata"]["Lockgate"]["Stages"]


def test_production_behind_a_window_and_an_alarm_passes() -> None:
    assert found_by(RULE, gated()) == []


def test_a_window_may_be_off_on_purpose() -> None:
    template = gated()
    del staged(template, "prod-window")["BeforeEntry"]
    assert found_by(RULE, template) == [PROD]
    for value in (None, "off", 0):
        said(template)["prod"]["Window"] = value
        assert found_by(RULE, template) == [PROD]
    said(template)["prod"]["Window"] = False
    assert found_by(RULE, template) == []


@pytest.mark.parametrize("stage", ["prod-window", "prod-gate"])
@pytest.mark.parametrize(("key", "value"), [("Result", "SKIP"), ("Rules", [])])
def test_a_condition_that_lets_pass_is_none(stage: str, key: str, value: object) -> None:
    template = gated()
    staged(template, stage)["BeforeEntry"]["Conditions"][0][key] = value
    assert found_by(RULE, template) == [PROD]


@pytest.mark.parametrize(("first", "found"), [(3, [PROD]), (4, [PROD] * 3), (5, [PROD] * 3)])
def test_window_and_alarm_come_directly_before_in_this_order(first: int, found: list[str]) -> None:
    """An approval behind the window waits for days; an alarm before it is not looked at again."""
    template = gated()
    stages = template["Resources"]["Pipeline"]["Properties"]["Stages"]
    stages[first], stages[first + 1] = stages[first + 1], stages[first]
    assert [where.replace("Stages.5", PROD) for where in found_by(RULE, template)] == found


@pytest.mark.parametrize(
    "entry",
    [
        None,
        window(),
        alarm("SKIP"),
        alarm("FAIL", AlarmStates="OK"),
        alarm("FAIL", AlarmName=""),
    ],
)
def test_production_that_minds_no_alarm_is_found(entry: dict[str, Any] | None) -> None:
    template = gated()
    staged(template, "prod-gate")["BeforeEntry"] = entry
    assert found_by(RULE, template) == [PROD]


@pytest.mark.parametrize(
    "asked",
    [
        action("Freeze", "Invoke", "Lambda", FunctionName="shop-soak"),
        action("Freeze", "Invoke", "Lambda", FunctionName={"Ref": "Freeze"}),
        action("Freeze", "Invoke", "Lambda"),
        action("Freeze", "Deploy", "S3", FunctionName="shop-freeze"),
    ],
)
def test_production_that_nobody_can_freeze_is_found(asked: dict[str, Any]) -> None:
    template = gated()
    staged(template, "prod-gate")["Actions"] = [asked]
    assert found_by(RULE, template) == [PROD]
    said(template)["prod"]["Freeze"] = None
    assert found_by(RULE, template) == [PROD]
    said(template)["prod"]["Freeze"] = False
    assert found_by(RULE, template) == []


def test_the_freeze_is_known_by_the_end_of_a_name_that_the_deployment_completes() -> None:
    template = gated()
    [asked] = staged(template, "prod-gate")["Actions"]
    function = {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":function:shop-freeze"]]}
    asked["Configuration"]["FunctionName"] = {"Fn::Select": [6, {"Fn::Split": [":", function]}]}
    assert found_by(RULE, template) == []


def test_an_alarm_on_entry_of_production_itself_is_found() -> None:
    """A rollback enters the stage as well, and answers this very alarm."""
    template = gated()
    staged(template, "prod")["BeforeEntry"] = alarm("FAIL")
    assert found_by(RULE, template) == [ENTRY]


@pytest.mark.parametrize("value", [True, None, "no"])
def test_what_the_template_does_not_call_something_else_is_production(value: object) -> None:
    template = gated()
    said(template)["beta"].update(Production=value, Window=True)
    assert found_by(RULE, template) == ["Stages.2"] * 3
    del said(template)["beta"]
    assert found_by(RULE, template) == ["Stages.2"] * 3


@pytest.mark.parametrize(
    "deploying",
    [
        action("Deploy", "Deploy", "CloudFormation", ActionMode="CREATE_UPDATE"),
        action("Deploy", "Deploy", "Lambda"),
        action("Deploy", "Deploy", "CodeDeploy"),
    ],
)
def test_no_other_way_to_deploy_is_a_way_past_the_gate(deploying: dict[str, Any]) -> None:
    template = gated()
    staged(template, "Source")["Actions"].append(deploying)
    assert found_by(RULE, template) == ["Stages.0"] * 3


def test_the_stage_that_updates_the_pipeline_may_deploy_nothing_else() -> None:
    template = gated()
    update = staged(template, "SelfUpdate")
    assert update["Actions"][1]["Configuration"]["StackName"] == OWN_STACK
    update["Actions"].append(action("Deploy", "Deploy", "Lambda"))
    assert found_by(RULE, template) == ["Stages.1"] * 3
