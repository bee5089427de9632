"""CloudFormation's type AWS::CodePipeline::Pipeline.

`Ref` is the pipeline's name. As on AWS a new pipeline starts at once, and one that was changed
does so if the template says `RestartExecutionOnUpdate`.
"""

from collections.abc import Callable
from typing import Any

import botocore.session

from rehearsal.world.inside.json_service import ServiceError
from rehearsal.world.inside.plugins.codepipeline.entrances import Entrances
from rehearsal.world.inside.plugins.codepipeline.finding import stage_of
from rehearsal.world.inside.plugins.codepipeline.pipelines import Pipelines
from rehearsal.world.inside.plugins.codepipeline.starting import start_now
from rehearsal.world.inside.template_shapes import as_request

TYPE = "AWS::CodePipeline::Pipeline"
WHO = "cloudformation.amazonaws.com"
NAME_LETTERS = 100
Made = tuple[str, dict[str, str]]
Properties = dict[str, Any]
# What stands beside the declaration.
BESIDE = frozenset({"RestartExecutionOnUpdate", "Tags", "DisableInboundStageTransitions"})


def install(pipelines: Pipelines) -> None:
    """Let CloudFormation make pipelines."""
    seams = pipelines.world.seams
    seams.get("provisioners._RESOURCE_HANDLERS")[TYPE] = _Type(pipelines).handlers()
    seams.get("provisioners._STACK_TAG_PROPERTY")[TYPE] = ("Tags", "list")


class _Type:
    """What CloudFormation does with a pipeline."""

    def __init__(self, pipelines: Pipelines) -> None:
        self._pipelines = pipelines
        model = botocore.session.get_session().get_service_model("codepipeline")
        self._shape = model.shape_for("PipelineDeclaration")
        self._physical_name = pipelines.world.seams.get("provisioners._physical_name")

    def handlers(self) -> dict[str, Any]:
        """What ministack's CloudFormation calls."""
        return {
            "create": self.create,
            "update": self.update,
            "update_with_logical_id": True,
            "delete": self.delete,
        }

    def create(self, logical_id: str, properties: Properties, stack: str) -> Made:
        """A new one, by the template's name or one of CloudFormation's."""
        given = properties.get("Name")
        name = str(given or self._physical_name(stack, logical_id, max_len=NAME_LETTERS))
        request = {"pipeline": self._declared(name, properties), "tags": _tags(properties)}
        made = _told(self._pipelines.create, request)
        self._close(name, {}, properties)
        start_now(self._pipelines, name, "CreatePipeline", WHO)
        return name, {"Version": str(made["pipeline"]["version"])}

    def update(
        self, name: str, old: Properties, new: Properties, stack: str, logical_id: str
    ) -> Made:
        """Changed where it is, or a new one if it has a new name; the old one goes later."""
        if new.get("Name", name) != name:
            return self.create(logical_id, new, stack)
        pipelines, wanted = self._pipelines, self._declared(name, new)
        pipelines.tags[pipelines.arn(name)] = {tag["key"]: tag["value"] for tag in _tags(new)}
        changed = wanted != self._declared(name, old)
        if changed:
            _told(pipelines.update, {"pipeline": wanted})
        self._close(name, old, new)
        if changed and str(new.get("RestartExecutionOnUpdate", False)).lower() == "true":
            start_now(pipelines, name, "StartPipelineExecution", WHO)
        return name, {"Version": str(pipelines.find(name).version)}

    def delete(self, name: str, _properties: Properties) -> None:
        """It goes."""
        self._pipelines.delete({"name": name})

    def _declared(self, name: str, properties: Properties) -> Properties:
        said = {key: value for key, value in properties.items() if key not in BESIDE}
        return as_request({**said, "Name": name}, self._shape, f"the pipeline {name}")

    def _close(self, name: str, old: Properties, new: Properties) -> None:
        pipeline, before, now = self._pipelines.find(name), _closed(old), _closed(new)
        for stage, reason in now.items():
            _told(lambda each: stage_of(pipeline, each["stage"]), {"stage": stage})
            Entrances(pipeline).close(stage, reason)
        for stage in before.keys() - now.keys():
            Entrances(pipeline).open(stage)


def _closed(properties: Properties) -> dict[str, str]:
    return {
        str(each["StageName"]): str(each["Reason"])
        for each in properties.get("DisableInboundStageTransitions") or ()
    }


def _tags(properties: Properties) -> list[dict[str, str]]:
    return [
        {"key": tag["Key"], "value": tag.get("Value", "")} for tag in properties.get("Tags") or ()
    ]


def _told(operation: Callable[[Properties], Properties], request: Properties) -> Properties:
    """What the API refuses fails the stack, in CloudFormation's words."""
    try:
        return operation(request)
    except ServiceError as error:
        raise ValueError(f"{error} (Service: CodePipeline; Error Code: {error.code})") from error
