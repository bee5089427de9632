"""No rollback waits for a person."""

from collections.abc import Iterable

from lockgate.rules.rule import Resource, Rule, Template, mapping
from lockgate.rules.stages import Stage, stages

ROLLBACK = "ROLLBACK"


def _breaches(resource: Resource, template: Template) -> Iterable[str]:
    for stage in stages(resource, template):
        if not _rolls_back(stage):
            continue
        for index, action in enumerate(stage.actions):
            if mapping(action.get("ActionTypeId")).get("Category") == "Approval":
                yield f"{stage.where}.Actions.{index} ({stage.name})"


def _rolls_back(stage: Stage) -> bool:
    results = [condition.get("Result") for condition in stage.conditions("OnSuccess")]
    return ROLLBACK in (*results, mapping(stage.body.get("OnFailure")).get("Result"))


RULE = Rule(
    id="LG-ApprovalApart",
    what="A manual approval stands in a stage that rolls back: a rollback runs the stage's "
    "actions again, so it waits for a person while customers wait for the repair.",
    fix="Move the approval into a stage of its own, before the stage that deploys.",
    source="CodePipeline User Guide, Configure stage rollback: a rollback runs each action of the "
    "stage again",
    resource_types=("AWS::CodePipeline::Pipeline",),
    breaches=_breaches,
)
