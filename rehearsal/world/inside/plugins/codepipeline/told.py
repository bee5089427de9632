"""What CodePipeline tells on the event bus.

CodePipeline User Guide, "Monitoring CodePipeline events".
"""

from datetime import UTC, datetime
from typing import Any

from rehearsal.world.inside.events import emit
from rehearsal.world.inside.plugins.codepipeline.attempt import Attempt, Place
from rehearsal.world.inside.plugins.codepipeline.declaration import kind
from rehearsal.world.inside.plugins.codepipeline.pipeline import Pipeline
from rehearsal.world.inside.plugins.codepipeline.record import Execution

# There is no event for a stage that is skipped.
STATES = {
    "InProgress": "STARTED",
    "Resumed": "RESUMED",
    "Succeeded": "SUCCEEDED",
    "Failed": "FAILED",
    "Stopping": "STOPPING",
    "Stopped": "STOPPED",
    "Superseded": "SUPERSEDED",
    "Cancelled": "CANCELED",
    "Abandoned": "ABANDONED",
}


def execution(pipeline: Pipeline, of: Execution, status: str) -> None:
    """An execution's state has changed."""
    detail: dict[str, Any] = {"state": STATES[status]}
    if status == "InProgress":
        detail["execution-trigger"] = {
            "trigger-type": of.trigger["triggerType"],
            "trigger-detail": of.trigger["triggerDetail"],
        }
    _tell(pipeline, of, "Pipeline", detail)


def stage(pipeline: Pipeline, of: Execution, name: str, status: str) -> None:
    """A stage's state has changed."""
    if status in STATES:
        _tell(pipeline, of, "Stage", {"stage": name, "state": STATES[status]})


def action(pipeline: Pipeline, of: Execution, attempt: Attempt) -> None:
    """An action's state has changed."""
    category, owner, provider = kind(attempt.declared)
    detail: dict[str, Any] = {
        "stage": attempt.stage,
        "action": attempt.name,
        "action-execution-id": attempt.id,
        "state": STATES[attempt.status],
        "region": pipeline.region,
        "type": {
            "category": category,
            "owner": owner,
            "provider": provider,
            "version": attempt.declared["actionTypeId"]["version"],
        },
        "input-artifacts": _artifacts(attempt.taken),
    }
    if attempt.status != "InProgress":
        detail["execution-result"] = _result(attempt)
    if attempt.status == "Succeeded":
        detail["output-artifacts"] = _artifacts(attempt.put)
    _tell(pipeline, of, "Action", {name: each for name, each in detail.items() if each})


def _result(attempt: Attempt) -> dict[str, str]:
    code, message = attempt.error or ("", "")
    result = {
        "external-execution-id": attempt.external_id,
        "external-execution-summary": message or attempt.summary,
        "error-code": code,
    }
    return {name: each for name, each in result.items() if each}


def _artifacts(places: dict[str, Place]) -> list[dict[str, Any]]:
    return [
        {"name": name, "s3location": {"bucket": bucket, "key": key}}
        for name, (bucket, key) in places.items()
    ]


def _tell(pipeline: Pipeline, of: Execution, what: str, detail: dict[str, Any]) -> None:
    started = datetime.fromtimestamp(of.started, UTC)
    emit(
        pipeline.world,
        "aws.codepipeline",
        f"CodePipeline {what} Execution State Change",
        {
            "pipeline": pipeline.name,
            "execution-id": of.id,
            "start-time": f"{started:%Y-%m-%dT%H:%M:%S}.{started.microsecond // 1000:03}Z",
            "version": float(of.version),
            "pipeline-execution-attempt": float(max(of.times, 1)),
            **detail,
        },
        [pipeline.arn],
    )
