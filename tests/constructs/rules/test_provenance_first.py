"""Nothing is published or deployed before its provenance was checked, in the same stage."""

from typing import Any

import pytest

from lockgate.rules.provenance_first import RULE
from tests.constructs.rules.gated import action, checked, found_by, gated, publish, staged, takes

DEPLOYING = {"SelfUpdate": 2, "beta": 3, "prod-window": 1, "prod": 2}


def check_of(template: dict[str, Any], stage: str) -> dict[str, Any]:
    """The action of a stage that checks, to be changed in place."""
    actions: list[dict[str, Any]] = staged(template, stage)["Actions"]
    [found] = [each for each in actions if each["Name"] == "CheckProvenance"]
    return found


def test_stages_that_begin_with_the_check_pass() -> None:
    assert found_by(RULE, gated()) == []


@pytest.mark.parametrize(("stage", "deploying"), DEPLOYING.items())
def test_each_action_that_deploys_without_a_check_is_found(stage: str, deploying: int) -> None:
    template = gated()
    actions = staged(template, stage)["Actions"]
    staged(template, stage)["Actions"] = [a for a in actions if a["Name"] != "CheckProvenance"]
    assert len(found_by(RULE, template)) == deploying


@pytest.mark.parametrize("order", [3, 4])
def test_a_check_beside_or_behind_the_change_set_is_none(order: int) -> None:
    template = gated()
    check_of(template, "prod")["RunOrder"] = order
    assert found_by(RULE, template)


@pytest.mark.parametrize(
    "wrong",
    [
        action("CheckProvenance", "Invoke", "Lambda", FunctionName="shop-freeze"),
        action("CheckProvenance", "Invoke", "Lambda", FunctionName={"Ref": "Check"}),
        action("CheckProvenance", "Invoke", "Lambda"),
        action("CheckProvenance", "Test", "CodeBuild", FunctionName="shop-check-provenance"),
    ],
)
def test_an_action_that_asks_somebody_else_is_no_check(wrong: dict[str, Any]) -> None:
    template = gated()
    wrong = takes(wrong, "assembly", "assets", "provenance")
    staged(template, "prod")["Actions"][0] = wrong
    assert len(found_by(RULE, template)) == DEPLOYING["prod"]


@pytest.mark.parametrize("left", [("assembly", "assets"), ("assets", "provenance"), ()])
def test_a_check_of_something_else_than_what_is_deployed_is_none(left: tuple[str, ...]) -> None:
    template = gated()
    staged(template, "prod")["Actions"][0] = takes(checked(), *left)
    assert found_by(RULE, template)


def test_a_stage_that_publishes_alone_is_checked_as_well() -> None:
    template = gated()
    staged(template, "prod-gate")["Actions"].append(publish())
    assert found_by(RULE, template) == ["Stages.5"]
