"""What builds pull requests has nothing that their code could take, or pass on."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lockgate.rules.holders import policies_of
from lockgate.rules.rule import Resource, Rule, Template, listed, mapping, properties, resources
from lockgate.rules.statements import granted, text

PULL_REQUEST = "PULL_REQUEST"
SECRET_TYPES = {"PARAMETER_STORE", "SECRETS_MANAGER"}
# Who can merge by themselves, more or less: those that a review would be asked of.
APPROVERS = {
    "BITBUCKET_ADMIN",
    "GITHUB_ADMIN",
    "GITHUB_MAINTAIN",
    "GITLAB_MAINTAINER",
    "GITLAB_OWNER",
}
NEVER = (
    "s3:PutObject",
    "secretsmanager:GetSecretValue",
    "ssm:GetParameter",
    "ssm:GetParameters",
    "ssm:GetParametersByPath",
)


def _breaches(resource: Resource, template: Template) -> Iterable[str]:
    project = properties(resource)
    triggers = mapping(project.get("Triggers"))
    if not _builds_pull_requests(triggers):
        return
    yield from _handed(project)
    yield from _approved(mapping(triggers.get("PullRequestBuildPolicy")))
    yield from _allowed(text(project.get("ServiceRole")), template)


def _builds_pull_requests(triggers: Mapping[str, Any]) -> bool:
    """Whether its webhook does; one without filters builds whatever happens."""
    if triggers.get("Webhook", False) is False:
        return False
    groups = [listed(group) for group in listed(triggers.get("FilterGroups"))]
    events = [
        mapping(each).get("Pattern")
        for group in groups
        for each in group
        if mapping(each).get("Type") == "EVENT"
    ]
    return not groups or any(PULL_REQUEST in str(pattern) for pattern in events)


def _handed(project: Mapping[str, Any]) -> Iterator[str]:
    environment = mapping(project.get("Environment"))
    for index, found in enumerate(listed(environment.get("EnvironmentVariables"))):
        if mapping(found).get("Type", "PLAINTEXT") in SECRET_TYPES:
            yield f"Environment.EnvironmentVariables.{index}.Type"
    if mapping(project.get("Artifacts")).get("Type") != "NO_ARTIFACTS":
        yield "Artifacts.Type"
    # A file of the source would be the pull request's own.
    if "\n" not in str(mapping(project.get("Source")).get("BuildSpec", "")).strip():
        yield "Source.BuildSpec"


def _approved(policy: Mapping[str, Any]) -> Iterator[str]:
    if policy.get("RequiresCommentApproval") != "ALL_PULL_REQUESTS":
        yield "Triggers.PullRequestBuildPolicy.RequiresCommentApproval"
    approvers = {str(role) for role in listed(policy.get("ApproverRoles"))}
    if not approvers or approvers - APPROVERS:
        yield "Triggers.PullRequestBuildPolicy.ApproverRoles"


def _allowed(service_role: str, template: Template) -> Iterator[str]:
    found = re.fullmatch(r"<(\w+)\.Arn>", service_role)
    logical_id = found[1] if found else ""
    role = resources(template, "AWS::IAM::Role").get(logical_id)
    if role is None:
        yield "ServiceRole (in another template: nobody can judge what it may do)"
        return
    policies = policies_of(logical_id, template)
    held = [text(arn) for arn in listed(properties(role).get("ManagedPolicyArns"))]
    foreign = [arn for arn in held if arn.strip("<>") not in policies]
    yield from (f"ServiceRole ({arn}: nobody can judge it)" for arn in foreign)
    for holder in (role, *policies.values()):
        for statement in granted(holder, template):
            yield from (f"ServiceRole ({name})" for name in NEVER if statement.takes(name))


RULE = Rule(
    id="LG-PullRequestProject",
    what="A build that pull requests start has secrets, may write artifacts, runs the pull "
    "request's own commands, or runs for strangers: anybody's code would have what it has.",
    fix="No variables of type SECRETS_MANAGER or PARAMETER_STORE, Artifacts NO_ARTIFACTS, an "
    "inline BuildSpec, a role of the same template without s3:PutObject and without secrets, and "
    "a PullRequestBuildPolicy of ALL_PULL_REQUESTS with maintainers and owners as ApproverRoles.",
    source="OWASP Top 10 CI/CD Security Risks, CICD-SEC-4; CodeBuild User Guide, Pull request "
    "comment approval",
    resource_types=("AWS::CodeBuild::Project",),
    breaches=_breaches,
)
