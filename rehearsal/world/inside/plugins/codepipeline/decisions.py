"""What others tell a pipeline: an approval, a job's result, a stage that is closed."""

from typing import Any

from rehearsal.world.inside.json_service import ServiceError
from rehearsal.world.inside.plugins.codepipeline.actions.approvals import approvals_of
from rehearsal.world.inside.plugins.codepipeline.actions.jobs import Report, jobs_of
from rehearsal.world.inside.plugins.codepipeline.entrances import Entrances
from rehearsal.world.inside.plugins.codepipeline.finding import stage_of
from rehearsal.world.inside.plugins.codepipeline.pipelines import Pipelines

Request = dict[str, Any]
Record = dict[str, Any]


def approve(pipelines: Pipelines, request: Request) -> Record:
    """Decide on an approval."""
    pipeline = pipelines.find(request["pipelineName"])
    stage = stage_of(pipeline, request["stageName"])
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
    report = Report(
        succeeded=True,
        variables=request.get("outputVariables", {}),
        external_id=details.get("externalExecutionId", ""),
        summary=details.get("summary", ""),
        continuation=request.get("continuationToken", ""),
        revision=request.get("currentRevision", {}).get("revision", ""),
    )
    _report(pipelines, request, report)


def failed(pipelines: Pipelines, request: Request) -> None:
    """What a function says of a job that it could not do."""
    details = request["failureDetails"]
    report = Report(
        succeeded=False,
        message=details["message"],
        external_id=details.get("externalExecutionId", ""),
    )
    _report(pipelines, request, report)


def close(pipelines: Pipelines, request: Request) -> None:
    """Let nothing into a stage."""
    pipeline, stage = _inbound(pipelines, request)
    pipeline.close(stage, request["reason"])


def open_(pipelines: Pipelines, request: Request) -> None:
    """Let executions into a stage again."""
    pipeline, stage = _inbound(pipelines, request)
    pipeline.open(stage)


def _inbound(pipelines: Pipelines, request: Request) -> tuple[Entrances, str]:
    pipeline = pipelines.find(request["pipelineName"])
    stage = stage_of(pipeline, request["stageName"])["name"]
    if request["transitionType"] != "Inbound":
        raise ServiceError("ValidationException", "the world closes stages for what comes in only")
    if pipeline.mode == "PARALLEL":
        raise ServiceError("ValidationException", "no stage of a PARALLEL pipeline can be closed")
    return Entrances(pipeline), stage


def _report(pipelines: Pipelines, request: Request, report: Report) -> None:
    account = pipelines.world.seams.get("responses.get_account_id")()
    jobs_of(pipelines.world).report(request["jobId"], account, report)


OPERATIONS = {
    "PutApprovalResult": approve,
    "PutJobSuccessResult": succeeded,
    "PutJobFailureResult": failed,
    "DisableStageTransition": close,
    "EnableStageTransition": open_,
}
