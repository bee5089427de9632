"""Who may enter a stage: QUEUED lets in who came first, SUPERSEDED who came last.

CodePipeline User Guide, "How pipeline executions work": one execution at a time is in a stage, but
for PARALLEL, where no execution knows of another.
"""

from rehearsal.world.inside.plugins.codepipeline.pipeline import Pipeline, Waiting
from rehearsal.world.inside.plugins.codepipeline.record import Execution


class Entrances:
    """The entrances to a pipeline's stages."""

    def __init__(self, pipeline: Pipeline) -> None:
        """Of this pipeline."""
        self._pipeline = pipeline

    def join(self, execution: Execution, stage: str, *, first: bool = False) -> Waiting:
        """Wait from now on; `first` is before all others who wait."""
        pipeline = self._pipeline
        waiting = Waiting(execution=execution, turn=pipeline.world.clock.signal())
        with pipeline.lock:
            if pipeline.mode == "PARALLEL" or execution.halted:
                waiting.turn.set()
                return waiting
            line = pipeline.waiting.setdefault(stage, [])
            if pipeline.mode == "SUPERSEDED":
                for older in line:
                    older.execution.status = "Superseded"
                    older.turn.set()
                line.clear()
            line.insert(0 if first else len(line), waiting)
            self._let_in(stage)
        return waiting

    def move(self, execution: Execution, stage: str, after: str) -> Waiting:
        """From one stage to the entrance of the next, so that nobody overtakes."""
        with self._pipeline.lock:
            waiting = self.join(execution, after)
            self.leave(execution, stage)
        return waiting

    def leave(self, execution: Execution, stage: str) -> None:
        """Be in the stage no more."""
        with self._pipeline.lock:
            if self._pipeline.inside.get(stage) is execution:
                del self._pipeline.inside[stage]
            self._let_in(stage)

    def withdraw(self, execution: Execution) -> None:
        """Wait nowhere any more."""
        with self._pipeline.lock:
            for line in self._pipeline.waiting.values():
                for waiting in [each for each in line if each.execution is execution]:
                    line.remove(waiting)
                    waiting.turn.set()

    def close(self, stage: str, reason: str) -> None:
        """Let nobody in."""
        with self._pipeline.lock:
            self._pipeline.closed[stage] = reason

    def open(self, stage: str) -> None:
        """Let executions in again."""
        with self._pipeline.lock:
            self._pipeline.closed.pop(stage, None)
            self._let_in(stage)

    def _let_in(self, stage: str) -> None:
        pipeline = self._pipeline
        line = pipeline.waiting.get(stage)
        if line and stage not in pipeline.inside and stage not in pipeline.closed:
            waiting = line.pop(0)
            pipeline.inside[stage] = waiting.execution
            waiting.turn.set()
