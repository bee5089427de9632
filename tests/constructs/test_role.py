"""A role has the permissions that are stated, and a wildcard only with its reason."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Template

from lockgate.permissions import Permission, pass_roles
from lockgate.role import JobRole
from lockgate.trust import TRUSTS, trusted_service

SENDING = sorted(name for name, trust in TRUSTS.items() if trust.sends_source)
SILENT = sorted(name for name, trust in TRUSTS.items() if not trust.sends_source)
SOURCE = "arn:aws:codebuild:eu-west-1:111122223333:project/a"
BOUNDARY = "arn:aws:iam::111122223333:policy/bound"
REASON = "Each release names its objects anew."


@pytest.fixture
def stack() -> cdk.Stack:
    return cdk.Stack(cdk.App(), "stack")


def job_role(stack: cdk.Stack, *permissions: Permission) -> JobRole:
    return JobRole(
        stack,
        "Job",
        job="Do one thing",
        trust=trusted_service(stack, "lambda.amazonaws.com"),
        permissions=permissions,
        path="/shop/orders/",
        boundary=iam.ManagedPolicy.from_managed_policy_arn(stack, "Bound", BOUNDARY),
    )


def only(stack: cdk.Stack, resource_type: str) -> dict[str, Any]:
    [resource] = Template.from_stack(stack).find_resources(resource_type).values()
    return dict(resource["Properties"])


@pytest.mark.parametrize("actions", [("s3:*",), ("*",), ("s3:GetObject", "s3:Put*")])
def test_a_permission_names_each_action(actions: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match=r"name each action: .*[*]"):
        Permission(actions=actions, resources=["arn:aws:s3:::a"])


def test_a_permission_becomes_the_statement_that_it_says(stack: cdk.Stack) -> None:
    conditions = {"StringEquals": {"aws:ResourceAccount": "111122223333"}}
    job_role(
        stack,
        Permission(
            actions=("s3:GetObject",), resources=["arn:aws:s3:::a/b"], conditions=conditions
        ),
    )
    assert only(stack, "AWS::IAM::ManagedPolicy")["PolicyDocument"]["Statement"] == [
        {
            "Effect": "Allow",
            "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::a/b",
            "Condition": conditions,
        }
    ]


def test_passing_a_role_is_held_to_the_services_that_are_named() -> None:
    statement = pass_roles(["arn:aws:iam::1:role/a"], ["lambda.amazonaws.com"]).statement()
    assert statement.to_statement_json()["Condition"] == {
        "StringEquals": {"iam:PassedToService": ["lambda.amazonaws.com"]}
    }


def test_a_wildcard_without_a_reason_is_refused(stack: cdk.Stack) -> None:
    with pytest.raises(
        ValueError, match="stack/Job/Policy: s3:GetObject on a wildcard needs a wildcard_reason"
    ):
        job_role(stack, Permission(actions=("s3:GetObject",), resources=["arn:aws:s3:::a/*"]))


def test_a_wildcard_inside_a_token_without_a_reason_is_refused(stack: cdk.Stack) -> None:
    hidden = cdk.Fn.join("", ["arn:aws:s3:::a/", "*"])
    with pytest.raises(ValueError, match="needs a wildcard_reason"):
        job_role(stack, Permission(actions=("s3:GetObject",), resources=[hidden]))


def test_a_reason_without_a_wildcard_is_refused(stack: cdk.Stack) -> None:
    with pytest.raises(ValueError, match="on named resources takes no wildcard_reason"):
        job_role(
            stack,
            Permission(
                actions=("s3:GetObject",), resources=["arn:aws:s3:::a/b"], wildcard_reason=REASON
            ),
        )


def test_a_wildcard_with_its_reason_is_acknowledged(stack: cdk.Stack) -> None:
    role = job_role(
        stack,
        Permission(
            actions=("s3:GetObject",), resources=["arn:aws:s3:::a/*"], wildcard_reason=REASON
        ),
    )
    [recorded] = [
        entry.data
        for child in role.policies[0].node.find_all()
        for entry in child.node.metadata
        if entry.type == "aws:cdk:acknowledged-rules"
    ]
    assert recorded == {"AwsSolutions::AwsSolutions-IAM5[Resource::arn:aws:s3:::a/*]": REASON}


def test_a_wildcard_with_two_reasons_is_acknowledged_with_both(stack: cdk.Stack) -> None:
    first, again, second = (
        Permission(actions=(action,), resources=["*"], wildcard_reason=reason)
        for action, reason in (
            ("cloudwatch:GetMetricData", REASON),
            ("cloudwatch:ListMetrics", REASON),
            ("cloudwatch:PutMetricData", "A metric has no ARN."),
        )
    )
    role = job_role(stack, first, again, second)
    [recorded] = [
        entry.data
        for child in role.policies[0].node.find_all()
        for entry in child.node.metadata
        if entry.type == "aws:cdk:acknowledged-rules"
    ]
    assert list(recorded.values()) == [f"{REASON} A metric has no ARN."]


def test_the_role_has_its_policy_its_path_and_its_boundary(stack: cdk.Stack) -> None:
    job_role(stack, Permission(actions=("s3:GetObject",), resources=["arn:aws:s3:::a/b"]))
    [policy_id] = Template.from_stack(stack).find_resources("AWS::IAM::ManagedPolicy")
    role = only(stack, "AWS::IAM::Role")
    assert role["ManagedPolicyArns"] == [{"Ref": policy_id}]
    assert role["Path"] == only(stack, "AWS::IAM::ManagedPolicy")["Path"] == "/shop/orders/"
    assert role["PermissionsBoundary"] == BOUNDARY
    assert "Policies" not in role


def test_what_a_construct_would_add_later_never_reaches_the_role(stack: cdk.Stack) -> None:
    permission = Permission(actions=("s3:GetObject",), resources=["arn:aws:s3:::a/b"])
    role = job_role(stack, permission).role
    role.add_to_principal_policy(
        iam.PolicyStatement(actions=["s3:PutObject"], resources=["arn:aws:s3:::a/b"])
    )
    role.add_managed_policy(iam.ManagedPolicy.from_aws_managed_policy_name("ReadOnlyAccess"))
    template = Template.from_stack(stack).to_json()
    assert "s3:PutObject" not in str(template)
    assert "ReadOnlyAccess" not in str(template)
    assert "AWS::IAM::Policy" not in {r["Type"] for r in template["Resources"].values()}


@pytest.mark.parametrize("service", SENDING)
def test_a_service_that_sends_its_source_is_held_to_it(stack: cdk.Stack, service: str) -> None:
    trusted = trusted_service(stack, service, source_arn=SOURCE)
    assert stack.resolve(trusted.policy_fragment.conditions) == {
        "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
        "ArnLike": {"aws:SourceArn": SOURCE},
    }


@pytest.mark.parametrize("service", SENDING)
def test_a_service_that_sends_its_source_needs_one(stack: cdk.Stack, service: str) -> None:
    with pytest.raises(ValueError, match=f"{service} needs source_arn: ") as error:
        trusted_service(stack, service)
    assert TRUSTS[service].because in str(error.value)


@pytest.mark.parametrize("service", SILENT)
def test_a_service_that_sends_no_source_takes_none(stack: cdk.Stack, service: str) -> None:
    assert not trusted_service(stack, service).policy_fragment.conditions
    with pytest.raises(ValueError, match=f"{service} takes no source_arn: ") as error:
        trusted_service(stack, service, source_arn=SOURCE)
    assert TRUSTS[service].because in str(error.value)


def test_a_service_that_nobody_looked_up_is_refused(stack: cdk.Stack) -> None:
    with pytest.raises(ValueError, match=r"glue\.amazonaws\.com: add it to TRUSTS"):
        trusted_service(stack, "glue.amazonaws.com", source_arn=SOURCE)
