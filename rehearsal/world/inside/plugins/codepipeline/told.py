"""What CodePipeline tells on the event bus.

CodePipeline User Guide, "Monitoring CodePipeline events".
"""

from typing import Any

from rehearsal.world.inside.events import emit
from rehearsal.world.inside.plugins.codepipeline.declaration import kind
from rehearsal.world.inside.plugins.codepipeline.record import Attempt, Execution, Pipeline
from rehearsal.world.inside.setting import Setting

STATES = {
    "InProgress": "STARTED",
    "Succeeded": "SUCCEEDED",
    "Failed": "FAILED",
    "Stopped": "STOPPED",
    "Stopping": "STOPPING",
    "Superseded": "SUPERSEDED",
    "Cancelled": "CANCELED",
    "Abandoned": "ABANDONED",
    "Resumed": "RESUMED",
}


def execution(world: Setting, pipeline: Pipeline, of: Execution, status: str) -> None:
    """An execution's state has changed."""
    more: dict[str, Any] = {"execution-trigger": _trigger(of)}
    if status == "Failed":
        errors = [each.error[1] for each in of.attempts if each.error]
        more["pipeline-execution-attempt"] = 1.0
        more["additional-information"] = errors[-1] if errors else of.message
    _tell(world, pipeline, of, "Pipeline", {"state": STATES[status], **more})


def stage(world: Setting, pipeline: Pipeline, of: Execution, name: str, status: str) -> None:
    """A stage's state has changed."""
    if status in STATES:
        _tell(world, pipeline, of, "Stage", {"stage": name, "state": STATES[status]})


def action(world: Setting, pipeline: Pipeline, of: Execution, attempt: Attempt) -> None:
    """An action's state has changed."""
    category, owner, provider = kind(attempt.declared)
    result = {"external-execution-id": attempt.external_id} if attempt.external_id else {}
    if attempt.error is not None:
        result |= {
            "error-code": attempt.error[0],
            "external-execution-summary": attempt.error[1],
        }
    detail = {
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
        **({"execution-result": result} if result else {}),
    }
    _tell(world, pipeline, of, "Action", detail)


def _trigger(of: Execution) -> dict[str, str]:
    return {
        "trigger-type": of.trigger["triggerType"],
        "trigger-detail": of.trigger["triggerDetail"],
    }


def _tell(
    world: Setting, pipeline: Pipeline, of: Execution, what: str, detail: dict[str, Any]
) -> None:
    emit(
        world,
        "aws.codepipeline",
        f"CodePipeline {what} Execution State Change",
        {
            "pipeline": pipeline.name,
            "execution-id": of.id,
            "version": float(of.version),
            "start-time": of.started,
            **detail,
        },
        [pipeline.arn],
    )
