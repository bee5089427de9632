"""The roles of an assembly as `aws iam get-account-authorization-details` would have them."""

import re
from typing import Any

from tests.assembly import Assembly
from tests.iam.policies import Role, Statement, roles

ACCOUNT = "111122223333"
KNOWN = {
    "<AWS::Partition>": "aws",
    "<AWS::Region>": "eu-central-1",
    "<AWS::AccountId>": ACCOUNT,
}


def details(assembly: Assembly) -> dict[str, Any]:
    """Each role, with all that it may do in one policy; what is known at deployment is `token`."""
    return {
        "UserDetailList": [],
        "GroupDetailList": [],
        "RoleDetailList": [_role(each, number) for number, each in enumerate(roles(assembly))],
        "Policies": [],
    }


def _role(role: Role, number: int) -> dict[str, Any]:
    return {
        "Path": "/",
        "RoleName": role.where.replace("/", "."),
        "RoleId": f"AROA{number:016}",
        "Arn": f"arn:aws:iam::{ACCOUNT}:role/{role.logical_id}",
        "CreateDate": "2026-01-01T00:00:00+00:00",
        "AssumeRolePolicyDocument": _document(role.trust),
        "InstanceProfileList": [],
        "RolePolicyList": [
            {"PolicyName": role.where, "PolicyDocument": _document(role.statements)}
        ],
        "AttachedManagedPolicies": [],
        "Tags": [],
    }


def _document(statements: tuple[Statement, ...]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [_statement(each) for each in statements]}


def _statement(each: Statement) -> dict[str, Any]:
    said: dict[str, Any] = {"Effect": each.effect, "Action": list(each.actions)}
    if each.principals:
        said["Principal"] = {kind: _known(who) for kind, who in each.principals}
    else:
        said["Resource"] = [_known(arn) for arn in each.resources]
    if each.conditions:
        said["Condition"] = {
            operator: {_known(key): [_known(value) for value in values]}
            for operator, keys in each.conditions.items()
            for key, values in keys.items()
        }
    return said


def _known(text: str) -> str:
    return re.sub("<[^>]+>", lambda found: KNOWN.get(found[0], "token"), text)
