"""An account uses a key through named services alone."""

from typing import Any

import pytest

from lockgate.rules.key_use import RULE
from tests.constructs.rules.judging import allowing, breaches

ROOT = {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}
VIA = {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}
CONTEXT = {"ArnLike": {"kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::a"}}


def found(action: object, principal: object, condition: dict[str, Any]) -> list[str]:
    policy = allowing(action, Principal=principal, Condition=condition)
    return breaches(RULE, {"KeyPolicy": policy})


@pytest.mark.parametrize(
    ("action", "principal", "condition"),
    [
        ("kms:PutKeyPolicy", ROOT, {}),
        ("kms:Decrypt", ROOT, VIA),
        ("kms:Decrypt", ROOT, CONTEXT),
        ("kms:Decrypt", {"AWS": "arn:aws:iam::111122223333:role/shop/deploy"}, {}),
        ("kms:Sign", ROOT, {"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::1:role/attest"}}),
    ],
)
def test_administration_and_use_through_services_pass(
    action: str, principal: object, condition: dict[str, Any]
) -> None:
    assert found(action, principal, condition) == []


@pytest.mark.parametrize(
    ("action", "principal", "condition"),
    [
        ("kms:*", ROOT, {}),
        ("kms:Decrypt", "*", {}),
        ("kms:Sign", ROOT, {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::1:role/*"}}),
        ("kms:Sign", ROOT, {"ArnNotEquals": {"aws:PrincipalArn": "arn:aws:iam::1:role/a"}}),
        ("kms:Decrypt", {"AWS": "111122223333"}, {}),
        ("kms:Decrypt", {"AWS": {"Ref": "AWS::AccountId"}}, {}),
        (["kms:DescribeKey", "kms:GenerateDataKey*"], ROOT, {}),
        ("kms:CreateGrant", ROOT, {"Bool": {"kms:GrantIsForAWSResource": "true"}}),
        ("kms:Decrypt", ROOT, {"StringNotEquals": VIA["StringEquals"]}),
        ("kms:Decrypt", ROOT, {"StringEqualsIfExists": VIA["StringEquals"]}),
    ],
)
def test_use_by_a_whole_account_is_found(
    action: object, principal: object, condition: dict[str, Any]
) -> None:
    assert found(action, principal, condition) == ["KeyPolicy.Statement.0"]


def test_a_denial_is_no_use() -> None:
    policy = allowing("kms:*", Effect="Deny", Principal="*")
    assert breaches(RULE, {"KeyPolicy": policy}) == []
