"""Defects of a pipeline's gates: before production, behind it, and when it fails."""

from typing import Any

from tests.constructs.rules.gated import action, condition, stage, window
from tests.mutations.mutation import Change, Mutation, Resource, Template

PIPELINE = "AWS::CodePipeline::Pipeline"
HANDS_OFF = "Amazon Builders' Library, Automating safe, hands-off deployments"
RULES = "CodePipeline User Guide, Rule reference"
ROLLBACK = "CodePipeline User Guide, Configure a stage for automatic rollback"
FLOW = "OWASP CICD-SEC-1"
Stage = dict[str, Any]


def stages(pipeline: Resource) -> list[Stage]:
    found: list[Stage] = pipeline["Properties"]["Stages"]
    return found


def production(pipeline: Resource) -> Stage:
    """The last stage; a release that came so far is in production."""
    return stages(pipeline)[-1]


def gate(pipeline: Resource) -> Stage:
    """The stage that asks whether production may be entered."""
    return stages(pipeline)[-2]


def windowed(pipeline: Resource) -> Stage:
    """The stage that waits for the window of production."""
    return [s for s in stages(pipeline) if "DeploymentWindow" in str(s.get("BeforeEntry"))][-1]


def first_deploying(pipeline: Resource) -> Stage:
    return next(found for found in stages(pipeline) if "OnFailure" in found)


def only(found: Stage, event: str) -> dict[str, Any]:
    """The one condition of an event."""
    conditions: list[dict[str, Any]] = found[event]["Conditions"]
    [one] = conditions
    return one


def pipeline(name: str, source: str, change: Change) -> Mutation:
    return Mutation(name=name, source=source, resource_type=PIPELINE, change=change)


def without_window(resource: Resource, _template: Template) -> None:
    del windowed(resource)["BeforeEntry"]


def skipped_window(resource: Resource, _template: Template) -> None:
    only(windowed(resource), "BeforeEntry")["Result"] = "SKIP"


def approval_behind_window(resource: Resource, _template: Template) -> None:
    late = stage("late-approval", action("Approve", "Approval", "Manual"))
    stages(resource).insert(-2, late)


def without_alarm(resource: Resource, _template: Template) -> None:
    del gate(resource)["BeforeEntry"]


def without_freeze(resource: Resource, _template: Template) -> None:
    held = gate(resource)
    held["Actions"] = [asked for asked in held["Actions"] if asked["Name"] != "Freeze"]


def skipped_alarm(resource: Resource, _template: Template) -> None:
    only(gate(resource), "BeforeEntry")["Result"] = "SKIP"


def wrong_state(resource: Resource, _template: Template) -> None:
    rule = only(gate(resource), "BeforeEntry")["Rules"][0]
    rule["Configuration"]["AlarmStates"] = "OK"


def alarm_on_entry(resource: Resource, _template: Template) -> None:
    production(resource)["BeforeEntry"] = gate(resource)["BeforeEntry"]


def window_beside_alarm(resource: Resource, _template: Template) -> None:
    rules = only(gate(resource), "BeforeEntry")["Rules"]
    rules += window()["Conditions"][0]["Rules"]


def bake(**changed: str) -> Change:
    """Change the alarm that a release bakes under."""

    def change(resource: Resource, _template: Template) -> None:
        rule = only(production(resource), "OnSuccess")["Rules"][0]
        rule["Configuration"].update(changed)

    return change


def without_bake(resource: Resource, _template: Template) -> None:
    del production(resource)["OnSuccess"]


def failed_bake(resource: Resource, _template: Template) -> None:
    only(production(resource), "OnSuccess")["Result"] = "FAIL"


def no_alarm_in_bake(resource: Resource, _template: Template) -> None:
    production(resource)["OnSuccess"] = condition("LambdaInvoke", result="ROLLBACK", WaitTime="60")


def without_rollback(resource: Resource, _template: Template) -> None:
    del production(resource)["OnFailure"]


def rollback_in_production_alone(resource: Resource, _template: Template) -> None:
    del first_deploying(resource)["OnFailure"]


def retried(resource: Resource, _template: Template) -> None:
    production(resource)["OnFailure"] = {"Result": "RETRY"}


def approval_inside(resource: Resource, _template: Template) -> None:
    approve = stage("x", action("Approve", "Approval", "Manual"))["Actions"]
    production(resource)["Actions"] += approve


def nameless(resource: Resource, _template: Template) -> None:
    """The metadata speaks of a stage by another name, so nothing is said of this one."""
    first_deploying(resource)["Name"] = "preview"


SEEDS = (
    pipeline("production is entered at any hour", HANDS_OFF, without_window),
    pipeline("outside its window a release passes by", RULES, skipped_window),
    pipeline("a person says yes when the window is over", HANDS_OFF, approval_behind_window),
    pipeline("production is entered under a red alarm", HANDS_OFF, without_alarm),
    pipeline("under a red alarm a release passes by", RULES, skipped_alarm),
    pipeline("production is entered unless all is well", RULES, wrong_state),
    pipeline("the alarm is looked at before the window opens", RULES, window_beside_alarm),
    pipeline("production does not bake", HANDS_OFF, without_bake),
    pipeline("production bakes for no time", HANDS_OFF, bake(WaitTime="0")),
    pipeline("production bakes for less than is said", HANDS_OFF, bake(WaitTime="5")),
    pipeline("production bakes under no alarm", HANDS_OFF, no_alarm_in_bake),
    pipeline("an alarm in the bake takes nothing back", HANDS_OFF, failed_bake),
    pipeline("production keeps what failed", ROLLBACK, without_rollback),
    pipeline("production tries again what failed", ROLLBACK, retried),
    pipeline("another environment keeps what failed", ROLLBACK, rollback_in_production_alone),
    pipeline("a rollback waits for a person", ROLLBACK, approval_inside),
    pipeline("the alarm that a rollback answers keeps it out", ROLLBACK, alarm_on_entry),
    pipeline("a stage that nobody speaks of has no gates", FLOW, nameless),
    pipeline("a freeze holds nothing back", FLOW, without_freeze),
)
