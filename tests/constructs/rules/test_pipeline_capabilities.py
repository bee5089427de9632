"""A release makes no role of a chosen name, and expands no macro."""

import pytest

from lockgate.rules.pipeline_capabilities import RULE
from tests.constructs.rules.gated import found_by, gated, staged


def test_named_roles_in_the_pipelines_own_stack_pass() -> None:
    assert found_by(RULE, gated()) == []


@pytest.mark.parametrize(
    ("stage", "place", "capabilities"),
    [
        ("prod", 6, "CAPABILITY_NAMED_IAM"),
        ("prod", 6, "CAPABILITY_IAM,CAPABILITY_AUTO_EXPAND"),
        ("prod", 6, {"Ref": "Capabilities"}),
        ("SelfUpdate", 1, "CAPABILITY_AUTO_EXPAND, CAPABILITY_NAMED_IAM"),
    ],
)
def test_more_is_found(stage: str, place: int, capabilities: object) -> None:
    template = gated()
    actions = [action["Name"] for action in staged(template, stage)["Actions"]]
    at = actions.index("CreateChangeSet")
    staged(template, stage)["Actions"][at]["Configuration"]["Capabilities"] = capabilities
    assert found_by(RULE, template) == [f"Stages.{place}.Actions.{at}.Configuration.Capabilities"]


@pytest.mark.parametrize("change", ["stack", "name", "path"])
def test_only_the_stage_that_updates_its_own_stack_may_name_roles(change: str) -> None:
    template = gated()
    stage = staged(template, "SelfUpdate")
    if change == "stack":
        stage["Actions"][2]["Configuration"]["StackName"] = "shop-orders-prod"
    elif change == "name":
        stage["Name"] = "Update"
    else:
        del template["Resources"]["Pipeline"]["Metadata"]
    assert found_by(RULE, template) == ["Stages.1.Actions.1.Configuration.Capabilities"]
