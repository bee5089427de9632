"""One execution in one stage: conditions, actions, retry and rollback."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from rehearsal.world.inside.plugins.codepipeline import rollbacks, told
from rehearsal.world.inside.plugins.codepipeline.conditions import Conditions
from rehearsal.world.inside.plugins.codepipeline.pipeline import Pipeline
from rehearsal.world.inside.plugins.codepipeline.record import Execution, Retries
from rehearsal.world.inside.plugins.codepipeline.stage_actions import StageActions

Stage = Mapping[str, Any]


class EndError(Exception):
    """The execution goes no further; its status and why."""

    def __init__(self, status: str, message: str = "") -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, kw_only=True)
class Way:
    """Where an execution begins, and what of that stage is not done again.

    Attributes:
        at: the stage; the first where none is named.
        keep: its actions that have succeeded before.
        again: whether it was in that stage before.
        entered: whether its condition for entry was asked before.
        only: whether the execution ends after it.
        first: whether the execution goes before all that wait.
    """

    at: str = ""
    keep: frozenset[str] = frozenset()
    again: bool = False
    entered: bool = False
    only: bool = False
    first: bool = False


class OneStage:
    """Brings one execution through a stage."""

    def __init__(
        self,
        pipeline: Pipeline,
        execution: Execution,
        begin: Callable[[Execution, Way], None],
    ) -> None:
        """This execution; `begin` is called with a rollback."""
        self._pipeline, self._execution, self._begin = pipeline, execution, begin
        self._actions = StageActions(pipeline, execution)
        self._conditions = Conditions(pipeline, execution)

    def run(self, stage: Stage, way: Way) -> None:
        """Bring it to success.

        Raises:
            EndError: it fails, or was stopped.
        """
        name, execution = stage["name"], self._execution
        execution.stages[name], self._pipeline.latest[name] = "InProgress", execution
        if not way.entered and (result := self._conditions.result(stage, "beforeEntry")):
            self._unless_stopped(name)
            if result == "SKIP":
                self._set(name, "Skipped")
                return
            self._set(name, "Failed")
            raise EndError("Failed", f"{name}: the condition for entry is not met")
        self._unless_stopped(name)
        told.stage(self._pipeline, execution, name, "Resumed" if way.again else "InProgress")
        done = self._actions.run(stage, way.keep)
        if not done and not execution.halted and _on_failure(stage) == "RETRY":
            done = self._once_more(stage)
        self._unless_stopped(name)
        if not done:
            self._fail(stage, _why(execution, stage))
        if result := self._conditions.result(stage, "onSuccess"):
            self._unless_stopped(name)
            self._set(name, "Failed")
            said = f"{name}: the condition for success is not met"
            raise EndError("Failed", self._rolled_back(name, said) if _back(result) else said)
        self._unless_stopped(name)
        self._set(name, "Succeeded")
        with self._pipeline.lock:
            self._pipeline.good.setdefault(name, []).append(execution)

    def _once_more(self, stage: Stage) -> bool:
        name, execution = stage["name"], self._execution
        retries = execution.retries.setdefault(name, Retries())
        retries.automatic, retries.latest = retries.automatic + 1, "AutomatedStageRetry"
        told.stage(self._pipeline, execution, name, "Failed")
        told.stage(self._pipeline, execution, name, "Resumed")
        mode = stage["onFailure"].get("retryConfiguration", {}).get("retryMode")
        keep = frozenset() if mode == "ALL_ACTIONS" else execution.succeeded(stage)
        return self._actions.run(stage, keep)

    def _fail(self, stage: Stage, said: str) -> None:
        name = stage["name"]
        self._set(name, "Failed")
        result = self._conditions.result(stage, "onFailure") or _on_failure(stage)
        raise EndError("Failed", self._rolled_back(name, said) if _back(result) else said)

    def _rolled_back(self, stage: str, said: str) -> str:
        rollback = rollbacks.automatic(self._pipeline, stage, self._execution)
        if rollback is None:
            return f"{said}; there is no execution to roll {stage} back to"
        # Before those that wait: the next release would else be undone by it.
        self._begin(rollback, Way(at=stage, only=True, first=True))
        return f"{said}; {stage} is rolled back to {rollback.rollback_of}"

    def _unless_stopped(self, stage: str) -> None:
        if halted := self._execution.halted:
            self._set(stage, halted)
            raise EndError(halted, self._execution.reason)

    def _set(self, stage: str, status: str) -> None:
        self._execution.stages[stage] = status
        told.stage(self._pipeline, self._execution, stage, status)


def _on_failure(stage: Stage) -> str:
    return str(stage.get("onFailure", {}).get("result", ""))


def _back(result: str) -> bool:
    return result == "ROLLBACK"


def _why(execution: Execution, stage: Stage) -> str:
    latest = [execution.latest(stage["name"], action["name"]) for action in stage["actions"]]
    failed = [f"{each.name}: {each.error[1]}" for each in latest if each and each.error]
    return f"{stage['name']}: {'; '.join(failed)}"
