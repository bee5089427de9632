"""Stacks change by change set alone."""

import pytest

from lockgate.rules.change_sets import RULE
from tests.constructs.rules.gated import found_by, gated, staged


def test_change_sets_pass() -> None:
    assert found_by(RULE, gated()) == []


@pytest.mark.parametrize("mode", ["CREATE_UPDATE", "REPLACE_ON_FAILURE", "DELETE_ONLY", None])
def test_another_mode_is_found(mode: str | None) -> None:
    template = gated()
    staged(template, "prod")["Actions"][1]["Configuration"]["ActionMode"] = mode
    assert found_by(RULE, template) == ["Stages.6.Actions.1.Configuration.ActionMode"]
