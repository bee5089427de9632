"""CodePipeline's operations on executions: to start, stop, retry and roll back."""

from typing import Any

from rehearsal.world.inside.json_service import ServiceError
from rehearsal.world.inside.plugins.codepipeline.actions.approvals import approvals_of
from rehearsal.world.inside.plugins.codepipeline.actions.jobs import Report, jobs_of
from rehearsal.world.inside.plugins.codepipeline.engine import Engine, new_execution
from rehearsal.world.inside.plugins.codepipeline.pipelines import Pipelines
from rehearsal.world.inside.plugins.codepipeline.record import Execution, Pipeline

Request = dict[str, Any]
Record = dict[str, Any]


def start(pipelines: Pipelines, request: Request, trigger: dict[str, str] | None = None) -> Record:
    """Begin an execution; with the token of an earlier one, that one."""
    pipeline = pipelines.find(request["name"])
    token = request.get("clientRequestToken", "")
    if token and token in pipeline.tokens:
        return {"pipelineExecutionId": pipeline.tokens[token]}
    given = {each["name"]: each["value"] for each in request.get("variables", [])}
    declared = pipeline.declared.get("variables", [])
    if unknown := sorted(set(given) - {each["name"] for each in declared}):
        raise ServiceError("ValidationException", f"the pipeline has no variable {unknown[0]}")
    execution = new_execution(
        pipelines.world,
        pipeline,
        trigger or _trigger(pipelines, token),
    )
    execution.variables = {
        each["name"]: given.get(each["name"], each.get("defaultValue", "")) for each in declared
    }
    for revision in request.get("sourceRevisions", []):
        execution.revisions[revision["actionName"]] = {
            "actionName": revision["actionName"],
            "revisionId": revision["revisionValue"],
        }
    if token:
        pipeline.tokens[token] = execution.id
    Engine(pipelines.world, pipeline).begin(execution)
    return {"pipelineExecutionId": execution.id}


def stop(pipelines: Pipelines, request: Request) -> Record:
    """Let an execution go no further."""
    pipeline = pipelines.find(request["pipelineName"])
    execution = find(pipeline, request["pipelineExecutionId"])
    if execution.status not in ("InProgress", "Stopping"):
        raise ServiceError(
            "PipelineExecutionNotStoppableException", f"{execution.id} is {execution.status}"
        )
    Engine(pipelines.world, pipeline).stop(
        execution, abandon=bool(request.get("abandon")), reason=request.get("reason", "")
    )
    return {"pipelineExecutionId": execution.id}


def retry(pipelines: Pipelines, request: Request) -> Record:
    """Run a failed stage again: its failed actions, or all."""
    pipeline = pipelines.find(request["pipelineName"])
    stage = _stage(pipeline, request["stageName"])
    execution = find(pipeline, request["pipelineExecutionId"])
    if execution.status == "InProgress" or execution.stages.get(stage["name"]) != "Failed":
        raise ServiceError(
            "StageNotRetryableException", f"{stage['name']} has not failed in {execution.id}"
        )
    if any(each.stages.get(stage["name"]) for each in _after(pipeline, execution)):
        raise ServiceError(
            "NotLatestPipelineExecutionException", f"{stage['name']} has a later execution"
        )
    latest = [execution.latest(stage["name"], action["name"]) for action in stage["actions"]]
    kept = [each.name for each in latest if each and each.status == "Succeeded"]
    again = request["retryMode"] == "ALL_ACTIONS"
    execution.stopping = execution.abandoned = False
    Engine(pipelines.world, pipeline).begin(execution, at=stage["name"], keep=() if again else kept)
    return {"pipelineExecutionId": execution.id}


def roll_back(pipelines: Pipelines, request: Request) -> Record:
    """Bring to a stage what an earlier execution had brought there."""
    pipeline = pipelines.find(request["pipelineName"])
    stage = _stage(pipeline, request["stageName"])["name"]
    target = find(pipeline, request["targetPipelineExecutionId"])
    if target.stages.get(stage) != "Succeeded" or target.rollback_of:
        raise ServiceError(
            "UnableToRollbackStageException", f"{target.id} has not succeeded in {stage}"
        )
    engine = Engine(pipelines.world, pipeline)
    return {"pipelineExecutionId": engine.roll_back(stage, target, "ManualRollback").id}


