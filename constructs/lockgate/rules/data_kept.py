"""What cannot be made again outlives its stack."""

from collections.abc import Iterable

from lockgate.rules.rule import Resource, Rule, Template

POLICIES = ("DeletionPolicy", "UpdateReplacePolicy")


def _breaches(resource: Resource, _template: Template) -> Iterable[str]:
    return [f"/{policy}" for policy in POLICIES if resource.get(policy) != "Retain"]


RULE = Rule(
    id="LG-DataKept",
    what="Source, artifacts, logs or secrets go when their stack is deleted or a change replaces "
    "them: the evidence of what was released, and what a service cannot run without.",
    fix="Set DeletionPolicy and UpdateReplacePolicy to Retain.",
    source="AWS Well-Architected Framework, SEC04-BP02; CloudFormation User Guide, DeletionPolicy "
    "attribute",
    resource_types=(
        "AWS::CodeCommit::Repository",
        "AWS::Logs::LogGroup",
        "AWS::S3::Bucket",
        "AWS::SecretsManager::Secret",
    ),
    breaches=_breaches,
)
