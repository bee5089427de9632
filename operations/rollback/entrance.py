"""A rollback that the stage's entry condition keeps out.

The condition keeps releases out of an environment whose alarms are red, or that is frozen: then
of all times a rollback must get in. CodePipeline's documents do not say whether it asks the
condition for a rollback; here both is right.
"""

from typing import Any

KEPT_OUT = {"Failed", "Errored"}


def keeps_out(codepipeline: Any, pipeline: str, stage: str, execution: str) -> bool:  # noqa: ANN401 - boto3 has no types
    """Whether the stage's entry condition is why an execution is not in it.

    Raises:
        ClientError: it may not be read.
    """
    state = codepipeline.get_pipeline_state(name=pipeline)
    there = next(each for each in state["stageStates"] if each["stageName"] == stage)
    last = there.get("latestExecution", {}).get("pipelineExecutionId")
    condition = there.get("beforeEntryConditionState", {}).get("latestExecution", {})
    return bool(last == execution and condition.get("status") in KEPT_OUT)


def let_in(codepipeline: Any, pipeline: str, stage: str, execution: str) -> None:  # noqa: ANN401 - boto3 has no types
    """Let an execution into the stage whatever the condition says.

    Raises:
        ClientError: it may not be let in.
    """
    codepipeline.override_stage_condition(
        pipelineName=pipeline,
        stageName=stage,
        pipelineExecutionId=execution,
        conditionType="BEFORE_ENTRY",
    )
