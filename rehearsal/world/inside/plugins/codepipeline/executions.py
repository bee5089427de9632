"""CodePipeline's operations on executions: to start, stop, retry and roll back."""

from typing import Any

from rehearsal.world.inside.json_service import ServiceError
from rehearsal.world.inside.plugins.codepipeline import rollbacks
from rehearsal.world.inside.plugins.codepipeline.conditions import override
from rehearsal.world.inside.plugins.codepipeline.engine import Engine
from rehearsal.world.inside.plugins.codepipeline.finding import find, is_latest, stage_of
from rehearsal.world.inside.plugins.codepipeline.one_stage import Way
from rehearsal.world.inside.plugins.codepipeline.pipelines import Pipelines
from rehearsal.world.inside.plugins.codepipeline.record import RUNNING, Retries

Request = dict[str, Any]
Record = dict[str, Any]


def stop(pipelines: Pipelines, request: Request) -> Record:
    """Let an execution go no further."""
    pipeline = pipelines.find(request["pipelineName"])
    execution = pipeline.execution(request["pipelineExecutionId"])
    abandon = bool(request.get("abandon"))
    if execution is None or execution.status not in RUNNING:
        said = execution.status if execution else "not one of its executions"
        raise ServiceError(
            "PipelineExecutionNotStoppableException", f"{request['pipelineExecutionId']} is {said}"
        )
    if execution.stopping and (execution.abandoned or not abandon):
        raise ServiceError("DuplicatedStopRequestException", f"{execution.id} is Stopping")
    Engine(pipeline).stop(execution, abandon=abandon, reason=request.get("reason", ""))
    return {"pipelineExecutionId": execution.id}


def retry(pipelines: Pipelines, request: Request) -> Record:
    """Run a failed stage again: its failed actions, or all."""
    pipeline = pipelines.find(request["pipelineName"])
    stage = stage_of(pipeline, request["stageName"])
    name = stage["name"]
    with pipeline.lock:
        execution = find(pipeline, request["pipelineExecutionId"], "StageNotRetryableException")
        if execution.status in RUNNING or execution.stages.get(name) not in ("Failed", "Stopped"):
            raise ServiceError(
                "StageNotRetryableException", f"{name} has not failed in {execution.id}"
            )
        if execution.version != pipeline.version:
            raise ServiceError(
                "StageNotRetryableException",
                f"{execution.id} ran version {execution.version}, not {pipeline.version}",
            )
        is_latest(pipeline, execution, name)
        retries = execution.retries.setdefault(name, Retries())
        retries.manual, retries.latest = retries.manual + 1, "ManualStageRetry"
        whole = request["retryMode"] == "ALL_ACTIONS"
        keep = frozenset() if whole else execution.succeeded(stage)
        only = bool(execution.rollback_of)
        Engine(pipeline).begin(execution, Way(at=name, keep=keep, again=True, only=only))
    return {"pipelineExecutionId": execution.id}


def roll_back(pipelines: Pipelines, request: Request) -> Record:
    """Bring to a stage what an earlier execution had brought there."""
    pipeline = pipelines.find(request["pipelineName"])
    stage = stage_of(pipeline, request["stageName"])["name"]
    target = find(pipeline, request["targetPipelineExecutionId"])
    who = str(pipelines.world.seams.get("iam_evaluator.caller_arn")())
    execution = rollbacks.manual(pipeline, stage, target, who)
    Engine(pipeline).begin(execution, Way(at=stage, only=True))
    return {"pipelineExecutionId": execution.id}


def let_pass(pipelines: Pipelines, request: Request) -> None:
    """Let a condition that is not met, or not yet, not count."""
    pipeline = pipelines.find(request["pipelineName"])
    stage = stage_of(pipeline, request["stageName"])
    name, kind = stage["name"], request["conditionType"]
    with pipeline.lock:
        execution = find(
            pipeline, request["pipelineExecutionId"], "ConditionNotOverridableException"
        )
        is_latest(pipeline, execution, name)
        if override(pipeline, execution, name, kind) == "InProgress":
            return
        # It has failed the stage: the execution goes on from there.
        passed = kind == "ON_SUCCESS"
        keep = execution.succeeded(stage) if passed else frozenset()
        way = Way(at=name, keep=keep, again=True, entered=passed, only=bool(execution.rollback_of))
        Engine(pipeline).begin(execution, way)


OPERATIONS = {
    "StopPipelineExecution": stop,
    "RetryStageExecution": retry,
    "RollbackStage": roll_back,
    "OverrideStageCondition": let_pass,
}
