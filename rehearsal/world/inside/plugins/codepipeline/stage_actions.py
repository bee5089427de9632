"""The actions of a stage: one run order after the other, those of one order side by side."""

from collections.abc import Mapping
from typing import Any

from rehearsal.world.inside.plugins.codepipeline.attempt import Attempt
from rehearsal.world.inside.plugins.codepipeline.attempts import Attempts
from rehearsal.world.inside.plugins.codepipeline.declaration import kind
from rehearsal.world.inside.plugins.codepipeline.pipeline import Pipeline
from rehearsal.world.inside.plugins.codepipeline.record import Execution
from rehearsal.world.inside.work import start

Action = Mapping[str, Any]


class StageActions:
    """Runs the actions of one execution."""

    def __init__(self, pipeline: Pipeline, execution: Execution) -> None:
        """Of this execution."""
        self._pipeline, self._execution = pipeline, execution
        self._attempts = Attempts(pipeline, execution)

    def run(self, stage: Mapping[str, Any], keep: frozenset[str]) -> bool:
        """Run a stage's actions, but for those that are kept; whether all have succeeded."""
        left = [action for action in stage["actions"] if action["name"] not in keep]
        for order in sorted({action["runOrder"] for action in left}):
            if self._execution.halted:
                return True
            beside = [action for action in left if action["runOrder"] == order]
            done = self._together(stage["name"], beside)
            if any(attempt.status != "Succeeded" for attempt in done):
                return False
        return True

    def _together(self, stage: str, actions: list[Action]) -> list[Attempt]:
        # All begin before any runs: what they are called hangs on no thread's speed.
        attempts = [self._attempts.begin(stage, action) for action in actions]
        for attempt in attempts:
            self._start(attempt)
        for attempt in attempts:
            attempt.ended.wait(None, self._pipeline.world.parties.current())
        if self._execution.abandoned:
            for attempt in attempts:
                self._attempts.end(attempt, "Abandoned")
        return attempts

    def _start(self, attempt: Attempt) -> None:
        self._attempts.tell(attempt)
        perform = self._pipeline.performers.actions[kind(attempt.declared)]

        def run() -> None:
            self._attempts.run(attempt, perform)

        start(self._pipeline.world, f"action {attempt.name}", run)
