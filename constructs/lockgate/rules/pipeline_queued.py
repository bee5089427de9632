"""A pipeline takes one release after the other and skips none."""

from collections.abc import Iterable

from lockgate.rules.rule import Resource, Rule, Template, properties

# What is left out stands for type V1 and SUPERSEDED.
REQUIRED = {"PipelineType": "V2", "ExecutionMode": "QUEUED"}


def _breaches(resource: Resource, _template: Template) -> Iterable[str]:
    pipeline = properties(resource)
    return [name for name, value in REQUIRED.items() if pipeline.get(name) != value]


RULE = Rule(
    id="LG-PipelineQueued",
    what="The pipeline is not of type V2 with executions in a queue: V1 has no conditions and no "
    "rollback of a stage, and a superseded release is skipped without a word while a long bake "
    "runs.",
    fix="Set PipelineType to V2 and ExecutionMode to QUEUED.",
    source="CodePipeline User Guide, Set or change the pipeline execution mode",
    resource_types=("AWS::CodePipeline::Pipeline",),
    breaches=_breaches,
)
