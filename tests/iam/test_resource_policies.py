"""Keys, buckets and the topic serve this account, and the services that act on its behalf."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from lockgate.key import ADMINISTER
from lockgate.signing_key import CHECK, ROTATES
from stacks import names
from tests.assembly import Assembly
from tests.iam.policies import (
    RESOURCE_POLICIES,
    ROLE,
    Statement,
    parse,
    resource_of,
    resource_statements,
    text,
)

ACCOUNT = r"(<AWS::AccountId>|[0-9]{12})"
PART = r"(<[^>]+>|[a-z0-9-]+)"
LOG_GROUPS = re.compile(rf"arn:{PART}:logs:{PART}:{ACCOUNT}:log-group:.+")
# What CloudWatch Logs needs of a key, as the CloudWatch Logs User Guide lists it.
LOGS_NEED = {"kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"}


def of_this_account(statement: Statement) -> bool:
    """Whether a service acts under it for this account alone."""
    accounts = statement.condition("StringEquals", "aws:SourceAccount")
    groups = statement.condition("ArnLike", "kms:EncryptionContext:aws:logs:arn")
    one = len(accounts) == 1 and re.fullmatch(ACCOUNT, accounts[0])
    return bool(one or (groups and all(LOG_GROUPS.fullmatch(group) for group in groups)))


def denied_to_others(statement: Statement, found: Iterable[Statement]) -> bool:
    """Whether the same policy denies it for other accounts."""
    return any(
        other.where == statement.where
        and not other.allows
        and set(other.principals) >= set(statement.principals)
        and set(other.actions) >= set(statement.actions)
        and all(any(fnmatchcase(r, p) for p in other.resources) for r in statement.resources)
        and set(other.conditions) == {"StringNotEquals"}
        and all(
            re.fullmatch(ACCOUNT, account)
            for account in other.condition("StringNotEquals", "aws:SourceAccount") or ["none"]
        )
        for other in found
    )


def for_any_account(found: Sequence[Statement]) -> Iterator[str]:
    """Services that a policy lets act on behalf of whatever account."""
    for statement in found:
        services = [who for kind, who in statement.principals if kind == "Service"]
        held = of_this_account(statement) or denied_to_others(statement, found)
        if statement.allows and not held:
            yield from (f"{statement.where}: {who}" for who in services)


def test_a_service_acts_for_this_account_alone(assembly: Assembly) -> None:
    found = resource_statements(assembly)
    services = {who for s in found if s.allows for kind, who in s.principals if kind == "Service"}
    assert len(services) >= 4
    assert list(for_any_account(found)) == []


def test_a_service_that_acts_for_any_account_is_found() -> None:
    def policy(*statements: Mapping[str, Any]) -> list[str]:
        service = {"Service": "logging.s3.amazonaws.com"}
        found = [
            {"Principal": service, "Action": "s3:PutObject", "Resource": "a/trail/*", **s}
            for s in statements
        ]
        return list(for_any_account(parse("here", {"Statement": found})))

    allow: dict[str, Any] = {"Effect": "Allow"}
    deny: dict[str, Any] = {
        "Effect": "Deny",
        "Resource": "a/*",
        "Condition": {"StringNotEquals": {"aws:SourceAccount": "111122223333"}},
    }
    one = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
    any_account = {"StringEquals": {"aws:SourceAccount": "*"}}
    any_group = {
        "ArnLike": {"kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:eu-west-1:*:log-group:a"}
    }
    wrong = ["here: logging.s3.amazonaws.com"]
    assert policy(allow) == wrong
    assert policy({**allow, "Condition": any_account}) == wrong
    assert policy({**allow, "Condition": any_group}) == wrong
    assert policy(allow, {**deny, "Resource": "a/other/*"}) == wrong
    assert policy(allow, {**deny, "Action": "s3:GetObject"}) == wrong
    assert policy(allow, {**deny, "Effect": "Allow"}) != []
    assert policy({**allow, "Condition": one}) == []
    assert policy(allow, deny) == []


def test_nobody_of_another_account_is_let_in(assembly: Assembly) -> None:
    own = re.compile(rf"arn:{PART}:iam::{ACCOUNT}:(root|role/{assembly.delivery.name}/[^*]+)")
    for statement in resource_statements(assembly):
        for kind, who in statement.principals:
            if statement.allows and kind != "Service":
                assert kind == "AWS"
                assert own.fullmatch(who), (statement.where, who)


def test_every_policy_speaks_of_its_own_resource_alone(assembly: Assembly) -> None:
    for kind, attribute in (
        ("AWS::S3::BucketPolicy", "Bucket"),
        ("AWS::SNS::TopicPolicy", "Topics"),
    ):
        for stack, logical_id, properties in assembly.resources(kind):
            owner = properties[attribute]
            [of] = owner if isinstance(owner, list) else [owner]
            own = text(of).strip("<>")
            assert own in assembly.templates[stack]["Resources"]
            for statement in parse(f"{stack}/{logical_id}", properties["PolicyDocument"]):
                for resource in statement.resources:
                    assert re.match(rf"<{own}(\.Arn)?>(/|$)", resource), statement.where


def keys(assembly: Assembly) -> dict[tuple[str, str], tuple[Statement, ...]]:
    return {
        (stack, logical_id): parse(f"{stack}/{logical_id}", properties["KeyPolicy"])
        for stack, logical_id, properties in assembly.resources("AWS::KMS::Key")
    }


def test_every_key_can_be_administered_by_the_account(assembly: Assembly) -> None:
    """Otherwise nobody could ever change it or its policy again."""
    for where, found in keys(assembly).items():
        administered = {
            action
            for statement in found
            if statement.allows and not statement.conditions and statement.resources == ("*",)
            if any(who.endswith(":root") for _, who in statement.principals)
            for action in statement.actions
        }
        if "kms:Verify" in administered:
            # KMS does not rotate a key that signs; its public half is no secret.
            assert administered == set(ADMINISTER) - ROTATES | set(CHECK), where
        else:
            assert administered == set(ADMINISTER), where


def key_of(assembly: Assembly, stack: str, value: Mapping[str, Any]) -> tuple[str, str]:
    """The key that a property names: of its own stack, or by the foundation's export."""
    match value:
        case {"Fn::GetAtt": [logical_id, "Arn"]}:
            return stack, str(logical_id)
    foundation = names.shared_stack(assembly.delivery, names.FOUNDATION)
    [exported] = [
        output["Value"]["Fn::GetAtt"][0]
        for output in assembly.templates[foundation]["Outputs"].values()
        if output["Export"]["Name"] == value["Fn::ImportValue"]
    ]
    return foundation, exported


