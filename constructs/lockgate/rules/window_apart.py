"""A window and an alarm never stand in one condition."""

from collections.abc import Iterable, Mapping
from typing import Any

from lockgate.rules.rule import Resource, Rule, Template, listed, mapping
from lockgate.rules.stages import stages

TOGETHER = {"CloudWatchAlarm", "DeploymentWindow"}
EVENTS = ("BeforeEntry", "OnSuccess", "OnFailure")


def _breaches(resource: Resource, template: Template) -> Iterable[str]:
    for stage in stages(resource, template):
        for event in EVENTS:
            for index, condition in enumerate(stage.conditions(event)):
                if _providers(condition) >= TOGETHER:
                    yield f"{stage.where}.{event}.Conditions.{index}.Rules ({stage.name})"


def _providers(condition: Mapping[str, Any]) -> set[object]:
    kinds = (mapping(mapping(r).get("RuleTypeId")) for r in listed(condition.get("Rules")))
    return {kind.get("Provider") for kind in kinds}


RULE = Rule(
    id="LG-WindowApart",
    what="One condition waits for a window and asks for an alarm: the alarm may be looked at "
    "before the window opens, and is not looked at again when it does.",
    fix="Put the DeploymentWindow on a stage of its own, before the stage with the "
    "CloudWatchAlarm.",
    source="CodePipeline User Guide, Rule reference: DeploymentWindow, considerations",
    resource_types=("AWS::CodePipeline::Pipeline",),
    breaches=_breaches,
)
