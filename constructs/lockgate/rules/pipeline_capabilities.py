"""A release makes no role of a chosen name, and expands no macro."""

from collections.abc import Iterable

from lockgate.rules.rule import Resource, Rule, Template, mapping
from lockgate.rules.stages import stages

IAM, NAMED_IAM = "CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"


def _breaches(resource: Resource, template: Template) -> Iterable[str]:
    for stage in stages(resource, template):
        allowed = {IAM, NAMED_IAM} if stage.updates_the_pipeline else {IAM}
        for index, action in enumerate(stage.actions):
            stated = mapping(action.get("Configuration")).get("Capabilities", "")
            capabilities = {part.strip() for part in str(stated).split(",")} - {""}
            if capabilities - allowed:
                yield f"{stage.where}.Actions.{index}.Configuration.Capabilities ({stage.name})"


RULE = Rule(
    id="LG-PipelineCapabilities",
    what="An action lets a template expand macros, or make roles of any name in a stack that is "
    "not the pipeline's own: a macro changes the template after it was judged, and a chosen name "
    "may be one that others trust.",
    fix="State CAPABILITY_IAM alone; CAPABILITY_NAMED_IAM only in the stage SelfUpdate.",
    source="CloudFormation API Reference, CreateChangeSet: Capabilities",
    resource_types=("AWS::CodePipeline::Pipeline",),
    breaches=_breaches,
)
