"""Above each role of the delivery stands a boundary."""

from collections.abc import Iterable

from lockgate.rules.rule import Resource, Rule, Template, properties

# People's roles are judged by what they deny; a boundary would bound the deploying roles they make.
PEOPLE = "/people/"


def _breaches(resource: Resource, _template: Template) -> Iterable[str]:
    role = properties(resource)
    if not role.get("PermissionsBoundary") and PEOPLE not in str(role.get("Path", "/")):
        yield "PermissionsBoundary"


RULE = Rule(
    id="LG-Boundary",
    what="A role has no permissions boundary: whoever may change its policy may give it "
    "everything.",
    fix="Give the role one of the delivery's boundaries as its PermissionsBoundary.",
    source="AWS Well-Architected Framework, SEC03-BP05",
    resource_types=("AWS::IAM::Role",),
    breaches=_breaches,
)
