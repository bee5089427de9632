"""A deployment is watched by alarms, and stops when they cannot be read."""

from collections.abc import Iterable

from lockgate.rules.rule import Resource, Rule, Template, properties


def _breaches(resource: Resource, _template: Template) -> Iterable[str]:
    alarms = properties(resource).get("AlarmConfiguration", {})
    if alarms.get("Enabled") is not True:
        yield "AlarmConfiguration.Enabled"
    if not alarms.get("Alarms"):
        yield "AlarmConfiguration.Alarms"
    if alarms.get("IgnorePollAlarmFailure", False) is not False:
        yield "AlarmConfiguration.IgnorePollAlarmFailure"


RULE = Rule(
    id="LG-CodeDeployAlarms",
    what="The deployment group has no alarm that stops a deployment, or goes on when alarms "
    "cannot be read: a bad version would get all the traffic unseen.",
    fix="Give AlarmConfiguration at least one alarm on the new version, set Enabled to true, and "
    "leave IgnorePollAlarmFailure false.",
    source="CodeDeploy User Guide, Monitoring deployments with CloudWatch alarms",
    resource_types=("AWS::CodeDeploy::DeploymentGroup",),
    breaches=_breaches,
)
