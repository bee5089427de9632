"""A connection leads each role to one repository, and a pipeline to one branch of it."""

from typing import Any

import pytest

from lockgate.rules.connection_scope import RULE
from tests.constructs.rules.judging import MISSING, breaches, changed

USE = ["codeconnections:UseConnection", "codestar-connections:UseConnection"]
KEYS = {
    f"{prefix}:{key}": value
    for prefix in ("codeconnections", "codestar-connections")
    for key, value in (("FullRepositoryId", "acme/orders"), ("BranchName", "main"))
}
STATEMENT = {
    "Effect": "Allow",
    "Action": USE,
    "Resource": {"Fn::ImportValue": "acme-connection-github"},
    "Condition": {"StringEqualsIfExists": KEYS},
}
POLICY = {"PolicyDocument": {"Statement": [STATEMENT]}}
HELD = "PolicyDocument.Statement.0"
HERE = f"{HELD}.Condition.StringEqualsIfExists"


def role(service: str) -> dict[str, Any]:
    """A role that a service assumes and that holds the judged policy."""
    trusted = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}}
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {"Statement": [trusted]},
            "ManagedPolicyArns": [{"Ref": "Judged"}],
        },
    }


def found(policy: dict[str, Any], **beside: Any) -> list[str]:  # noqa: ANN401
    return breaches(RULE, policy, of="AWS::IAM::ManagedPolicy", beside=beside)


@pytest.mark.parametrize("operator", ["StringEquals", "StringEqualsIfExists"])
def test_one_branch_of_one_repository_passes(operator: str) -> None:
    assert found(changed(POLICY, f"{HELD}.Condition", {operator: KEYS})) == []


def test_other_actions_and_denials_pass() -> None:
    other = changed(POLICY, f"{HELD}.Condition")
    assert found(changed(other, f"{HELD}.Action", "codeconnections:GetConnection")) == []
    assert found(changed(other, f"{HELD}.Effect", "Deny")) == []


def test_a_boundary_grants_nothing() -> None:
    wide = changed(POLICY, f"{HELD}.Condition")
    assert found({**wide, "Path": "/acme/boundary/"}) == []


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        (f"{HELD}.Resource", "*", [f"{HELD}.Resource"] * 2),
        (
            f"{HELD}.Resource",
            "arn:aws:codeconnections:eu-west-1:111122223333:connection/*",
            [f"{HELD}.Resource"] * 2,
        ),
        (
            f"{HERE}.codeconnections:FullRepositoryId",
            MISSING,
            [f"{HELD}.Condition (codeconnections:FullRepositoryId)"],
        ),
        (
            f"{HERE}.codestar-connections:FullRepositoryId",
            ["acme/orders", "acme/stock"],
            [f"{HELD}.Condition (codestar-connections:FullRepositoryId)"],
        ),
        (
            f"{HERE}.codeconnections:BranchName",
            MISSING,
            [f"{HELD}.Condition (codeconnections:BranchName)"],
        ),
        (
            f"{HELD}.Condition",
            {"StringLike": KEYS},
            [f"{HELD}.Condition ({key})" for key in KEYS],
        ),
        (
            f"{HELD}.Condition",
            {"StringNotEquals": KEYS},
            [f"{HELD}.Condition ({key})" for key in KEYS],
        ),
    ],
)
def test_a_wider_use_is_found(path: str, value: object, where: list[str]) -> None:
    assert found(changed(POLICY, path, value)) == where


def test_a_pattern_of_actions_is_a_use_too() -> None:
    policy = {
        "PolicyDocument": {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    }
    assert len(found(policy)) == 6


def test_an_inline_policy_is_judged_as_well() -> None:
    inline = {"Policies": [changed(POLICY, f"{HELD}.Condition")]}
    assert len(breaches(RULE, inline, of="AWS::IAM::Role")) == 4


@pytest.mark.parametrize(
    ("service", "branches"), [("codebuild.amazonaws.com", 0), ("codepipeline.amazonaws.com", 2)]
)
def test_only_a_build_takes_any_branch(service: str, branches: int) -> None:
    """A pull request comes from a branch of any name."""
    for_any = {key: value for key, value in KEYS.items() if "Branch" not in key}
    policy = changed(POLICY, HERE, for_any)
    assert len(found(policy, Role=role(service))) == branches
    assert len(found(policy, Build=role("codebuild.amazonaws.com"), Role=role(service))) == branches
    assert len(found(policy)) == 2
