"""An execution on its way through the stages of its pipeline.

CodePipeline User Guide, "How pipeline executions work", "How do stage conditions work?".
"""

import uuid
from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any

from rehearsal.world.inside.plugins.codepipeline import told
from rehearsal.world.inside.plugins.codepipeline.actions import ACTIONS
from rehearsal.world.inside.plugins.codepipeline.attempts import Attempts
from rehearsal.world.inside.plugins.codepipeline.declaration import conditions, kind
from rehearsal.world.inside.plugins.codepipeline.record import Attempt, Execution, Pipeline
from rehearsal.world.inside.plugins.codepipeline.rules import RULES, RULES_AFTER
from rehearsal.world.inside.service_role import start
from rehearsal.world.inside.setting import Setting

Stage = Mapping[str, Any]


class _EndError(Exception):
    """The execution goes no further."""

    def __init__(self, status: str, message: str = "") -> None:
        super().__init__(message)
        self.status = status


class Engine:
    """Carries executions of one pipeline on."""

    def __init__(self, world: Setting, pipeline: Pipeline) -> None:
        """For this pipeline."""
        self._world, self._pipeline = world, pipeline

    def begin(
        self, execution: Execution, *, at: str = "", keep: Iterable[str] = (), only: bool = False
    ) -> None:
        """Run an execution on a thread of its own.

        Args:
            execution: the execution.
            at: the stage to begin with, the first where none is given.
            keep: the actions of that stage that are not run again, as they have succeeded.
            only: end after that stage.
        """
        stages = execution.declared["stages"]
        names = [stage["name"] for stage in stages]
        left = stages[names.index(at) if at else 0 :]
        kept = frozenset(keep)
        start(
            self._world,
            f"execution {execution.id}",
            lambda: self._run(execution, left[:1] if only else left, kept),
        )

    def _run(self, execution: Execution, stages: list[Stage], keep: frozenset[str]) -> None:
        self._set(execution, "InProgress")
        told.execution(self._world, self._pipeline, execution, "InProgress")
        try:
            for number, stage in enumerate(stages):
                self._enter(execution, stage)
                try:
                    self._stage(execution, stage, keep if number == 0 else frozenset())
                finally:
                    self._leave(execution, stage)
                if execution.stopping:
                    raise _EndError("Stopped", "stopped by request")
            self._set(execution, "Succeeded")
        except _EndError as end:
            self._set(execution, end.status, str(end))
        except Exception as error:  # noqa: BLE001 - the pipeline's state must say so
            self._set(execution, "Failed", repr(error))
        told.execution(self._world, self._pipeline, execution, execution.status)

    def _stage(self, execution: Execution, stage: Stage, keep: frozenset[str]) -> None:
        name = stage["name"]
        if (result := self._asked(execution, stage, "beforeEntry")) == "SKIP":
            self._tell(execution, name, "Skipped")
            return
        if result:
            self._tell(execution, name, "Failed")
            raise _EndError("Failed", f"{name}: the condition for entry is not met")
        self._tell(execution, name, "InProgress")
        again = stage.get("onFailure", {}).get("result") == "RETRY"
        done = self._actions(execution, stage, keep)
        if not done and again and not execution.stopping:
            mode = stage["onFailure"].get("retryConfiguration", {}).get("retryMode")
            succeeded = _succeeded(execution, stage)
            done = self._actions(
                execution, stage, frozenset() if mode == "ALL_ACTIONS" else succeeded
            )
        if execution.stopping:
            self._tell(execution, name, "Stopped")
            raise _EndError("Stopped", "stopped by request")
        if not done:
            self._failed(execution, stage)
        if result := self._asked(execution, stage, "onSuccess"):
            self._tell(execution, name, "Failed")
            self._roll_back_if(execution, name, result)
            raise _EndError("Failed", f"{name}: the condition for success is not met")
        self._tell(execution, name, "Succeeded")

    def _failed(self, execution: Execution, stage: Stage) -> None:
        name = stage["name"]
        self._tell(execution, name, "Failed")
        result = stage.get("onFailure", {}).get("result", "")
        self._roll_back_if(execution, name, self._asked(execution, stage, "onFailure") or result)
        wrong = [each for each in execution.attempts if each.stage == name and each.error]
        said = wrong[-1].error[1] if wrong and wrong[-1].error else ""
        raise _EndError("Failed", f"{name}: {said}")

    def _actions(self, execution: Execution, stage: Stage, keep: frozenset[str]) -> bool:
        """Run the stage's actions; whether all have succeeded."""
        left = [action for action in stage["actions"] if action["name"] not in keep]
        for order in sorted({action.get("runOrder", 1) for action in left}):
            beside = [action for action in left if action.get("runOrder", 1) == order]
            done = self._together(execution, stage["name"], beside)
            if not all(attempt.status == "Succeeded" for attempt in done):
                return False
            if execution.stopping:
                return True
        return True

    def _together(
        self, execution: Execution, stage: str, actions: list[Mapping[str, Any]]
    ) -> list[Attempt]:
        attempts, done, ended = Attempts(self._world, self._pipeline, execution), [], []
        for action in actions:
            signal = self._world.clock.signal()
            ended.append(signal)

            def run(action: Mapping[str, Any] = action, signal: Any = signal) -> None:
                try:
                    done.append(attempts.action(stage, action, ACTIONS[kind(action)]))
                finally:
                    signal.set()

            start(self._world, f"action {action['name']}", run)
        for signal in ended:
            signal.wait(None, self._world.parties.current())
        if len(done) < len(actions):
            raise RuntimeError(f"an action of {stage} was lost; the world's log says why")
        return done

    def _asked(self, execution: Execution, stage: Stage, when: str) -> str:
        """The result of the first condition that is not met; nothing where all are."""
        performers = RULES if when == "beforeEntry" else RULES_AFTER
        attempts = Attempts(self._world, self._pipeline, execution)
        for condition in conditions(stage, when):
            for rule in condition.get("rules", []):
                provider = rule["ruleTypeId"]["provider"]
                if attempts.rule(stage["name"], rule, performers[provider]).error:
                    return str(condition.get("result", "FAIL"))
        return ""

    def _roll_back_if(self, execution: Execution, stage: str, result: str) -> None:
        if result == "ROLLBACK" and not execution.rollback_of:
            target = self.last_good(stage, before=execution)
            if target is not None:
                self.roll_back(stage, target, trigger="AutomatedRollback")

    def last_good(self, stage: str, before: Execution | None = None) -> Execution | None:
        """The newest execution that has succeeded in a stage, rollbacks aside."""
        return next(
            (
                each
                for each in reversed(self._pipeline.executions)
                if each is not before
                and not each.rollback_of
                and each.stages.get(stage) == "Succeeded"
            ),
            None,
        )

    def roll_back(self, stage: str, target: Execution, trigger: str) -> Execution:
        """Run a stage again with what an earlier execution brought there."""
        execution = new_execution(
            self._world, self._pipeline, {"triggerType": trigger, "triggerDetail": target.id}
        )
        execution.rollback_of = target.id
        execution.declared, execution.version = target.declared, target.version
        execution.artifacts, execution.variables = dict(target.artifacts), dict(target.variables)
        execution.namespaces, execution.revisions = dict(target.namespaces), dict(target.revisions)
        self.begin(execution, at=stage, only=True)
        return execution

    def _enter(self, execution: Execution, stage: Stage) -> None:
        """Wait until the stage is free; QUEUED lets in who came first, SUPERSEDED who came last."""
        if self._pipeline.mode == "PARALLEL":
            return
        turn = self._world.clock.signal()
        with self._pipeline.lock:
            queue = self._pipeline.waiting.setdefault(stage["name"], deque())
            queue.append((execution, turn))
            if self._pipeline.mode == "SUPERSEDED":
                for older, signal in list(queue)[1:-1]:
                    queue.remove((older, signal))
                    older.status = "Superseded"
                    signal.set()
            self._wake(stage["name"])
        turn.wait(None, self._world.parties.current())
        if execution.status == "Superseded":
            raise _EndError("Superseded", "a later execution went ahead")
        if execution.stopping:
            self._leave(execution, stage)
            raise _EndError("Stopped", "stopped by request")

    def _leave(self, execution: Execution, stage: Stage) -> None:
        with self._pipeline.lock:
            queue = self._pipeline.waiting.get(stage["name"], deque())
            for entry in [entry for entry in queue if entry[0] is execution]:
                queue.remove(entry)
            self._wake(stage["name"])

    def _wake(self, stage: str) -> None:
        queue = self._pipeline.waiting.get(stage)
        if queue and stage not in self._pipeline.closed:
            queue[0][1].set()

    def open(self, stage: str) -> None:
        """Let executions into a stage again."""
        with self._pipeline.lock:
            self._pipeline.closed.pop(stage, None)
            self._wake(stage)

    def stop(self, execution: Execution, *, abandon: bool, reason: str) -> None:
        """Go no further; wait for the actions that run, or not."""
        with self._pipeline.lock:
            execution.stopping, execution.abandoned = True, abandon
            self._set(execution, "Stopping", reason)
            if abandon:
                for stop in execution.stops:
                    stop.set()
            for queue in self._pipeline.waiting.values():
                for waiting, turn in queue:
                    if waiting is execution:
                        turn.set()
        told.execution(self._world, self._pipeline, execution, "Stopping")

    def _tell(self, execution: Execution, stage: str, status: str) -> None:
        execution.stages[stage] = status
        told.stage(self._world, self._pipeline, execution, stage, status)

    def _set(self, execution: Execution, status: str, message: str = "") -> None:
        if execution.status == "Stopping" and status == "InProgress":
            return
        execution.status, execution.message = status, message
        execution.updated = self._world.clock.now()


def new_execution(world: Setting, pipeline: Pipeline, trigger: dict[str, str]) -> Execution:
    """An execution that has not begun."""
    with pipeline.lock:
        chance = world.chance(f"execution/{pipeline.arn}/{len(pipeline.executions)}")
        now = world.clock.now()
        execution = Execution(
            id=str(uuid.UUID(int=chance.getrandbits(128), version=4)),
            declared=pipeline.declared,
            version=int(pipeline.declared["version"]),
            trigger=trigger,
            started=now,
            updated=now,
        )
        pipeline.executions.append(execution)
    return execution


def _succeeded(execution: Execution, stage: Stage) -> frozenset[str]:
    latest = [execution.latest(stage["name"], action["name"]) for action in stage["actions"]]
    return frozenset(each.name for each in latest if each and each.status == "Succeeded")
