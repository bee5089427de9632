"""A role is for one service or one role, not for an account."""

from typing import Any

import pytest

from lockgate.rules.role_trust import RULE
from tests.constructs.rules.judging import allowing, breaches

GITHUB = {"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.example"}
CLAIM = {"StringEquals": {"token.actions.example:sub": "repo:shop/orders:ref:refs/heads/main"}}
ROOT = {"AWS": "arn:aws:iam::111122223333:root"}


def found(principal: object, condition: dict[str, Any] | None = None) -> list[str]:
    trust = allowing("sts:AssumeRole", Principal=principal, Condition=condition or {})
    return breaches(RULE, {"AssumeRolePolicyDocument": trust})


@pytest.mark.parametrize(
    ("principal", "condition"),
    [
        ({"Service": "lambda.amazonaws.com"}, None),
        ({"AWS": {"Fn::GetAtt": ["Role", "Arn"]}}, None),
        (ROOT, {"Bool": {"aws:MultiFactorAuthPresent": "true"}}),
        (GITHUB, CLAIM),
    ],
)
def test_a_role_for_somebody_named_passes(
    principal: object, condition: dict[str, Any] | None
) -> None:
    assert found(principal, condition) == []


@pytest.mark.parametrize(
    ("principal", "condition"),
    [
        ("*", None),
        ({"AWS": "*"}, {"Bool": {"aws:MultiFactorAuthPresent": "true"}}),
        (ROOT, None),
        ({"AWS": "111122223333"}, None),
        ({"AWS": [{"Ref": "AWS::AccountId"}]}, None),
        (GITHUB, None),
        (GITHUB, {"StringNotEquals": CLAIM["StringEquals"]}),
    ],
)
def test_a_role_for_whoever_comes_is_found(
    principal: object, condition: dict[str, Any] | None
) -> None:
    assert found(principal, condition) == ["AssumeRolePolicyDocument.Statement.0.Principal"]
