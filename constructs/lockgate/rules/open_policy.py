"""No resource is open to everybody."""

from collections.abc import Iterable

from lockgate.rules.rule import Resource, Rule, Template
from lockgate.rules.statements import RESOURCE_POLICIES, Statement, shared

# What keeps everybody down to some; a service's source is for LG-ConfusedDeputy.
WHO = (
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalOrgID",
    "aws:SourceAccount",
    "aws:SourceArn",
    "kms:CallerAccount",
)


def _breaches(resource: Resource, _template: Template) -> Iterable[str]:
    for statement in shared(resource):
        everybody = any(kind == "AWS" and who == "*" for kind, who in statement.principals)
        if statement.allows and everybody and not _held(statement):
            yield f"{statement.where}.Principal"


def _held(statement: Statement) -> bool:
    return any(value != "*" for key in WHO for value in statement.required(key))


RULE = Rule(
    id="LG-OpenPolicy",
    what="The resource's policy lets everybody in: every AWS account, and for some services "
    "anybody without one.",
    fix="Name the role or the account, or require aws:PrincipalOrgID, aws:PrincipalAccount or "
    "aws:SourceAccount.",
    source="AWS Foundational Security Best Practices, S3.2, KMS.5 and SNS.4",
    resource_types=tuple(RESOURCE_POLICIES),
    breaches=_breaches,
)
