"""A role is handed to the services that are named."""

from collections.abc import Iterable

from lockgate.rules.rule import Resource, Rule, Template
from lockgate.rules.statements import IDENTITY_POLICIES, granted

PASSED_TO = "iam:PassedToService"


def _breaches(resource: Resource, template: Template) -> Iterable[str]:
    for statement in granted(resource, template):
        services = statement.required(PASSED_TO)
        if statement.takes("iam:PassRole") and not (services and "*" not in "".join(services)):
            yield f"{statement.where}.Condition"


RULE = Rule(
    id="LG-PassRole",
    what="A policy lets roles be handed to any service: whoever may also start something there "
    "runs it as that role.",
    fix="Require iam:PassedToService (StringEquals) with the services that get the role.",
    source="IAM User Guide, Grant a user permissions to pass a role to an AWS service",
    resource_types=("AWS::IAM::Role", *IDENTITY_POLICIES),
    breaches=_breaches,
)
