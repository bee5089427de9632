"""A key is used through named services, under conditions."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

from lockgate.acknowledge import flatten
from lockgate.key import ADMINISTER, DEPLOY, USE, EncryptionKey

DEPLOYER = "arn:aws:iam::111122223333:role/shop-orders-prod-deploy"


@pytest.fixture
def stack() -> cdk.Stack:
    return cdk.Stack(
        cdk.App(), "stack", env=cdk.Environment(account="111122223333", region="eu-west-1")
    )


def statements(stack: cdk.Stack) -> list[dict[str, Any]]:
    [key] = Template.from_stack(stack).find_resources("AWS::KMS::Key").values()
    return list(key["Properties"]["KeyPolicy"]["Statement"])


def test_a_service_may_use_it_under_a_condition(stack: cdk.Stack) -> None:
    condition = {"StringEquals": {"aws:SourceAccount": "111122223333"}}
    key = EncryptionKey(stack, "Key", purpose="Tests")
    key.allow_service("events.amazonaws.com", ("kms:Decrypt",), condition)
    assert statements(stack)[-1] == {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "kms:Decrypt",
        "Resource": "*",
        "Condition": condition,
    }


def test_a_service_without_a_condition_is_refused(stack: cdk.Stack) -> None:
    key = EncryptionKey(stack, "Key", purpose="Tests")
    with pytest.raises(ValueError, match=r"events\.amazonaws\.com may use stack/Key only under a"):
        key.allow_service("events.amazonaws.com", USE, {})
    assert [statement["Sid"] for statement in statements(stack)] == ["Administer"]


def test_the_account_administers_it_and_uses_it_through_named_services_alone(
    stack: cdk.Stack,
) -> None:
    EncryptionKey(stack, "Key", purpose="Tests", via=("s3", "sns"))
    administer, use = statements(stack)
    assert set(administer["Action"]) == set(ADMINISTER)
    assert not set(administer["Action"]) & (set(USE) - {"kms:DescribeKey"})
    assert use["Condition"] == {
        "StringEquals": {
            "kms:ViaService": ["s3.eu-west-1.amazonaws.com", "sns.eu-west-1.amazonaws.com"]
        }
    }


def test_the_deployer_is_named_and_can_neither_delete_it_nor_give_it_away(
    stack: cdk.Stack,
) -> None:
    EncryptionKey(stack, "Key", purpose="Tests", deployer_arn=DEPLOYER)
    deploy = statements(stack)[-1]
    assert deploy["Principal"] == {"AWS": DEPLOYER}
    assert set(deploy["Action"]) == set(DEPLOY)
    assert not {"kms:ScheduleKeyDeletion", "kms:DisableKey", "kms:CreateGrant"} & set(DEPLOY)


def test_logs_encrypt_the_groups_that_match_and_no_other(stack: cdk.Stack) -> None:
    EncryptionKey(stack, "Key", purpose="Tests").allow_logs("shop-*")
    logs = statements(stack)[-1]
    assert logs["Principal"] == {"Service": "logs.eu-west-1.amazonaws.com"}
    [arn] = logs["Condition"]["ArnLike"].values()
    assert flatten(arn) == "arn:<AWS::Partition>:logs:eu-west-1:111122223333:log-group:shop-*"
    assert list(logs["Condition"]["ArnLike"]) == ["kms:EncryptionContext:aws:logs:arn"]


def test_it_rotates_and_outlives_its_stack(stack: cdk.Stack) -> None:
    EncryptionKey(stack, "Key", purpose="Tests")
    [key] = Template.from_stack(stack).find_resources("AWS::KMS::Key").values()
    assert key["Properties"]["EnableKeyRotation"] is True
    assert key["DeletionPolicy"] == key["UpdateReplacePolicy"] == "Retain"
