"""What CodePipeline knows of a stage's past."""

from typing import Any

from operations.rollback.choice import History
from operations.rollback.run import Run
from operations.wrong import OperationError

BUSY = {"InProgress", "Stopping"}
ENDED_BADLY = {"Cancelled", "Failed", "Stopped"}


def ask(codepipeline: Any, pipeline: str, stage: str) -> History:  # noqa: ANN401 - boto3 has no types
    """The stage's past.

    Raises:
        OperationError: there is no such pipeline, or no such stage in it yet.
        ClientError: it may not be read.
    """
    try:
        state = codepipeline.get_pipeline_state(name=pipeline)
    except codepipeline.exceptions.PipelineNotFoundException:
        raise OperationError(
            f"there is no pipeline {pipeline} in this account and Region\n"
            "  to do: make deploy makes it; or take the credentials of the account that has it"
        ) from None
    stages = {each["stageName"]: each for each in state["stageStates"]}
    if stage not in stages:
        raise OperationError(
            f"{pipeline} has no stage {stage} yet\n  allowed: {', '.join(stages)}\n"
            "  to do: push, so that the pipeline updates itself to what delivery.toml says"
        )
    latest = stages[stage].get("latestExecution", {})
    pages = codepipeline.get_paginator("list_pipeline_executions")
    runs = pages.paginate(pipelineName=pipeline).build_full_result()
    good = pages.paginate(
        pipelineName=pipeline, filter={"succeededInStage": {"stageName": stage}}
    ).build_full_result()
    return History(
        stage=stage,
        runs=[Run.told(each) for each in runs["pipelineExecutionSummaries"]],
        succeeded=frozenset(
            each["pipelineExecutionId"] for each in good["pipelineExecutionSummaries"]
        ),
        latest=latest.get("pipelineExecutionId"),
        busy=latest.get("status") in BUSY,
        damaged=latest.get("status") in ENDED_BADLY and _entered(stages[stage]),
    )


def _entered(stage: dict[str, Any]) -> bool:
    """Whether the last release got past the entrance; what is stopped there changes nothing."""
    condition = stage.get("beforeEntryConditionState", {}).get("latestExecution", {})
    return condition.get("status") not in ("Failed", "Errored", "Cancelled", "Abandoned")


class Structure:
    """The pipeline's version now, to compare executions with."""

    def __init__(self, codepipeline: Any, pipeline: str) -> None:  # noqa: ANN401 - boto3 has no types
        """Ask for this pipeline's."""
        self._client, self._name = codepipeline, pipeline
        self._now: int | None = None

    def same(self, execution: str) -> bool:
        """Whether an execution ran the pipeline as it is now.

        Raises:
            ClientError: it may not be read.
        """
        if self._now is None:
            self._now = int(self._client.get_pipeline_state(name=self._name)["pipelineVersion"])
        found = self._client.get_pipeline_execution(
            pipelineName=self._name, pipelineExecutionId=execution
        )
        return bool(found["pipelineExecution"]["pipelineVersion"] == self._now)
