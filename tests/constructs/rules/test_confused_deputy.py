"""A service acts for our own resources alone."""

from typing import Any

import pytest

from lockgate.rules.confused_deputy import RULE
from lockgate.trust import TRUSTS
from tests.constructs.rules.judging import allowing, breaches

TOPIC, KEY = "AWS::SNS::TopicPolicy", "AWS::KMS::Key"
ACCOUNT = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
PROJECT = {"Fn::Sub": "arn:${AWS::Partition}:codebuild:${AWS::Region}:${AWS::AccountId}:project/a"}
SOURCE = {**ACCOUNT, "ArnLike": {"aws:SourceArn": PROJECT}}
SENDING = sorted(service for service, trust in TRUSTS.items() if trust.sends_source)
SILENT = sorted(set(TRUSTS) - set(SENDING))


def trusting(service: str, condition: dict[str, Any]) -> list[str]:
    trust = allowing("sts:AssumeRole", Principal={"Service": service}, Condition=condition)
    return breaches(RULE, {"AssumeRolePolicyDocument": trust})


@pytest.mark.parametrize("service", SENDING)
def test_a_service_that_sends_its_source_is_held_to_it(service: str) -> None:
    assert trusting(service, SOURCE) == []


@pytest.mark.parametrize(
    "condition",
    [
        {},
        ACCOUNT,
        {"ArnLike": {"aws:SourceArn": PROJECT}},
        {**ACCOUNT, "ArnLike": {"aws:SourceArn": "arn:aws:codebuild:*:*:project/*"}},
        {"StringEquals": {"aws:SourceAccount": "*"}, "ArnLike": {"aws:SourceArn": PROJECT}},
        {"StringEqualsIfExists": ACCOUNT["StringEquals"], "ArnLike": {"aws:SourceArn": PROJECT}},
        {"StringNotEquals": ACCOUNT["StringEquals"], "ArnLike": {"aws:SourceArn": PROJECT}},
    ],
)
def test_one_that_is_not_is_found(condition: dict[str, Any]) -> None:
    where = "AssumeRolePolicyDocument.Statement.0.Condition (codebuild.amazonaws.com)"
    assert trusting("codebuild.amazonaws.com", condition) == [where]


@pytest.mark.parametrize("service", SILENT)
def test_a_service_that_sends_none_is_not_asked(service: str) -> None:
    assert trusting(service, {}) == []
    [where] = trusting(service, SOURCE)
    assert "locked out" in where


def test_a_service_that_the_table_does_not_know_is_found() -> None:
    [where] = trusting("new.amazonaws.com", SOURCE)
    assert "lockgate.trust" in where


def letting(*statements: dict[str, Any]) -> list[str]:
    service = {"Service": "logging.s3.amazonaws.com"}
    parts = [{"Effect": "Allow", "Principal": service, **statement} for statement in statements]
    return breaches(RULE, {"PolicyDocument": {"Statement": parts}}, of="AWS::S3::BucketPolicy")


PUT = {"Action": "s3:PutObject", "Resource": "arn:aws:s3:::a/trail/*"}
DENY = {
    "Effect": "Deny",
    "Action": "s3:PutObject",
    "Resource": "arn:aws:s3:::a/*",
    "Condition": {"StringNotEquals": ACCOUNT["StringEquals"]},
}
FOUND = ["PolicyDocument.Statement.0 (logging.s3.amazonaws.com)"]


def test_a_resource_serves_this_account_by_a_condition_or_by_a_denial_to_others() -> None:
    assert letting({**PUT, "Condition": ACCOUNT}) == []
    assert letting({**PUT, "Condition": {"ArnLike": {"aws:SourceArn": PROJECT}}}) == []
    assert letting(PUT, DENY) == []


@pytest.mark.parametrize(
    "more",
    [
        [],
        [{**DENY, "Action": "s3:GetObject"}],
        [{**DENY, "Resource": "arn:aws:s3:::a/other/*"}],
        [{**DENY, "Principal": {"Service": "other.amazonaws.com"}}],
        [{**DENY, "Condition": {"StringNotEquals": {"aws:SourceAccount": "*"}}}],
        [{**DENY, "Condition": {}}],
    ],
)
def test_a_resource_that_serves_any_account_is_found(more: list[dict[str, Any]]) -> None:
    assert letting(PUT, *more) == FOUND


@pytest.mark.parametrize(("account", "found"), [("<AccountId>", 0), ("*", 1)])
def test_logs_use_a_key_for_groups_of_one_account(account: str, found: int) -> None:
    group = f"arn:aws:logs:eu-west-1:{account}:log-group:shop-*"
    context = {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": group}}
    service = {"Service": "logs.eu-west-1.amazonaws.com"}
    policy = allowing("kms:Decrypt", Principal=service, Condition=context)
    assert len(breaches(RULE, {"KeyPolicy": policy}, of=KEY)) == found


@pytest.mark.parametrize(
    ("permission", "found"),
    [
        ({"Principal": "events.amazonaws.com", "SourceArn": {"Ref": "Rule"}}, []),
        ({"Principal": "events.amazonaws.com", "SourceAccount": "111122223333"}, []),
        ({"Principal": "arn:aws:iam::111122223333:role/a"}, []),
        ({"Principal": "events.amazonaws.com"}, ["SourceAccount"]),
    ],
)
def test_a_function_serves_a_service_for_one_source(
    permission: dict[str, object], found: list[str]
) -> None:
    assert breaches(RULE, permission, of="AWS::Lambda::Permission") == found
