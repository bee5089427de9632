"""No rollback waits for a person."""

import pytest

from lockgate.rules.approval_apart import RULE
from tests.constructs.rules.gated import action, found_by, gated, staged


def test_an_approval_in_a_stage_of_its_own_passes() -> None:
    assert found_by(RULE, gated()) == []


@pytest.mark.parametrize(("name", "place"), [("beta", 2), ("prod", 6)])
def test_an_approval_in_a_stage_that_rolls_back_is_found(name: str, place: int) -> None:
    template = gated()
    staged(template, name)["Actions"].append(action("Approve", "Approval", "Manual"))
    last = len(staged(template, name)["Actions"]) - 1
    assert found_by(RULE, template) == [f"Stages.{place}.Actions.{last}"]


def test_a_stage_that_rolls_back_on_an_alarm_alone_counts() -> None:
    template = gated()
    prod = staged(template, "prod")
    del prod["OnFailure"]
    prod["Actions"].append(action("Approve", "Approval", "Manual"))
    assert found_by(RULE, template) == ["Stages.6.Actions.3"]
    del prod["OnSuccess"]
    assert found_by(RULE, template) == []