def test_the_key_of_a_log_group_lets_cloudwatch_logs_use_it_for_that_group(
    assembly: Assembly,
) -> None:
    """A group is named after its stack; with another key policy it could not even be made."""
    policies = keys(assembly)
    region = assembly.delivery.toolchain.region or "<AWS::Region>"
    groups = list(assembly.resources("AWS::Logs::LogGroup"))
    assert len(groups) >= 2 * len(assembly.delivery.services)
    for stack, logical_id, group in groups:
        name = f"{stack}-{logical_id}-0123456789AB"
        letting = [
            statement
            for statement in policies[key_of(assembly, stack, group["KmsKeyId"])]
            if statement.allows and set(statement.actions) >= LOGS_NEED
            if statement.principals == (("Service", f"logs.{region}.amazonaws.com"),)
            if any(
                fnmatchcase(name, arn.rpartition(":log-group:")[2])
                for arn in statement.condition("ArnLike", "kms:EncryptionContext:aws:logs:arn")
            )
        ]
        assert letting, (stack, logical_id)


@pytest.fixture
def topic(assembly: Assembly) -> tuple[Statement, ...]:
    [(stack, logical_id, properties)] = assembly.resources("AWS::SNS::TopicPolicy")
    return parse(f"{stack}/{logical_id}", properties["PolicyDocument"])


