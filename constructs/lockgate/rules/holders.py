"""Which roles of a template hold which of its policies."""

from collections.abc import Iterator

from lockgate.rules.rule import Resource, Template, listed, properties, resources
from lockgate.rules.statements import IDENTITY_POLICIES, text

ROLE = "AWS::IAM::Role"


def policies_of(logical_id: str, template: Template) -> dict[str, Resource]:
    """The template's policies that a role names, or that name it, by logical id."""
    role = resources(template, ROLE).get(logical_id, {})
    named = {text(arn) for arn in listed(properties(role).get("ManagedPolicyArns"))}
    return {
        name: policy
        for kind in IDENTITY_POLICIES
        for name, policy in resources(template, kind).items()
        if f"<{name}>" in named
        or f"<{logical_id}>" in {text(each) for each in listed(properties(policy).get("Roles"))}
    }


def holders(policy: Resource, template: Template) -> Iterator[Resource]:
    """The roles that hold a policy; a role holds what is written into itself."""
    for logical_id, role in resources(template, ROLE).items():
        held = policies_of(logical_id, template).values()
        if role is policy or any(each is policy for each in held):
            yield role
