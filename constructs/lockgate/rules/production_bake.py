"""A release to production is watched for a while, and taken back on an alarm."""

from collections.abc import Iterable, Mapping
from typing import Any

from lockgate.rules.rule import Resource, Rule, Template
from lockgate.rules.stages import Stage, stages, watches_alarm


def _breaches(resource: Resource, template: Template) -> Iterable[str]:
    for stage in stages(resource, template):
        if stage.is_production and not _bakes(stage):
            yield f"{stage.where}.OnSuccess ({stage.name})"


def _bakes(stage: Stage) -> bool:
    said = stage.said.get("BakeMinutes", 1)
    least = max(said, 1) if isinstance(said, int) else 1
    return any(
        result == "ROLLBACK" and watches_alarm(settings) and _minutes(settings) >= least
        for result, settings in stage.rules("OnSuccess", "CloudWatchAlarm")
    )


def _minutes(settings: Mapping[str, Any]) -> int:
    """How long the alarm is watched, in minutes; 0 where no number says so."""
    value = str(settings.get("WaitTime", ""))
    return int(value) if value.isdecimal() else 0


RULE = Rule(
    id="LG-ProductionBake",
    what="A stage that deploys to production ends with its last action: what breaks in the first "
    "minutes under all the traffic is taken back by nobody.",
    fix="Give the stage a CloudWatchAlarm rule in OnSuccess with result ROLLBACK and a WaitTime "
    "of at least 1 minute, and of no less than its BakeMinutes in Metadata.Lockgate.Stages.",
    source="Amazon Builders' Library, Automating safe, hands-off deployments: bake time; "
    "CodePipeline User Guide, Rule reference: CloudWatchAlarm",
    resource_types=("AWS::CodePipeline::Pipeline",),
    breaches=_breaches,
)
