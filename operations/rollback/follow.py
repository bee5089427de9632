"""A rollback followed to its end."""

import time
from collections.abc import Callable
from typing import Any

RUNNING = {"InProgress", "Stopping"}
LOOK_SECONDS = 15.0


def follow(
    codepipeline: Any,  # noqa: ANN401 - boto3 has no types
    pipeline: str,
    execution: str,
    tell: Callable[[str], None],
    *,
    sleep: Callable[[float], None] = time.sleep,
) -> str:
    """Tell each action as it begins and ends, and why; the status in which the execution ends.

    Args:
        codepipeline: a client.
        pipeline: whose execution it is.
        execution: its id.
        tell: takes one line.
        sleep: waits for some seconds.

    Raises:
        ClientError: it may not be read.
    """
    told: set[tuple[str, str]] = set()
    while True:
        found = codepipeline.get_pipeline_execution(
            pipelineName=pipeline, pipelineExecutionId=execution
        )["pipelineExecution"]
        answer = codepipeline.list_action_executions(
            pipelineName=pipeline, filter={"pipelineExecutionId": execution}
        )
        for detail in reversed(answer["actionExecutionDetails"]):
            seen = (detail["actionExecutionId"], detail["status"])
            if seen not in told:
                told.add(seen)
                tell(_line(detail))
        if found["status"] not in RUNNING:
            if summary := found.get("statusSummary"):
                tell(summary)
            return str(found["status"])
        sleep(LOOK_SECONDS)


def _line(detail: dict[str, Any]) -> str:
    result = detail.get("output", {}).get("executionResult", {})
    why = result.get("errorDetails", {}).get("message") or ""
    said = f"{detail['stageName']}/{detail['actionName']}: {detail['status']}"
    return f"{said}: {why}" if why else said
