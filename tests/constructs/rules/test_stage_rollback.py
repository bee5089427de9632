"""A stage that deploys takes back what fails."""

import pytest

from lockgate.rules.stage_rollback import RULE
from tests.constructs.rules.gated import found_by, gated, staged


def test_stages_that_roll_back_pass_and_others_need_not() -> None:
    assert found_by(RULE, gated()) == []


@pytest.mark.parametrize(("name", "place"), [("beta", 2), ("prod", 6)])
@pytest.mark.parametrize("on_failure", [None, {}, {"Result": "FAIL"}, {"Result": "RETRY"}])
def test_a_stage_that_does_not_is_found(
    name: str, place: int, on_failure: dict[str, str] | None
) -> None:
    template = gated()
    staged(template, name)["OnFailure"] = on_failure
    assert found_by(RULE, template) == [f"Stages.{place}.OnFailure.Result"]
