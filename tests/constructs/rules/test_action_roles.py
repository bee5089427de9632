"""Each action of a pipeline has a role of its own."""

from typing import Any

import pytest

from lockgate.rules.action_roles import RULE
from tests.constructs.rules.gated import found_by, gated, role, staged


def with_role(stated: object) -> dict[str, Any]:
    template = gated()
    action = staged(template, "prod")["Actions"][2]
    if stated is None:
        del action["RoleArn"]
    else:
        action["RoleArn"] = stated
    return template


def test_actions_with_roles_of_their_own_pass() -> None:
    assert found_by(RULE, gated()) == []


@pytest.mark.parametrize("stated", [None, "", role("PipelineRole")])
def test_an_action_without_one_or_with_the_pipelines_is_found(stated: object) -> None:
    assert found_by(RULE, with_role(stated)) == ["Stages.6.Actions.2.RoleArn"]


def test_a_role_of_two_actions_is_found_at_both() -> None:
    assert found_by(RULE, with_role(role("prodCreateChangeSet"))) == [
        "Stages.6.Actions.1.RoleArn",
        "Stages.6.Actions.2.RoleArn",
    ]


def test_a_persons_approval_needs_no_role_but_takes_no_other_ones() -> None:
    template = gated()
    approval = staged(template, "prod-approval")["Actions"][0]
    del approval["RoleArn"]
    assert found_by(RULE, template) == []
    approval["RoleArn"] = role("PipelineRole")
    assert found_by(RULE, template) == ["Stages.3.Actions.0.RoleArn"]
