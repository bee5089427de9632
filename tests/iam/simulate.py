"""Whether a role of a synthesized delivery may make a request.

By its policies, its boundary and the policies of what it asks for, under names as a deployment
would make them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from tests.assembly import Assembly
from tests.iam.concrete import account, arn_of, concrete, concrete_statement
from tests.iam.decision import Request, allowed, applies
from tests.iam.policies import (
    EVERYTHING,
    MANAGED_POLICY,
    Role,
    Statement,
    parse,
    resource_statements,
    roles,
    text,
)


@dataclass(frozen=True, kw_only=True)
class Actor:
    """A role that makes requests.

    Attributes:
        role: as the template has it.
        arn: its ARN.
        bound: its boundary's ARN.
        own: what its policies say.
        boundary: what its boundary says.
    """

    role: Role
    arn: str
    bound: str
    own: tuple[Statement, ...]
    boundary: tuple[Statement, ...]

    @property
    def job(self) -> str:
        """What the role is for; it stays when a construct moves."""
        return str(self.role.properties["Description"])


@lru_cache(maxsize=4)
def actors(assembly: Assembly) -> tuple[Actor, ...]:
    """Every role."""
    return tuple(actor(assembly, role) for role in roles(assembly))


def actor(assembly: Assembly, role: Role) -> Actor:
    """A role with its policies and boundary, concrete."""
    return Actor(
        role=role,
        arn=arn_of(assembly, role.stack, role.logical_id),
        bound=concrete(assembly, role.stack, role.boundary),
        own=tuple(concrete_statement(assembly, each) for each in role.statements),
        boundary=_boundary(assembly, role.boundary.rpartition("/")[2]),
    )


def may(assembly: Assembly, who: Actor, request: Request) -> bool:
    """Whether IAM lets the role do it ("Policy evaluation logic", IAM User Guide).

    What the account's own resources say counts as well: a deny always, an allow that names the
    role as an allow of its own. A key also has to let the account's IAM decide.
    """
    request = replace(request, context=_context(assembly, who) | dict(request.context))
    service = request.action.partition(":")[0]
    about = [each for each in _resource_policies(assembly, service) if applies(each, request)]
    denied = any(not each.allows and _names(each, who, account(assembly)) for each in about)
    named = [each for each in about if each.allows and (("AWS", who.arn) in each.principals)]
    own = [*who.own, *(replace(each, resources=(request.resource,)) for each in named)]
    return (
        not denied
        and allowed(request, own, who.boundary)
        and (bool(named) or _left_to_iam(assembly, request, about))
    )


def _context(assembly: Assembly, who: Actor) -> dict[str, str]:
    """What IAM is told with each request, where the request says nothing else."""
    return {
        "aws:PrincipalArn": who.arn,
        "aws:ResourceAccount": account(assembly),
        "aws:SecureTransport": "true",
    }


def _left_to_iam(assembly: Assembly, request: Request, about: Iterable[Statement]) -> bool:
    """Whether the policies of the account's roles decide about a key of the delivery."""
    if request.resource not in _keys(assembly):
        return True
    root = ("AWS", f"arn:aws:iam::{account(assembly)}:root")
    return any(each.allows and root in each.principals for each in about)


@lru_cache(maxsize=4)
def _keys(assembly: Assembly) -> frozenset[str]:
    found = assembly.resources("AWS::KMS::Key")
    return frozenset(arn_of(assembly, stack, logical_id) for stack, logical_id, _ in found)


def _names(statement: Statement, who: Actor, own_account: str) -> bool:
    known = {"*", who.arn, f"arn:aws:iam::{own_account}:root"}
    return any(kind == "AWS" and whom in known for kind, whom in statement.principals)


@lru_cache(maxsize=20)
def _boundary(assembly: Assembly, name: str) -> tuple[Statement, ...]:
    """The statements of the boundary that a role names; a role without one has all that it says."""
    for stack, logical_id, properties in assembly.resources(MANAGED_POLICY):
        if name and properties.get("ManagedPolicyName") == name:
            found = parse(f"{stack}/{logical_id}", properties["PolicyDocument"])
            return tuple(concrete_statement(assembly, each) for each in found)
    return (EVERYTHING,)


@lru_cache(maxsize=200)
def _resource_policies(assembly: Assembly, service: str) -> tuple[Statement, ...]:
    """What resources' policies say of a service's actions."""
    return tuple(
        _on_its_own(assembly, each)
        for each in resource_statements(assembly)
        if any(action == "*" or action.partition(":")[0] == service for action in each.actions)
    )


def _on_its_own(assembly: Assembly, statement: Statement) -> Statement:
    """A statement on the very resource that has the policy: a key's and a secret's say *."""
    stack, _, logical_id = statement.where.partition("/")
    made = concrete_statement(assembly, statement)
    resource = assembly.templates[stack]["Resources"][logical_id]
    match resource["Type"]:
        case "AWS::KMS::Key":
            return replace(made, resources=(arn_of(assembly, stack, logical_id),))
        case "AWS::SecretsManager::ResourcePolicy":
            secret = concrete(assembly, stack, text(resource["Properties"]["SecretId"]))
            return replace(made, resources=(secret,))
    return made
