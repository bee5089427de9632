"""A pipeline as its API tells of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rehearsal.world.world import World

RUNNING = frozenset({"InProgress", "Stopping"})


@dataclass(frozen=True, kw_only=True)
class ActionRun:
    """One attempt at an action.

    Attributes:
        stage: the stage's name.
        action: the action's name.
        status: InProgress, Succeeded, Failed or Abandoned.
        started: when.
        ended: when; None while it runs.
        message: why it failed, else what it has to say, or nothing.
    """

    stage: str
    action: str
    status: str
    started: datetime
    ended: datetime | None
    message: str


@dataclass(frozen=True, kw_only=True)
class Execution:
    """A release on its way.

    Attributes:
        id: the pipeline execution's.
        status: as CodePipeline has it.
        message: why it ended so, or nothing.
    """

    id: str
    status: str
    message: str

    @property
    def cancelled(self) -> bool:
        """Whether the pipeline was changed meanwhile."""
        return self.status == "Cancelled"

    @property
    def running(self) -> bool:
        """Whether it is still on its way."""
        return self.status in RUNNING


class Pipeline:
    """One pipeline of a world."""

    def __init__(self, world: World, name: str) -> None:
        """Ask about this one."""
        self._client, self.name = world.client("codepipeline"), name

    @property
    def stages(self) -> dict[str, list[str]]:
        """The stages in order, and the actions of each in order."""
        declared = self._client.get_pipeline(name=self.name)["pipeline"]["stages"]
        return {
            stage["name"]: [action["name"] for action in stage["actions"]] for stage in declared
        }

    @property
    def asks(self) -> bool:
        """Whether any of its actions waits for a person."""
        declared = self._client.get_pipeline(name=self.name)["pipeline"]["stages"]
        actions = (action for stage in declared for action in stage["actions"])
        return any(action["actionTypeId"]["category"] == "Approval" for action in actions)

    def execution_of(self, commit: str) -> Execution | None:
        """The newest execution that carries a commit, if there is one yet."""
        for summary in self._summaries():
            revisions = summary.get("sourceRevisions", [])
            if any(revision.get("revisionId") == commit for revision in revisions):
                return _execution(summary)
        return None

    def execution(self, execution_id: str) -> Execution:
        """How an execution stands."""
        found = self._client.get_pipeline_execution(
            pipelineName=self.name, pipelineExecutionId=execution_id
        )["pipelineExecution"]
        return _execution(found)

    def running(self) -> list[str]:
        """The executions that are on their way."""
        return [
            summary["pipelineExecutionId"]
            for summary in self._summaries()
            if summary["status"] in RUNNING
        ]

    def actions(self, execution_id: str) -> list[ActionRun]:
        """What an execution has done so far, in the order in which it began."""
        answer = self._client.list_action_executions(
            pipelineName=self.name, filter={"pipelineExecutionId": execution_id}, maxResults=100
        )
        found = [_action(detail) for detail in answer["actionExecutionDetails"]]
        return sorted(found, key=lambda run: run.started)

    def approvals(self) -> Iterator[tuple[str, str, str]]:
        """Stage, action and token of each approval that is waited for."""
        for stage in self._client.get_pipeline_state(name=self.name)["stageStates"]:
            for action in stage["actionStates"]:
                latest = action.get("latestExecution", {})
                if latest.get("status") == "InProgress" and "token" in latest:
                    yield stage["stageName"], action["actionName"], latest["token"]

    def decide(self, stage: str, action: str, token: str, status: str, summary: str) -> None:
        """Answer an approval: Approved or Rejected, and why."""
        self._client.put_approval_result(
            pipelineName=self.name,
            stageName=stage,
            actionName=action,
            token=token,
            result={"status": status, "summary": summary},
        )

    def _summaries(self) -> list[dict[str, Any]]:
        answer = self._client.list_pipeline_executions(pipelineName=self.name, maxResults=50)
        found: list[dict[str, Any]] = answer["pipelineExecutionSummaries"]
        return found


def _execution(told: dict[str, Any]) -> Execution:
    message = told.get("statusSummary", "")
    return Execution(id=told["pipelineExecutionId"], status=told["status"], message=message)


def _action(detail: dict[str, Any]) -> ActionRun:
    result = detail.get("output", {}).get("executionResult", {})
    error = result.get("errorDetails", {}).get("message", "")
    running = detail["status"] == "InProgress"
    return ActionRun(
        stage=detail["stageName"],
        action=detail["actionName"],
        status=detail["status"],
        started=detail["startTime"],
        ended=None if running else detail["lastUpdateTime"],
        message=error or result.get("externalExecutionSummary", ""),
    )
