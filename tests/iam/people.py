"""People's roles in a synthesized delivery, and what they may do to what it has."""

from collections.abc import Sequence
from functools import lru_cache

from tests.assembly import Assembly
from tests.iam.decision import Request, allowed
from tests.iam.policies import Role, boundary_statements, roles

ENGINEER, ANALYST = "devops-engineer", "security-analyst"
ADMINISTRATOR, BREAK_GLASS = "cloud-administrator", "break-glass"
PEOPLE = (ENGINEER, ANALYST, ADMINISTRATOR, BREAK_GLASS)
REGIONLESS = {"iam", "s3", "sts"}


@lru_cache(maxsize=8)
def role_of(assembly: Assembly, name: str) -> Role:
    """One of the roles for people, by its name behind the delivery's."""
    [found] = [r for r in roles(assembly) if r.name == f"{assembly.delivery.name}-{name}"]
    return found


def may(
    assembly: Assembly, name: str, action: str, resource: str, context: Sequence[tuple[str, str]]
) -> bool:
    """Whether a person with that role may do it, within the boundary."""
    request = Request(action=action, resource=resource, context=dict(context))
    own = role_of(assembly, name).statements
    return allowed(request, own, boundary_statements(assembly, "people"))


def in_account(assembly: Assembly, service: str, resource: str, *, region: bool = True) -> str:
    """An ARN of the toolchain's account, as the templates write it."""
    toolchain = assembly.delivery.toolchain
    partition = "aws" if toolchain.region else "<AWS::Partition>"
    place = (toolchain.region or "<AWS::Region>") if region and service not in REGIONLESS else ""
    account = toolchain.account or "<AWS::AccountId>"
    return f"arn:{partition}:{service}:{place}:{account}:{resource}"
