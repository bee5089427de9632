"""A stage's rollback: what an earlier execution had brought there, once more.

CodePipeline User Guide, "Configuring stage rollback".
"""

import json

from rehearsal.world.inside.json_service import ServiceError
from rehearsal.world.inside.plugins.codepipeline.pipeline import Pipeline
from rehearsal.world.inside.plugins.codepipeline.record import Execution


def automatic(pipeline: Pipeline, stage: str, failed: Execution) -> Execution | None:
    """The execution that rolls a stage back as one has failed; none if there is nothing to go to.

    A rollback that fails is not rolled back itself.
    """
    target = None if failed.rollback_of else _last_good(pipeline, stage, failed)
    if target is None:
        return None
    detail = json.dumps({"FailedPipelineExecutionId": failed.id})
    return _to(pipeline, target, "AutomatedRollback", detail)


def manual(pipeline: Pipeline, stage: str, target: Execution, who: str) -> Execution:
    """The execution that rolls a stage back by request.

    Raises:
        ServiceError: AWS would not go back to that execution.
    """
    if stage == pipeline.declared["stages"][0]["name"]:
        raise ServiceError("UnableToRollbackStageException", f"{stage} is the source stage")
    if pipeline.mode == "PARALLEL":
        raise ServiceError(
            "UnableToRollbackStageException", "no stage of a PARALLEL pipeline is rolled back"
        )
    if target.rollback_of:
        raise ServiceError("UnableToRollbackStageException", f"{target.id} is a rollback itself")
    if target.version != pipeline.version:
        raise ServiceError(
            "PipelineExecutionOutdatedException",
            f"{target.id} ran version {target.version} of the pipeline, not {pipeline.version}",
        )
    if target.stages.get(stage) != "Succeeded":
        raise ServiceError(
            "UnableToRollbackStageException", f"{target.id} has not succeeded in {stage}"
        )
    return _to(pipeline, target, "ManualRollback", who)


def _last_good(pipeline: Pipeline, stage: str, failed: Execution) -> Execution | None:
    return next(
        (
            each
            for each in reversed(pipeline.good.get(stage, []))
            if each is not failed
            and not each.rollback_of
            and each.version == failed.version == pipeline.version
            and each.stages.get(stage) == "Succeeded"
        ),
        None,
    )


def _to(pipeline: Pipeline, target: Execution, trigger: str, detail: str) -> Execution:
    execution = pipeline.new_execution({"triggerType": trigger, "triggerDetail": detail})
    with pipeline.lock:
        execution.rollback_of = target.id
        execution.variables = dict(target.variables)
        execution.artifacts = dict(target.artifacts)
        execution.revisions = dict(target.revisions)
        execution.namespaces = dict(target.namespaces)
    return execution