def approve(pipelines: Pipelines, request: Request) -> Record:
    """Decide on an approval."""
    pipeline = pipelines.find(request["pipelineName"])
    stage = _stage(pipeline, request["stageName"])
    if request["actionName"] not in {action["name"] for action in stage["actions"]}:
        raise ServiceError("ActionNotFoundException", f"there is no {request['actionName']}")
    place = (
        pipeline.account,
        pipeline.region,
        pipeline.name,
        stage["name"],
        request["actionName"],
    )
    result = request["result"]
    at = approvals_of(pipelines.world).decide(
        place, request["token"], result["status"], result["summary"]
    )
    return {"approvedAt": at}


def succeeded(pipelines: Pipelines, request: Request) -> None:
    """What a function says of a job that it has done."""
    details = request.get("executionDetails", {})
    _report(
        pipelines,
        request,
        Report(
            succeeded=True,
            variables=request.get("outputVariables", {}),
            external_id=details.get("externalExecutionId", ""),
            summary=details.get("summary", ""),
            continuation=request.get("continuationToken", ""),
            revision=request.get("currentRevision", {}).get("revision", ""),
        ),
    )


def failed(pipelines: Pipelines, request: Request) -> None:
    """What a function says of a job that it could not do."""
    details = request["failureDetails"]
    _report(
        pipelines,
        request,
        Report(
            succeeded=False,
            message=details["message"],
            external_id=details.get("externalExecutionId", ""),
        ),
    )


def close(pipelines: Pipelines, request: Request) -> None:
    """Let nothing into a stage."""
    if request["transitionType"] != "Inbound":
        raise ServiceError("ValidationException", "the world closes stages for what comes in only")
    pipeline = pipelines.find(request["pipelineName"])
    pipeline.closed[_stage(pipeline, request["stageName"])["name"]] = request["reason"]


def open_(pipelines: Pipelines, request: Request) -> None:
    """Let executions into a stage again."""
    pipeline = pipelines.find(request["pipelineName"])
    Engine(pipelines.world, pipeline).open(_stage(pipeline, request["stageName"])["name"])


def find(pipeline: Pipeline, identity: str) -> Execution:
    """The execution of that id.

    Raises:
        ServiceError: there is none.
    """
    found = pipeline.execution(identity)
    if found is None:
        raise ServiceError("PipelineExecutionNotFoundException", f"there is no {identity}")
    return found


def _report(pipelines: Pipelines, request: Request, report: Report) -> None:
    account = pipelines.world.seams.get("responses.get_account_id")()
    jobs_of(pipelines.world).report(request["jobId"], account, report)


def _stage(pipeline: Pipeline, name: str) -> Record:
    for stage in pipeline.declared["stages"]:
        if stage["name"] == name:
            found: Record = stage
            return found
    raise ServiceError("StageNotFoundException", f"{pipeline.name} has no stage {name}")


def _after(pipeline: Pipeline, execution: Execution) -> list[Execution]:
    return pipeline.executions[pipeline.executions.index(execution) + 1 :]


def _trigger(pipelines: Pipelines, token: str) -> dict[str, str]:
    if token in pipelines.by_rule:
        return {"triggerType": "CloudWatchEvent", "triggerDetail": pipelines.by_rule[token]}
    who = pipelines.world.seams.get("iam_evaluator.caller_arn")() or ""
    return {"triggerType": "StartPipelineExecution", "triggerDetail": str(who)}


OPERATIONS = {
    "StartPipelineExecution": start,
    "StopPipelineExecution": stop,
    "RetryStageExecution": retry,
    "RollbackStage": roll_back,
    "PutApprovalResult": approve,
    "PutJobSuccessResult": succeeded,
    "PutJobFailureResult": failed,
    "DisableStageTransition": close,
    "EnableStageTransition": open_,
}
