"""CloudFormation's type AWS::CodePipeline::Pipeline.

`Ref` is the pipeline's name. As on AWS a new pipeline starts at once, and one that was changed
does so if the template says `RestartExecutionOnUpdate`.
"""

from collections.abc import Callable
from typing import Any

import botocore.session

from rehearsal.world.inside.json_service import ServiceError
from rehearsal.world.inside.plugins.codepipeline.executions import start
from rehearsal.world.inside.plugins.codepipeline.pipelines import Pipelines
from rehearsal.world.inside.template_shapes import as_request

Made = tuple[str, dict[str, str]]
Properties = dict[str, Any]
# What stands beside the declaration, and what the world has no use for.
BESIDE = frozenset({"RestartExecutionOnUpdate", "Tags", "DisableInboundStageTransitions"})


def resource_type(
    pipelines: Pipelines, physical_name: Callable[[str, str], str]
) -> dict[str, Callable[..., Any]]:
    """What ministack's CloudFormation calls to make, change and remove a pipeline."""
    model = botocore.session.get_session().get_service_model("codepipeline")
    shape = model.shape_for("PipelineDeclaration")

    def declared(name: str, properties: Properties) -> Properties:
        said = {key: value for key, value in properties.items() if key not in BESIDE}
        return as_request({**said, "Name": name}, shape, f"the pipeline {name}")

    def create(logical_id: str, properties: Properties, stack: str) -> Made:
        name = str(properties.get("Name") or physical_name(stack, logical_id))
        tags = [{"key": tag["Key"], "value": tag["Value"]} for tag in properties.get("Tags") or ()]
        request = {"pipeline": declared(name, properties), "tags": tags}
        made = _told(pipelines.create, request)
        for closed in properties.get("DisableInboundStageTransitions") or ():
            pipelines.find(name).closed[closed["StageName"]] = closed["Reason"]
        _start(pipelines, name, "CreatePipeline")
        return name, {"Version": str(made["pipeline"]["version"])}

    def update(name: str, old: Properties, new: Properties, stack: str) -> Made:
        if new.get("Name", name) != name:
            return create("", new, stack)
        before = pipelines.find(name)
        wanted = declared(name, new)
        if wanted != declared(name, old):
            _told(pipelines.update, {"pipeline": wanted})
            if str(new.get("RestartExecutionOnUpdate", False)).lower() == "true":
                _start(pipelines, name, "UpdatePipeline")
        return name, {"Version": str(before.declared["version"])}

    def delete(name: str, _properties: Properties) -> None:
        pipelines.delete({"name": name})

    return {"create": create, "update": update, "delete": delete}


def _start(pipelines: Pipelines, name: str, trigger: str) -> None:
    start(pipelines, {"name": name}, {"triggerType": trigger, "triggerDetail": "CloudFormation"})


def _told(operation: Callable[[Properties], Properties], request: Properties) -> Properties:
    try:
        return operation(request)
    except ServiceError as error:
        raise ValueError(f"{error} (Service: CodePipeline; Error Code: {error.code})") from error
