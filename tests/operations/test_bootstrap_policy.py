"""A managed policy is made, changed or left alone; one version is kept to go back to."""

import json
from typing import Any

import pytest
from botocore.stub import Stubber

from operations.bootstrap import policy
from operations.bootstrap.toolkit import Toolkit
from tests.operations.conftest import HOME, FakeAws

ARN = f"arn:aws:iam::{HOME}:policy/acme-execution"
OLD: dict[str, Any] = {"Statement": [{"Action": ["sns:Publish"]}], "Version": "2012-10-17"}
NEW: dict[str, Any] = {"Version": "2012-10-17", "Statement": [{"Action": ["sns:Subscribe"]}]}


@pytest.fixture
def iam(fake: FakeAws) -> Stubber:
    return fake.stub("iam")


def said(iam: Stubber, document: dict[str, Any]) -> None:
    iam.add_response("get_policy", {"Policy": {"DefaultVersionId": "v3"}}, {"PolicyArn": ARN})
    iam.add_response(
        "get_policy_version",
        {"PolicyVersion": {"Document": json.dumps(document)}},
        {"PolicyArn": ARN, "VersionId": "v3"},
    )


def look(iam: Stubber, after: dict[str, Any]) -> policy.Change:
    return policy.look(iam.client, HOME, "acme-execution", after)


def change(before: dict[str, Any] | None) -> policy.Change:
    return policy.Change(arn=ARN, before=before, after=NEW)


def test_a_policy_that_is_not_there_is_made(iam: Stubber) -> None:
    iam.add_client_error("get_policy", "NoSuchEntity", expected_params={"PolicyArn": ARN})
    found = look(iam, NEW)
    assert found.needed
    assert f"{ARN}: will be made" in str(found)
    assert "sns:Subscribe" in str(found)
    iam.add_response(
        "create_policy",
        {},
        {
            "PolicyName": "acme-execution",
            "PolicyDocument": json.dumps(NEW, separators=(",", ":")),
            "Description": "why",
        },
    )
    policy.apply(iam.client, found, description="why")


def test_the_difference_is_shown_before_a_policy_is_changed() -> None:
    shown = str(change(OLD))
    assert f"{ARN}: will be changed" in shown
    assert '-        "sns:Publish"' in shown
    assert '+        "sns:Subscribe"' in shown


def test_a_policy_that_says_the_same_is_left_alone(iam: Stubber) -> None:
    same = change(dict(reversed(NEW.items())))
    assert not same.needed
    assert str(same) == f"{ARN}: as it should be"
    policy.apply(iam.client, same, description="why")


def test_a_change_is_a_new_default_version_and_keeps_the_one_before(iam: Stubber) -> None:
    versions = [
        {"VersionId": "v3", "IsDefaultVersion": True},
        {"VersionId": "v2", "IsDefaultVersion": False},
        {"VersionId": "v1", "IsDefaultVersion": False},
    ]
    iam.add_response("list_policy_versions", {"Versions": versions}, {"PolicyArn": ARN})
    for old in ("v2", "v1"):
        iam.add_response("delete_policy_version", {}, {"PolicyArn": ARN, "VersionId": old})
    iam.add_response(
        "create_policy_version",
        {},
        {
            "PolicyArn": ARN,
            "PolicyDocument": json.dumps(NEW, separators=(",", ":")),
            "SetAsDefault": True,
        },
    )
    policy.apply(iam.client, change(OLD), description="why")


def toolkit(fake: FakeAws, parameters: dict[str, str]) -> Toolkit:
    stub = fake.stub("cloudformation")
    given = [{"ParameterKey": key, "ParameterValue": text} for key, text in parameters.items()]
    stack = {
        "StackName": "LockgateToolkit",
        "CreationTime": 0,
        "StackStatus": "UPDATE_COMPLETE",
        "Parameters": given,
    }
    stub.add_response("describe_stacks", {"Stacks": [stack]}, {"StackName": "LockgateToolkit"})
    return Toolkit.read(stub.client)


def test_who_is_trusted_now_is_read_from_the_bootstrap_stack(fake: FakeAws) -> None:
    found = toolkit(fake, {"TrustedAccounts": "1,2", "TrustedAccountsForLookup": "3", "Other": "4"})
    assert found == Toolkit(trusted=frozenset("123"))


def test_a_bootstrap_stack_that_trusts_nobody_says_so(fake: FakeAws) -> None:
    assert toolkit(fake, {"TrustedAccounts": ""}) == Toolkit()


def test_where_nothing_is_bootstrapped_nobody_is_trusted(fake: FakeAws) -> None:
    stub = fake.stub("cloudformation")
    stub.add_client_error("describe_stacks", "ValidationError", "does not exist")
    assert Toolkit.read(stub.client) == Toolkit()
