"""Production is entered in its window, not while its alarm is raised, nor while it is frozen."""

from collections.abc import Iterable

from lockgate.rules.rule import Resource, Rule, Template
from lockgate.rules.stages import Stage, asks, stages, watches_alarm

FAIL = "FAIL"
# How the names of the functions end that ask whether people have frozen an environment.
FREEZE = "-freeze"


def _breaches(resource: Resource, template: Template) -> Iterable[str]:
    for stage in stages(resource, template):
        if not stage.is_production:
            continue
        gate = stage.before
        if gate is None or not _minds_alarm(gate):
            yield f"{stage.where} ({stage.name}: no CloudWatchAlarm on the stage before it)"
        if stage.said.get("Freeze") is not False and not (gate and _asks_freeze(gate)):
            yield f"{stage.where} ({stage.name}: no freeze is asked for on the stage before it)"
        window = gate.before if gate else None
        if stage.said.get("Window") is not False and not _waits_for_window(window):
            yield f"{stage.where} ({stage.name}: no DeploymentWindow before the alarm's stage)"
        if stage.conditions("BeforeEntry"):
            yield f"{stage.where}.BeforeEntry ({stage.name}: it would keep a rollback out)"


def _waits_for_window(stage: Stage | None) -> bool:
    """Whether nothing passes the stage outside its window; a skipped stage lets all pass."""
    return stage is not None and any(
        result == FAIL and settings.get("Cron")
        for result, settings in stage.rules("BeforeEntry", "DeploymentWindow")
    )


def _minds_alarm(stage: Stage) -> bool:
    return any(
        result == FAIL and watches_alarm(settings)
        for result, settings in stage.rules("BeforeEntry", "CloudWatchAlarm")
    )


def _asks_freeze(stage: Stage) -> bool:
    return any(asks(action, FREEZE) for action in stage.actions)


RULE = Rule(
    id="LG-ProductionGate",
    what="A stage deploys to production whenever a release comes by: at night, when nobody is "
    "there to help, on top of an alarm that is raised already, or although people have "
    "frozen it; or the stage asks on entry, and the rollback that answers the alarm is kept out "
    "by it.",
    fix="Give the stage directly before it a CloudWatchAlarm rule (BeforeEntry, result FAIL) and "
    "an action that invokes the function <delivery>-freeze, and the one before that a "
    "DeploymentWindow rule; or say Freeze: false or Window: false for it in "
    "Metadata.Lockgate.Stages. Give the stage itself no BeforeEntry.",
    source="Amazon Builders' Library, Automating safe, hands-off deployments: time windows and "
    "alarms before a deployment",
    resource_types=("AWS::CodePipeline::Pipeline",),
    breaches=_breaches,
)
