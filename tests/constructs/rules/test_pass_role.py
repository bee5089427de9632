"""A role is handed to the services that are named."""

from typing import Any

import pytest

from lockgate.rules.pass_role import PASSED_TO, RULE
from tests.constructs.rules.judging import allowing, breaches

NAMED = {"StringEquals": {PASSED_TO: ["lambda.amazonaws.com", "states.amazonaws.com"]}}


def found(action: object, condition: dict[str, Any], *, path: str = "/shop/") -> list[str]:
    policy = {"Path": path, "PolicyDocument": allowing(action, Condition=condition)}
    return breaches(RULE, policy, of="AWS::IAM::ManagedPolicy")


def test_a_role_for_named_services_passes() -> None:
    assert found("iam:PassRole", NAMED) == []
    assert found("iam:GetRole", {}) == []


@pytest.mark.parametrize(
    ("action", "condition"),
    [
        ("iam:PassRole", {}),
        ("iam:passrole", {}),
        (["iam:GetRole", "iam:Pass*"], {}),
        ("*", {}),
        ("iam:PassRole", {"StringLike": {PASSED_TO: "*.amazonaws.com"}}),
        ("iam:PassRole", {"StringEqualsIfExists": NAMED["StringEquals"]}),
    ],
)
def test_a_role_for_any_service_is_found(action: object, condition: dict[str, Any]) -> None:
    assert found(action, condition) == ["PolicyDocument.Statement.0.Condition"]


def test_all_but_some_actions_pass_roles_too() -> None:
    statement = {"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}
    policy = {"PolicyDocument": {"Statement": [statement]}}
    assert breaches(RULE, policy, of="AWS::IAM::Policy") != []


def test_a_boundary_hands_over_nothing() -> None:
    assert found("iam:PassRole", {}, path="/shop/boundary/") == []
