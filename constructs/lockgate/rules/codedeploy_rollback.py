"""A deployment that fails, alarms or is stopped takes the traffic back."""

from collections.abc import Iterable

from lockgate.rules.rule import Resource, Rule, Template, properties

EVENTS = ("DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST")


def _breaches(resource: Resource, _template: Template) -> Iterable[str]:
    rollback = properties(resource).get("AutoRollbackConfiguration", {})
    if rollback.get("Enabled") is not True:
        yield "AutoRollbackConfiguration.Enabled"
    missing = [event for event in EVENTS if event not in rollback.get("Events", [])]
    if missing:
        yield f"AutoRollbackConfiguration.Events (missing: {', '.join(missing)})"


RULE = Rule(
    id="LG-CodeDeployRollback",
    what="The deployment group does not roll back on a failure, an alarm and a stop alike: a "
    "deployment that ends otherwise leaves the alias split over two versions, and every later "
    "deployment fails until someone mends it by hand.",
    fix="Set AutoRollbackConfiguration to enabled with all of: " + ", ".join(EVENTS) + ".",
    source="CodeDeploy User Guide, Redeploy and roll back a deployment; Troubleshoot AWS Lambda "
    "deployment issues",
    resource_types=("AWS::CodeDeploy::DeploymentGroup",),
    breaches=_breaches,
)