def test_nothing_is_published_without_tls(topic: tuple[Statement, ...]) -> None:
    [denied] = [statement for statement in topic if not statement.allows]
    assert denied.principals == (("AWS", "*"),)
    assert denied.actions == ("sns:Publish",)
    assert denied.conditions == {"Bool": {"aws:SecureTransport": ("false",)}}


def test_alarms_and_rules_of_this_account_publish_and_nothing_else_does(
    topic: tuple[Statement, ...],
) -> None:
    letting = [statement for statement in topic if statement.allows]
    assert {s.principals[0][1]: s.actions for s in letting} == {
        "cloudwatch.amazonaws.com": ("sns:Publish",),
        "events.amazonaws.com": ("sns:Publish",),
    }
    sources = {resource_of(arn) for s in letting for arn in s.condition("ArnLike", "aws:SourceArn")}
    assert sources == {"alarm:*", "rule/*"}


def undated(assembly: Assembly) -> Iterator[str]:
    """Policies that are not written in the language of 2012, in which variables are text."""
    kinds = {
        **RESOURCE_POLICIES,
        ROLE: "AssumeRolePolicyDocument",
        "AWS::IAM::ManagedPolicy": "PolicyDocument",
    }
    for kind, attribute in kinds.items():
        for stack, logical_id, properties in assembly.resources(kind):
            if properties[attribute].get("Version") != "2012-10-17":
                yield f"{stack}/{logical_id}"


def test_every_policy_is_written_in_the_current_language(assembly: Assembly) -> None:
    assert list(undated(assembly)) == []


def test_a_policy_in_the_language_of_2008_is_found(sample: Assembly, tmp_path: Path) -> None:
    policy = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": {}}}
    (tmp_path / "old.template.json").write_text(json.dumps({"Resources": {"Policy": policy}}))
    assert list(undated(Assembly(sample.delivery, tmp_path))) == ["old/Policy"]


def test_a_key_is_used_by_the_account_through_named_services_of_its_region(
    assembly: Assembly,
) -> None:
    region = assembly.delivery.toolchain.region or "<AWS::Region>"
    known = {f"{service}.{region}.amazonaws.com" for service in ("s3", "secretsmanager", "sns")}
    seen: set[str] = set()
    for found in keys(assembly).values():
        for statement in found:
            via = statement.condition("StringEquals", "kms:ViaService")
            assert len(via) == bool("kms:ViaService" in str(statement.conditions))
            seen |= set(via)
    assert seen == known


def test_the_trails_key_is_used_by_cloudtrail_for_this_trail_alone(assembly: Assembly) -> None:
    [(stack, _, trail)] = assembly.resources("AWS::CloudTrail::Trail")
    found = keys(assembly)[key_of(assembly, stack, trail["KMSKeyId"])]
    [letting] = [s for s in found if ("Service", "cloudtrail.amazonaws.com") in s.principals]
    assert letting.allows
    assert set(letting.actions) >= {"kms:DescribeKey", "kms:GenerateDataKey"}
    [source] = letting.condition("StringEquals", "aws:SourceArn")
    assert resource_of(source) == f"trail/{trail['TrailName']}"


def test_s3_may_deliver_the_access_log_of_each_bucket(assembly: Assembly) -> None:
    logged = [
        p["LoggingConfiguration"]["LogFilePrefix"]
        for _, _, p in assembly.resources("AWS::S3::Bucket")
        if "LoggingConfiguration" in p
    ]
    letting = {
        resource.partition("/")[2]
        for statement in resource_statements(assembly)
        if statement.allows and statement.actions == ("s3:PutObject",)
        if statement.principals == (("Service", "logging.s3.amazonaws.com"),)
        for resource in statement.resources
    }
    assert letting == {f"{prefix}*" for prefix in logged}
    assert len(letting) == 2
