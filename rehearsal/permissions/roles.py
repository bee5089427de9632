"""The delivery's own roles in a world, with the policies that IAM has for them now."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rehearsal.assembly import Stack
from rehearsal.permissions.statements import (
    HASH,
    Statement,
    key_of,
    listed,
    same,
    told_apart,
    without,
)
from rehearsal.world.world import World

ROLE, POLICIES = "AWS::IAM::Role", ("AWS::IAM::ManagedPolicy", "AWS::IAM::Policy")
# CloudFormation's own roles have a proof of their own: tests/rehearsal/world/test_iam_stacks.py.
# So have people's, whom an account or an identity provider lets in: tests/iam/test_people.py.
ELSEWHERE = ("cloudformation.amazonaws.com", ":root", ":saml-provider/")


class PolicyError(Exception):
    """What IAM has is not what the template says; the message says where."""


def statements(world: World, stacks: Iterable[Stack]) -> list[Statement]:
    """All statements of the stacks' roles, but for CloudFormation's and people's.

    Raises:
        PolicyError: a policy in IAM is another than in the template.
    """
    return told_apart(each for stack in stacks for each in _of_stack(world, stack))


@contextmanager
def instead(world: World, statement: Statement, number: int | None) -> Iterator[None]:
    """Inside, the policy is a new version of itself: without a statement, or the same.

    Args:
        world: where.
        statement: whose policy.
        number: which statement is gone; none if it is to be the same.
    """
    before = _read(world, statement)
    _write(world, statement, before if number is None else without(before, number))
    try:
        yield
    finally:
        _write(world, statement, before)


def _of_stack(world: World, stack: Stack) -> Iterator[Statement]:
    physical, iam = _physical(world, stack.name), world.client("iam")
    logical = {name: identity for identity, name in physical.items()}
    for identity, role in stack.of_type(ROLE).items():
        trust = json.dumps(role["AssumeRolePolicyDocument"])
        if any(each in trust for each in ELSEWHERE):
            continue
        name = physical[identity]
        inline = iam.list_role_policies(RoleName=name)["PolicyNames"]
        attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
        policies = {each["PolicyArn"]: logical[each["PolicyArn"]] for each in attached}
        for policy, resource in {**policies, **dict.fromkeys(inline, identity)}.items():
            document = _document(iam, name, policy)
            if not same(_said(stack, resource, policy), document):
                raise PolicyError(f"{stack.name}: {policy} is another in IAM than in the template")
            yield from (
                Statement(
                    stack=stack.name,
                    label=HASH.sub("", identity),
                    role=name,
                    resource=resource,
                    policy=policy,
                    number=number,
                    key=key_of(content),
                    content=content,
                )
                for number, content in enumerate(listed(document["Statement"]))
            )


def _said(stack: Stack, resource: str, policy: str) -> object:
    """A policy as the template has it."""
    if policy.startswith("arn:"):
        return stack.template["Resources"][resource]["Properties"]["PolicyDocument"]
    own = stack.of_type(ROLE)[resource].get("Policies", ())
    beside = stack.of_type(POLICIES[1]).values()
    found = [each["PolicyDocument"] for each in (*own, *beside) if each["PolicyName"] == policy]
    return found[0] if found else None


def _physical(world: World, stack: str) -> dict[str, str]:
    pages = world.client("cloudformation").get_paginator("list_stack_resources")
    return {
        each["LogicalResourceId"]: each["PhysicalResourceId"]
        for page in pages.paginate(StackName=stack)
        for each in page["StackResourceSummaries"]
        if each["ResourceType"] in (ROLE, *POLICIES)
    }


def _read(world: World, statement: Statement) -> dict[str, Any]:
    return _document(world.client("iam"), statement.role, statement.policy)


def _document(iam: Any, role: str, policy: str) -> dict[str, Any]:  # noqa: ANN401 - boto3 has no types
    if not policy.startswith("arn:"):
        found = iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
        return dict(found)
    version = iam.get_policy(PolicyArn=policy)["Policy"]["DefaultVersionId"]
    found = iam.get_policy_version(PolicyArn=policy, VersionId=version)["PolicyVersion"]["Document"]
    return dict(json.loads(found) if isinstance(found, str) else found)


def _write(world: World, statement: Statement, content: Mapping[str, Any]) -> None:
    iam, text, arn = world.client("iam"), json.dumps(content), statement.policy
    if not arn.startswith("arn:"):
        iam.put_role_policy(RoleName=statement.role, PolicyName=arn, PolicyDocument=text)
        return
    # A policy has five versions at most, and each release may have made one.
    for each in iam.list_policy_versions(PolicyArn=arn)["Versions"]:
        if not each["IsDefaultVersion"]:
            iam.delete_policy_version(PolicyArn=arn, VersionId=each["VersionId"])
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=text, SetAsDefault=True)
