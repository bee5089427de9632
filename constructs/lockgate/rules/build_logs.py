"""What a build did can be read afterwards."""

from collections.abc import Iterable

from lockgate.rules.rule import Resource, Rule, Template, mapping, properties

ENABLED = "ENABLED"


def _breaches(resource: Resource, _template: Template) -> Iterable[str]:
    logs = mapping(properties(resource).get("LogsConfig"))
    stream, objects = mapping(logs.get("CloudWatchLogs")), mapping(logs.get("S3Logs"))
    if stream.get("Status") != ENABLED:
        yield "LogsConfig.CloudWatchLogs.Status"
    if not stream.get("GroupName"):
        yield "LogsConfig.CloudWatchLogs.GroupName"
    if objects.get("Status") == ENABLED and objects.get("EncryptionDisabled", False) is not False:
        yield "LogsConfig.S3Logs.EncryptionDisabled"


RULE = Rule(
    id="LG-BuildLogs",
    what="The build writes no log to a group that the template states, or stores it in the open: "
    "nobody can say later what ran, or all can.",
    fix="Set LogsConfig.CloudWatchLogs.Status to ENABLED with a GroupName, and leave "
    "S3Logs.EncryptionDisabled false.",
    source="AWS Foundational Security Best Practices, CodeBuild.3 and CodeBuild.4; aws-cdk "
    "GHSA-464c-974j-9xm6",
    resource_types=("AWS::CodeBuild::Project",),
    breaches=_breaches,
)
