"""Who makes a call, as an event says it.

A service that acts by itself, under a role that trusts nobody else, is named as `invokedBy`. What
code does under its role (a function, a build) it does itself.
"""

import json
from collections.abc import Mapping
from typing import Any

from rehearsal.world.inside.setting import Setting

ACTING = frozenset(
    {
        "cloudformation.amazonaws.com",
        "cloudtrail.amazonaws.com",
        "codedeploy.amazonaws.com",
        "codepipeline.amazonaws.com",
        "config.amazonaws.com",
        "events.amazonaws.com",
        "scheduler.amazonaws.com",
        "states.amazonaws.com",
    }
)
ANONYMOUS = {"type": "AWSAccount", "principalId": "", "accountId": "anonymous"}


def identity(world: Setting, access_key: str, account: str) -> dict[str, Any]:
    """The event's `userIdentity` for whom the access key belongs to."""
    found = world.seams.get("iam_evaluator.resolve_credential")(access_key, account)
    arn = getattr(found, "principal_arn", "")
    if not access_key or not arn:
        return {**ANONYMOUS, **({"accessKeyId": access_key} if access_key else {})}
    who = {
        "type": "IAMUser" if found.principal_type == "User" else found.principal_type,
        "principalId": found.principal_id,
        "arn": arn,
        "accountId": found.account_id,
        # A root user's "key" is its account here.
        "accessKeyId": access_key,
    }
    if found.principal_type == "User":
        who["userName"] = found.principal_name
    if found.principal_type == "AssumedRole":
        who |= _session(world, account, arn, access_key)
    return who


def role_of(world: Setting, account: str, session_arn: str) -> Mapping[str, Any]:
    """The role of a session; nothing where there is none of that name any more."""
    name = session_arn.split("/")[1]
    return world.seams.get("iam._roles").get_scoped(account, None, name) or {}


def service_of(role: Mapping[str, Any]) -> str:
    """The one service that assumes the role; empty where anybody else may, too."""
    document = role.get("AssumeRolePolicyDocument") or {}
    document = json.loads(document) if isinstance(document, str) else document
    statements = document.get("Statement", [])
    named: set[str] = set()
    for statement in [statements] if isinstance(statements, dict) else statements:
        principal = statement.get("Principal")
        if not isinstance(principal, dict) or set(principal) != {"Service"}:
            return ""
        services = principal["Service"]
        named |= {services} if isinstance(services, str) else set(services)
    return named.pop() if len(named) == 1 else ""


def _session(world: Setting, account: str, arn: str, access_key: str) -> dict[str, Any]:
    role = role_of(world, account, arn)
    issuer = {
        "type": "Role",
        "principalId": role.get("RoleId", ""),
        "arn": role.get("Arn", f"arn:aws:iam::{account}:role/{arn.split('/')[1]}"),
        "accountId": account,
        "userName": arn.split("/")[1],
    }
    context = {"sessionIssuer": issuer, "attributes": {"mfaAuthenticated": "false"}}
    service = service_of(role)
    invoked = {"invokedBy": service} if service in ACTING else {}
    return {"accessKeyId": access_key, "sessionContext": context, **invoked}
