"""One attempt at an action or at a condition's rule, as the role that it names."""

from collections.abc import Mapping
from typing import Any

from rehearsal.world.inside.plugins.codepipeline import told
from rehearsal.world.inside.plugins.codepipeline.action import (
    Outcome,
    Perform,
)
from rehearsal.world.inside.plugins.codepipeline.artifact_store import new_place
from rehearsal.world.inside.plugins.codepipeline.attempt import Attempt
from rehearsal.world.inside.plugins.codepipeline.attempt_job import job_for, names
from rehearsal.world.inside.plugins.codepipeline.pipeline import Pipeline, new_id
from rehearsal.world.inside.plugins.codepipeline.record import Execution
from rehearsal.world.inside.plugins.codepipeline.sessions import fault
from rehearsal.world.inside.work import start

TIMED_OUT = "JobFailed"


class Attempts:
    """Makes the attempts of one execution."""

    def __init__(self, pipeline: Pipeline, execution: Execution) -> None:
        """Make them for this execution."""
        self._world, self._pipeline, self._execution = pipeline.world, pipeline, execution

    def begin(self, stage: str, declared: Mapping[str, Any], when: str = "") -> Attempt:
        """A new one, of an action, or of a rule of that kind of condition."""
        execution, clock = self._execution, self._world.clock
        with self._pipeline.lock:
            among = execution.rules if when else execution.attempts
            name = f"attempt/{execution.id}/{bool(when)}/{len(among)}"
            identity, now = new_id(self._world, name), clock.now()
            inputs, outputs = (
                names(declared, "inputArtifacts"),
                names(declared, "outputArtifacts"),
            )
            attempt = Attempt(
                id=identity,
                number=self._pipeline.attempts,
                stage=stage,
                name=str(declared["name"]),
                declared=dict(declared),
                started=now,
                updated=now,
                stop=clock.signal(),
                ended=clock.signal(),
                when=when,
                taken={
                    each: execution.artifacts[each]
                    for each in inputs
                    if each in execution.artifacts
                },
                put={each: new_place(self._world, execution, identity, each) for each in outputs},
            )
            self._pipeline.attempts += 1
            among.append(attempt)
        return attempt

    def run(self, attempt: Attempt, perform: Perform) -> None:
        """Try it to its end, whatever that is."""
        self._watch(attempt)
        try:
            outcome = perform(job_for(self._pipeline, self._execution, attempt))
            self.end(attempt, "Succeeded", outcome=outcome)
        except Exception as error:  # noqa: BLE001 - one action's fault ends no pipeline
            if self._execution.abandoned:
                self.end(attempt, "Abandoned")
            self.end(attempt, "Failed", fault(error))
        finally:
            attempt.ended.set()

    def end(
        self,
        attempt: Attempt,
        status: str,
        error: tuple[str, str] | None = None,
        outcome: Outcome | None = None,
    ) -> None:
        """Give it its last status, and tell of it, if it has none yet."""
        with self._pipeline.lock:
            if attempt.status != "InProgress":
                return
            attempt.status, attempt.error = status, error
            attempt.updated = self._world.clock.now()
            if outcome is not None:
                self._keep(attempt, outcome)
        self.tell(attempt)

    def tell(self, attempt: Attempt) -> None:
        """Tell how it stands; nobody is told of rules."""
        if not attempt.when:
            told.action(self._pipeline, self._execution, attempt)

    def _keep(self, attempt: Attempt, outcome: Outcome) -> None:
        execution = self._execution
        attempt.variables = dict(outcome.variables)
        attempt.external_id = outcome.external_id or attempt.external_id
        attempt.summary = outcome.summary or attempt.summary
        execution.artifacts.update(attempt.put)
        if namespace := attempt.declared.get("namespace"):
            execution.namespaces[namespace] = attempt.variables
        if outcome.revision and not attempt.when:
            execution.revisions[attempt.name] = {
                "actionName": attempt.name,
                "revisionId": outcome.revision,
                "revisionSummary": outcome.summary,
            }

    def _watch(self, attempt: Attempt) -> None:
        """Fail it when its declared time has passed."""
        minutes = attempt.declared.get("timeoutInMinutes", 0)
        if not minutes:
            return

        def wait() -> None:
            if attempt.ended.wait(60.0 * minutes, self._world.parties.current()):
                return
            self.end(attempt, "Failed", (TIMED_OUT, f"it did not end within {minutes} minutes"))
            attempt.stop.set()
            attempt.ended.set()

        start(self._world, f"time-out of {attempt.name}", wait)
