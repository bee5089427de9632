"""A hook reports on deployments of its own group alone."""

import re
from collections.abc import Iterable

from lockgate.rules.rule import Resource, Rule, Template
from lockgate.rules.statements import IDENTITY_POLICIES, granted

REPORT = "codedeploy:PutLifecycleEventHookExecutionStatus"
# The application, then the group.
ONE_GROUP = re.compile(r"arn:.+:deploymentgroup:[^*?/]+/[^*?/]+")


def _breaches(resource: Resource, template: Template) -> Iterable[str]:
    for statement in granted(resource, template):
        if statement.takes(REPORT):
            groups = statement.resources
            if len(groups) != 1 or not ONE_GROUP.fullmatch(groups[0]):
                yield f"{statement.where}.Resource"


RULE = Rule(
    id="LG-HookReport",
    what="A policy lets its holder report hooks of more than one deployment group: it could call "
    "any release good, and CodeDeploy believes whoever reports first.",
    fix="Give the action one Resource, the ARN of the deployment group "
    "(arn:...:deploymentgroup:APPLICATION/GROUP).",
    source="CodeDeploy API Reference, PutLifecycleEventHookExecutionStatus; Service Authorization "
    "Reference, AWS CodeDeploy",
    resource_types=("AWS::IAM::Role", *IDENTITY_POLICIES),
    breaches=_breaches,
)
