"""Stacks change by change set alone."""

from collections.abc import Iterable

from lockgate.rules.rule import Resource, Rule, Template, mapping
from lockgate.rules.stages import stages

MODES = {"CHANGE_SET_EXECUTE", "CHANGE_SET_REPLACE"}


def _breaches(resource: Resource, template: Template) -> Iterable[str]:
    for stage in stages(resource, template):
        for index, action in enumerate(stage.actions):
            provider = mapping(action.get("ActionTypeId")).get("Provider")
            mode = mapping(action.get("Configuration")).get("ActionMode")
            if provider == "CloudFormation" and mode not in MODES:
                yield f"{stage.where}.Actions.{index}.Configuration.ActionMode ({stage.name})"


RULE = Rule(
    id="LG-ChangeSets",
    what="An action changes, replaces or deletes a stack at once: nobody could look at a change "
    "set before, and what failed once may be deleted and made anew with its data.",
    fix="Create the change set (CHANGE_SET_REPLACE) and execute it (CHANGE_SET_EXECUTE) by two "
    "actions.",
    source="CodePipeline User Guide, CloudFormation deploy action reference: ActionMode",
    resource_types=("AWS::CodePipeline::Pipeline",),
    breaches=_breaches,
)
