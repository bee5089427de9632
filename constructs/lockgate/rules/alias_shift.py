"""An alias moves by a deployment with both hooks, never by itself."""

from collections.abc import Iterable

from lockgate.rules.rule import Resource, Rule, Template, mapping

UPDATE = "CodeDeployLambdaAliasUpdate"
REQUIRED = (
    "ApplicationName",
    "DeploymentGroupName",
    "BeforeAllowTrafficHook",
    "AfterAllowTrafficHook",
)


def _breaches(resource: Resource, _template: Template) -> Iterable[str]:
    update = mapping(mapping(resource.get("UpdatePolicy")).get(UPDATE))
    return [f"/UpdatePolicy.{UPDATE}.{name}" for name in REQUIRED if not update.get(name)]


RULE = Rule(
    id="LG-AliasShift",
    what="CloudFormation moves the alias at once, or CodeDeploy moves it and nobody looks: no "
    "canary, no test before the traffic, or no verdict after it.",
    fix=f"Give the alias an UpdatePolicy {UPDATE} with {', '.join(REQUIRED)}.",
    source="CloudFormation User Guide, UpdatePolicy attribute: CodeDeployLambdaAliasUpdate",
    resource_types=("AWS::Lambda::Alias",),
    breaches=_breaches,
)
