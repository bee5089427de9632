"""A stage that deploys takes back what fails."""

from collections.abc import Iterable

from lockgate.rules.rule import Resource, Rule, Template, mapping
from lockgate.rules.stages import stages


def _breaches(resource: Resource, template: Template) -> Iterable[str]:
    for stage in stages(resource, template):
        result = mapping(stage.body.get("OnFailure")).get("Result")
        if stage.deploys and result != "ROLLBACK":
            yield f"{stage.where}.OnFailure.Result ({stage.name})"


RULE = Rule(
    id="LG-StageRollback",
    what="A stage that deploys stays as it is when one of its actions fails: the environment "
    "keeps a release that failed, until a person takes it back.",
    fix="Set OnFailure.Result of the stage to ROLLBACK.",
    source="CodePipeline User Guide, Configure a stage for automatic rollback",
    resource_types=("AWS::CodePipeline::Pipeline",),
    breaches=_breaches,
)
