"""The stages that releases did not pass because they were frozen."""

import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

FAILED = "Failed"


@dataclass(frozen=True, kw_only=True)
class Held:
    """A release that waits in the gate before an environment.

    Attributes:
        pipeline: whose gate it is.
        stage: the gate's stage.
        execution: the pipeline execution that did not pass it.
    """

    pipeline: str
    stage: str
    execution: str

    @property
    def request(self) -> dict[str, str]:
        """What RetryStageExecution is asked."""
        return {
            "pipelineName": self.pipeline,
            "stageName": self.stage,
            "pipelineExecutionId": self.execution,
            "retryMode": "FAILED_ACTIONS",
        }

    @property
    def command(self) -> str:
        """The same for the AWS CLI."""
        told = self.request
        return shlex.join(
            [
                *("aws", "codepipeline", "retry-stage-execution"),
                *("--pipeline-name", told["pipelineName"], "--stage-name", told["stageName"]),
                *("--pipeline-execution-id", told["pipelineExecutionId"]),
                *("--retry-mode", told["retryMode"]),
            ]
        )


def held(
    declared: Mapping[str, Any], state: Mapping[str, Any], freeze_function: str
) -> Iterator[Held]:
    """The stages of a pipeline whose last release was stopped by the freeze.

    Args:
        declared: the pipeline, as GetPipeline has it.
        state: how it stands, as GetPipelineState has it.
        freeze_function: the function that the gate's action asks.
    """
    asking = {stage["name"]: set(_actions(stage, freeze_function)) for stage in declared["stages"]}
    for stage in state["stageStates"]:
        latest = stage.get("latestExecution", {})
        if latest.get("status") != FAILED:
            continue
        if asking.get(stage["stageName"], set()) & set(_failed(stage)):
            yield Held(
                pipeline=declared["name"],
                stage=stage["stageName"],
                execution=latest["pipelineExecutionId"],
            )


def _actions(stage: Mapping[str, Any], function: str) -> Iterator[str]:
    for action in stage["actions"]:
        if action.get("configuration", {}).get("FunctionName") == function:
            yield action["name"]


def _failed(stage: Mapping[str, Any]) -> Iterator[str]:
    for action in stage.get("actionStates", []):
        if action.get("latestExecution", {}).get("status") == FAILED:
            yield action["actionName"]


def find(codepipeline: Any, pipelines: Iterable[str], freeze_function: str) -> list[Held]:  # noqa: ANN401 - boto3 has no types
    """The stages of these pipelines that the freeze holds; a pipeline not yet made has none.

    Raises:
        ClientError: they may not be read.
    """
    found: list[Held] = []
    for name in pipelines:
        try:
            declared = codepipeline.get_pipeline(name=name)["pipeline"]
        except codepipeline.exceptions.PipelineNotFoundException:
            continue
        state = codepipeline.get_pipeline_state(name=name)
        found += held(declared, state, freeze_function)
    return found
