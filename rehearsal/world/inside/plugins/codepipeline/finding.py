"""What a request names, or the error that AWS has for it."""

from typing import Any

from rehearsal.world.inside.json_service import ServiceError
from rehearsal.world.inside.plugins.codepipeline.pipeline import Pipeline
from rehearsal.world.inside.plugins.codepipeline.record import Execution

NOT_FOUND = "PipelineExecutionNotFoundException"


def find(pipeline: Pipeline, identity: str, code: str = NOT_FOUND) -> Execution:
    """The execution of that id.

    Raises:
        ServiceError: there is none; by the code that the operation has for it.
    """
    found = pipeline.execution(identity)
    if found is None:
        raise ServiceError(code, f"{pipeline.name} has no execution {identity}")
    return found


def stage_of(pipeline: Pipeline, name: str) -> dict[str, Any]:
    """The declaration of that stage.

    Raises:
        ServiceError: there is none.
    """
    for stage in pipeline.declared["stages"]:
        if stage["name"] == name:
            found: dict[str, Any] = stage
            return found
    raise ServiceError("StageNotFoundException", f"{pipeline.name} has no stage {name}")


def is_latest(pipeline: Pipeline, execution: Execution, stage: str) -> None:
    """See that no other execution has entered the stage since.

    Raises:
        ServiceError: one has.
    """
    if pipeline.mode != "PARALLEL" and pipeline.latest.get(stage) is not execution:
        raise ServiceError(
            "NotLatestPipelineExecutionException",
            f"{execution.id} is not the latest execution in {stage}",
        )
