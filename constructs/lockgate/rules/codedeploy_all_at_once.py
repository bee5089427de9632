"""Production never gets a version all at once."""

from collections.abc import Iterable

from lockgate.rules.rule import Resource, Rule, Template, properties


def _breaches(resource: Resource, template: Template) -> Iterable[str]:
    metadata = template.get("Metadata", {}).get("Lockgate", {})
    # A template that does not say whether it is production counts as that.
    if metadata.get("Production", True) is False:
        return
    if not _shifts_in_steps(properties(resource).get("DeploymentConfigName"), template):
        yield "DeploymentConfigName"


def _shifts_in_steps(config: object, template: Template) -> bool:
    """Whether the configuration is AWS's own or the template's, and shifts in steps."""
    match config:
        case str():
            return config.startswith("CodeDeployDefault.") and "AllAtOnce" not in config
        case {"Ref": logical_id}:
            resource = template.get("Resources", {}).get(logical_id, {})
            routing = properties(resource).get("TrafficRoutingConfig", {})
            return routing.get("Type") in {"TimeBasedCanary", "TimeBasedLinear"}
    return False


RULE = Rule(
    id="LG-NoAllAtOnce",
    what="Production shifts all traffic to a new version at once: every request meets "
    "it before anything has been seen of it.",
    fix="Use a canary or linear deployment configuration (TrafficRoutingConfig.Type "
    "TimeBasedCanary or TimeBasedLinear).",
    source="Amazon Builders' Library, Automating safe, hands-off deployments",
    resource_types=("AWS::CodeDeploy::DeploymentGroup",),
    breaches=_breaches,
)
