"""Sessions of roles, to find out what IAM says to them."""

import itertools
import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from rehearsal.world.world import World

REGION, ACCOUNT = "eu-central-1", "111122223333"
DENIALS = {"AccessDenied", "AccessDeniedException", "AuthorizationError", "403"}
_NUMBERS = itertools.count()

Statement = dict[str, Any]


def arn(service: str, resource: str) -> str:
    """The ARN of a resource in the world's account and region."""
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"


def allow(action: str, resource: str | list[str], **conditions: dict[str, Any]) -> Statement:
    """A statement."""
    found: Statement = {"Effect": "Allow", "Action": action.split(), "Resource": resource}
    return {**found, "Condition": conditions} if conditions else found


def document(*statements: Statement) -> str:
    """A policy."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def role_for(
    world: World, service: str, *statements: Statement, name: str = "", path: str = "/"
) -> str:
    """The ARN of a role that a service, or the account where none is named, may assume."""
    who = {"Service": service} if service else {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    trust = {"Effect": "Allow", "Principal": who, "Action": "sts:AssumeRole"}
    iam, name = world.client("iam"), name or f"role-{next(_NUMBERS)}"
    made = iam.create_role(RoleName=name, Path=path, AssumeRolePolicyDocument=document(trust))
    if statements:
        iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=document(*statements))
    return str(made["Role"]["Arn"])


def acting(world: World, *statements: Statement, path: str = "/") -> Callable[[str], Any]:
    """Clients of somebody who may do what the statements say."""
    return session(world, role_for(world, "", *statements, path=path))


def session(world: World, role: str) -> Callable[[str], Any]:
    """Clients that act as a role."""
    given = world.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    found = boto3.Session(
        given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"], REGION
    )
    return lambda service: world.client(service, found)


def denial(call: Callable[[], object]) -> str:
    """What IAM says to a call; empty where it lets it pass, whatever becomes of it then."""
    try:
        call()
    except ClientError as error:
        wrong = error.response["Error"]
        return wrong["Message"] if wrong["Code"] in DENIALS else ""
    return ""


def assert_decides(
    world: World,
    call: Callable[[Callable[[str], Any]], object],
    right: list[Statement],
    wrong: list[Statement],
    names: str,
) -> None:
    """Whoever has the right statements may make the call; with the wrong ones it is denied."""
    assert denial(lambda: call(acting(world, *right))) == ""
    said = denial(lambda: call(acting(world, *wrong)))
    if not said:
        pytest.fail(f"allowed by {wrong}")
    assert names in said or said == "Forbidden", said
