"""What CloudFormation calls for roles, policies and secrets."""

from collections.abc import Iterator
from typing import Any

from rehearsal.world.inside.plugins.iam.check import Check
from rehearsal.world.inside.plugins.iam.encryption import key_uses
from rehearsal.world.inside.plugins.iam.stack_actions import Step


def role(step: Step) -> Iterator[Check]:
    """A role, its policies and its boundary."""
    arn = _arn(step, "role", step.name)
    boundary = {"iam:PermissionsBoundary": step.new.get("PermissionsBoundary") or None}
    if step.verb == "create":
        yield from step.each(arn, "iam:CreateRole", **boundary)
    for name, action in (
        ("AssumeRolePolicyDocument", "iam:UpdateAssumeRolePolicy"),
        ("Description", "iam:UpdateRoleDescription"),
        ("MaxSessionDuration", "iam:UpdateRole"),
    ):
        if step.verb == "update" and step.changed(name):
            yield from step.each(arn, action)
    if step.verb == "update" and step.changed("PermissionsBoundary"):
        verb = "Put" if boundary["iam:PermissionsBoundary"] else "Delete"
        held = (
            boundary
            if verb == "Put"
            else {"iam:PermissionsBoundary": step.old["PermissionsBoundary"]}
        )
        yield from step.each(arn, f"iam:{verb}RolePermissionsBoundary", **held)
    yield from _attachments(step, arn, boundary)
    for name in _inline(step):
        yield from step.each(arn, f"iam:{name}RolePolicy", **boundary)
    if step.changed("Tags"):
        yield from step.each(arn, "iam:TagRole")
    yield from step.each(arn, "iam:DeleteRole" if step.verb == "delete" else "iam:GetRole")


def _attachments(step: Step, arn: str, boundary: dict[str, Any]) -> Iterator[Check]:
    there, wanted = _listed(step, "ManagedPolicyArns")
    for action, policies in (("Attach", wanted - there), ("Detach", there - wanted)):
        for policy in sorted(policies):
            yield from step.each(
                arn, f"iam:{action}RolePolicy", **boundary, **{"iam:PolicyARN": policy}
            )


def _inline(step: Step) -> Iterator[str]:
    def named(properties: Any) -> dict[str, Any]:
        return {each["PolicyName"]: each for each in properties.get("Policies") or ()}

    there = named(step.new if step.verb == "delete" else step.old)
    wanted = {} if step.verb == "delete" else named(step.new)
    yield from ("Put" for name, policy in wanted.items() if there.get(name) != policy)
    yield from ("Delete" for name in there if name not in wanted)


def _listed(step: Step, name: str) -> tuple[set[str], set[str]]:
    """What of a list is there, and what is to be there."""
    if step.verb == "delete":
        return set(step.new.get(name) or ()), set()
    return set(step.old.get(name) or ()), set(step.new.get(name) or ())


def managed_policy(step: Step) -> Iterator[Check]:
    """A policy, and the roles that it is attached to from its own side."""
    arn = step.physical or _arn(step, "policy", step.name)
    if step.verb == "create":
        yield from step.each(arn, "iam:CreatePolicy")
    elif step.changed("PolicyDocument"):
        yield from step.each(arn, "iam:ListPolicyVersions", "iam:CreatePolicyVersion")
    there, wanted = _listed(step, "Roles")
    for action, names in (("Attach", wanted - there), ("Detach", there - wanted)):
        for name in sorted(names):
            held = {"iam:PolicyARN": arn, "iam:PermissionsBoundary": step.boundary(name)}
            yield from step.each(step.role(name), f"iam:{action}RolePolicy", **held)
    if step.verb == "delete":
        yield from step.each(arn, "iam:ListPolicyVersions", "iam:DeletePolicy")
    else:
        yield from step.each(arn, "iam:GetPolicy")


def secret(step: Step) -> Iterator[Check]:
    """A secret; who makes it needs its key, by its policy or theirs."""
    arn = step.physical or step.where.arn("secretsmanager", f"secret:{step.name}-AAAAAA")
    if step.verb == "delete":
        yield from step.each(arn, "secretsmanager:DeleteSecret")
        return
    if step.changed("GenerateSecretString"):
        yield from step.each("*", "secretsmanager:GetRandomPassword")
    verb = "CreateSecret" if step.verb == "create" else "UpdateSecret"
    yield from step.each(arn, f"secretsmanager:{verb}", **{"secretsmanager:Name": step.name})
    if step.changed("Tags"):
        yield from step.each(arn, "secretsmanager:TagResource")
    key = str(step.new.get("KmsKeyId") or "")
    if key and step.changed("KmsKeyId", "SecretString", "GenerateSecretString"):
        yield from key_uses(
            step.key(key),
            "secretsmanager",
            ("GenerateDataKey", "Decrypt"),
            step.where,
            {"SecretARN": arn},
        )
    yield from step.each(arn, "secretsmanager:DescribeSecret")


def secret_policy(step: Step) -> Iterator[Check]:
    """A secret's policy."""
    verb = "DeleteResourcePolicy" if step.verb == "delete" else "PutResourcePolicy"
    yield from step.each(str(step.new.get("SecretId")), f"secretsmanager:{verb}")


def _arn(step: Step, kind: str, name: str) -> str:
    return f"arn:aws:iam::{step.where.account}:{kind}{step.new.get('Path') or '/'}{name}"
