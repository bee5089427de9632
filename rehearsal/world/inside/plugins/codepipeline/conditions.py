"""A stage's conditions: for entry, on success and on failure.

CodePipeline User Guide, "How do stage conditions work?": a condition is met when each of its rules
succeeds; where it is not met, its result follows.
"""

from collections.abc import Mapping
from typing import Any

from rehearsal.world.inside.json_service import ServiceError
from rehearsal.world.inside.plugins.codepipeline.attempt import Attempt
from rehearsal.world.inside.plugins.codepipeline.attempts import Attempts
from rehearsal.world.inside.plugins.codepipeline.declaration import conditions
from rehearsal.world.inside.plugins.codepipeline.pipeline import Pipeline
from rehearsal.world.inside.plugins.codepipeline.record import Checked, Execution
from rehearsal.world.inside.work import start

# By the API's names for what can be overridden.
KINDS = {"BEFORE_ENTRY": "beforeEntry", "ON_SUCCESS": "onSuccess"}


class Conditions:
    """Asks the rules of one execution's conditions."""

    def __init__(self, pipeline: Pipeline, execution: Execution) -> None:
        """Of this execution."""
        self._pipeline, self._execution = pipeline, execution
        self._attempts = Attempts(pipeline, execution)

    def result(self, stage: Mapping[str, Any], when: str) -> str:
        """What follows as a condition is not met; nothing where it is, or where none is declared.

        Args:
            stage: the stage's declaration.
            when: `beforeEntry`, `onSuccess` or `onFailure`.
        """
        for condition in conditions(stage, when):
            place, now = (stage["name"], when), self._pipeline.world.clock.now()
            with self._pipeline.lock:
                before = self._execution.conditions.get(place)
                if before is not None and before.overridden:
                    return ""
                checked = Checked(
                    status="InProgress", result=condition.get("result", "FAIL"), updated=now
                )
                self._execution.conditions[place] = checked
            met = self._met(checked, stage["name"], condition, when)
            with self._pipeline.lock:
                if checked.overridden:
                    return ""
                if self._execution.abandoned:
                    checked.status = "Abandoned"
                else:
                    checked.status = "Succeeded" if met else "Failed"
                checked.updated = self._pipeline.world.clock.now()
            if not met:
                return checked.result
        return ""

    def _met(self, checked: Checked, stage: str, condition: Mapping[str, Any], when: str) -> bool:
        for rule in condition.get("rules", []):
            if checked.overridden or self._execution.abandoned:
                return False
            attempt = self._attempts.begin(stage, rule, when)
            checked.rules.append(attempt)
            self._run(attempt)
            # Whoever overrides the condition or abandons the execution waits for no rule.
            self._attempts.end(attempt, "Abandoned")
            if attempt.status != "Succeeded":
                return False
        return True

    def _run(self, attempt: Attempt) -> None:
        rules = self._pipeline.performers.rules_for(attempt.when)
        perform = rules[attempt.declared["ruleTypeId"]["provider"]]
        world = self._pipeline.world
        start(world, f"rule {attempt.name}", lambda: self._attempts.run(attempt, perform))
        attempt.ended.wait(None, world.parties.current())


def override(pipeline: Pipeline, execution: Execution, stage: str, kind: str) -> str:
    """Let a condition not count: what its status was before.

    Args:
        pipeline: the pipeline.
        execution: whose condition.
        stage: the stage's name.
        kind: `BEFORE_ENTRY` or `ON_SUCCESS`.

    Raises:
        ServiceError: it has not failed the stage, nor does it hold it up.
    """
    with pipeline.lock:
        checked = execution.conditions.get((stage, KINDS[kind]))
        status = checked.status if checked else ""
        holds = status == "Failed" and checked is not None and checked.result == "FAIL"
        if checked is None or not (holds or status == "InProgress"):
            raise ServiceError(
                "ConditionNotOverridableException",
                f"no condition {kind} of {stage} holds {execution.id} up",
            )
        checked.overridden, checked.status = True, "Overridden"
        checked.updated = pipeline.world.clock.now()
        rules = [each for each in checked.rules if each.status == "InProgress"]
        # Before they wake: a rule that is stopped would else say that it has failed.
        for each in rules:
            Attempts(pipeline, execution).end(each, "Abandoned")
    for each in rules:
        each.stop.set()
        each.ended.set()
    return status
