"""A role for one job."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct, IConstruct

from lockgate.acknowledge import acknowledge_resources, flatten
from lockgate.permissions import Permission

# IAM counts 6,144 characters of a managed policy, white space apart ("IAM and AWS STS quotas").
POLICY_CHARACTERS = 6144
DOCUMENT_CHARACTERS = len('{"Statement":[],"Version":"2012-10-17"}')
# How long what stands between < and > becomes at most: an ARN with a generated name.
GENERATED_CHARACTERS = 160
PSEUDO_CHARACTERS = 14


class JobRole(Construct):
    """A role that one job uses, with exactly the permissions stated and closed to more.

    The permissions stand in managed policies of its own (NIST 800-53 AC-6 asks for no inline
    policies), as many as they need, which exist before anything can assume the role. `role`
    ignores whatever a CDK construct would add later. Costs nothing.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        job: str,
        trust: iam.IPrincipal,
        permissions: Sequence[Permission],
        path: str,
        boundary: iam.IManagedPolicy | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(scope, id_)
        self.policies: list[iam.ManagedPolicy] = []
        for number, some in enumerate(policies(self, permissions), start=1):
            policy = iam.ManagedPolicy(
                self,
                "Policy" if number == 1 else f"Policy{number}",
                description=job,
                path=path,
                statements=[permission.statement() for permission in some],
            )
            acknowledge_wildcards(policy, some)
            self.policies.append(policy)
        role = iam.Role(
            self,
            "Role",
            role_name=name,
            description=job,
            assumed_by=trust,
            managed_policies=[*self.policies],
            path=path,
            permissions_boundary=boundary,
        )
        self.role: iam.IRole = role.without_policy_updates()


def acknowledge_wildcards(policy: iam.ManagedPolicy, permissions: Sequence[Permission]) -> None:
    """Acknowledge each resource with a wildcard by its permissions' reasons.

    Raises:
        ValueError: a resource has a wildcard and its permission gives no reason, or the other
            way round.
    """
    resolved = _resolved(policy, [list(each.resources) for each in permissions])
    reasons: dict[str, dict[str, None]] = {}
    for permission, resources in zip(permissions, resolved, strict=True):
        wild = [flat for each in resources if "*" in (flat := flatten(each))]
        if bool(wild) != bool(permission.wildcard_reason):
            raise ValueError(
                f"{policy.node.path}: {', '.join(permission.actions)} on "
                f"{'a wildcard needs a' if wild else 'named resources takes no'} wildcard_reason"
            )
        for resource in wild:
            reasons.setdefault(resource, {})[permission.wildcard_reason or ""] = None
    acknowledge_resources(policy, {name: " ".join(given) for name, given in reasons.items()})


def policies(
    scope: IConstruct, permissions: Sequence[Permission]
) -> Iterator[Sequence[Permission]]:
    """The permissions in their order, cut where a policy would grow too large for IAM."""
    some: list[Permission] = []
    room = POLICY_CHARACTERS - DOCUMENT_CHARACTERS
    statements = _resolved(scope, [_statement(permission) for permission in permissions])
    for permission, statement in zip(permissions, statements, strict=True):
        size = _characters(statement)
        if some and size > room:
            yield some
            some, room = [], POLICY_CHARACTERS - DOCUMENT_CHARACTERS
        some.append(permission)
        room -= size
    yield some


def _resolved(scope: IConstruct, values: Sequence[object]) -> Sequence[Any]:
    """The values without tokens, all at once: each question to the CDK takes a millisecond."""
    resolved: Sequence[Any] = cdk.Stack.of(scope).resolve(values)
    return resolved


def _statement(permission: Permission) -> dict[str, object]:
    """The permission as a policy has it."""
    statement: dict[str, object] = {
        "Action": _one_or_more(permission.actions),
        "Effect": "Allow",
        "Resource": _one_or_more(permission.resources),
    }
    if permission.conditions:
        statement["Condition"] = permission.conditions
    return statement


def _one_or_more(values: Sequence[str]) -> object:
    return values[0] if len(values) == 1 else list(values)


def _characters(statement: object) -> int:
    """How long a statement may become once CloudFormation has filled in what it makes."""
    text = re.sub(r"\s", "", json.dumps(_flat(statement)))
    pseudo = len(re.findall(r"<AWS::\w+>", text))
    generated = len(re.findall(r"<[^>]*>", text)) - pseudo
    known = re.sub(r"<[^>]*>", "", text)
    # The comma between two statements counts as well.
    return len(known) + pseudo * PSEUDO_CHARACTERS + generated * GENERATED_CHARACTERS + 1


def _flat(value: object) -> object:
    """The statement with its intrinsic functions as texts, what is generated between < and >."""
    match value:
        case {"Fn::ImportValue": _}:
            return "<imported>"
        case {"Fn::Join": _} | {"Fn::GetAtt": _} | {"Ref": _}:
            return flatten(value)
        case dict():
            return {key: _flat(each) for key, each in value.items()}
        case list():
            return [_flat(each) for each in value]
    return value
