"""An execution on its way through the stages of its pipeline.

CodePipeline User Guide, "How pipeline executions work".
"""

import logging

from rehearsal.world.inside.plugins.codepipeline import told
from rehearsal.world.inside.plugins.codepipeline.entrances import Entrances
from rehearsal.world.inside.plugins.codepipeline.one_stage import EndError, OneStage, Stage, Way
from rehearsal.world.inside.plugins.codepipeline.pipeline import Pipeline, Waiting
from rehearsal.world.inside.plugins.codepipeline.record import Execution
from rehearsal.world.inside.work import start

LOG = logging.getLogger(__name__)
WHOLE = Way()


class Engine:
    """Carries executions of one pipeline on."""

    def __init__(self, pipeline: Pipeline) -> None:
        """For this pipeline."""
        self._pipeline, self._entrances = pipeline, Entrances(pipeline)

    def begin(self, execution: Execution, way: Way = WHOLE) -> None:
        """Run an execution on a thread of its own; it queues up at once."""
        stages = execution.declared["stages"]
        names = [stage["name"] for stage in stages]
        left = stages[names.index(way.at) if way.at else 0 :]
        with self._pipeline.lock:
            execution.times += 1
            execution.resumed = self._pipeline.world.clock.now()
            execution.stopping = execution.abandoned = execution.cancelled = False
            self._set(execution, "InProgress")
            waiting = self._entrances.join(execution, left[0]["name"], first=way.first)
        start(
            self._pipeline.world,
            f"execution {execution.id}",
            lambda: self._run(execution, left[:1] if way.only else left, way, waiting),
        )

    def stop(self, execution: Execution, *, abandon: bool, reason: str) -> None:
        """Go no further; wait for the actions that run, or not."""
        with self._pipeline.lock:
            execution.stopping, execution.reason = True, reason
            execution.abandoned = execution.abandoned or abandon
            self._set(execution, "Stopping", reason)
            self._entrances.withdraw(execution)
            begun = [*execution.attempts, *execution.rules] if abandon else []
            running = [each for each in begun if each.status == "InProgress"]
        told.execution(self._pipeline, execution, "Stopping")
        for each in running:
            each.stop.set()
            each.ended.set()

    def cancel(self, execution: Execution) -> None:
        """Go no further than the actions that run: the pipeline is another one now."""
        with self._pipeline.lock:
            execution.cancelled = True
            execution.reason = "the pipeline's definition was updated"
            self._entrances.withdraw(execution)

    def _run(self, execution: Execution, stages: list[Stage], way: Way, waiting: Waiting) -> None:
        again = "Resumed" if execution.times > 1 else "InProgress"
        try:
            told.execution(self._pipeline, execution, again)
            self._through(execution, stages, way, waiting)
            self._set(execution, "Succeeded")
        except EndError as end:
            self._set(execution, end.status, str(end))
        except Exception as error:
            LOG.exception("the execution %s broke down", execution.id)
            self._set(execution, "Failed", repr(error))
        told.execution(self._pipeline, execution, execution.status)

    def _through(
        self, execution: Execution, stages: list[Stage], way: Way, waiting: Waiting
    ) -> None:
        stage = OneStage(self._pipeline, execution, self.begin)
        for number, declared in enumerate(stages):
            name = declared["name"]
            try:
                self._enter(execution, waiting)
                stage.run(declared, WHOLE if number else way)
                for after in stages[number + 1 : number + 2]:
                    waiting = self._entrances.move(execution, name, after["name"])
            finally:
                self._entrances.leave(execution, name)

    def _enter(self, execution: Execution, waiting: Waiting) -> None:
        waiting.turn.wait(None, self._pipeline.world.parties.current())
        if execution.status == "Superseded":
            raise EndError("Superseded", "a later execution went ahead")
        if execution.halted:
            raise EndError(execution.halted, execution.reason)

    def _set(self, execution: Execution, status: str, message: str = "") -> None:
        execution.status, execution.message = status, message
        execution.updated = self._pipeline.world.clock.now()
