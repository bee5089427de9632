"""Releases of what is prepared, each until nothing of it goes on any more."""

import itertools
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from rehearsal.permissions.artifacts import Prepared
from rehearsal.permissions.builds import ask_for
from rehearsal.permissions.played import ENDLESS, NEVER_STARTED, SUCCEEDED, Course, Outcome
from rehearsal.permissions.rest import LONGEST, LOOK_SECONDS, settle
from rehearsal.pipeline import Execution
from rehearsal.set_up import SetUp
from rehearsal.stage import BEFORE_SECONDS
from rehearsal.traffic import Customers

# A push has started the pipeline by then, or never will.
STARTED_WITHIN = timedelta(minutes=10)
COMMENT = "The proof has nothing against it."


class Releases:
    """Releases on one pipeline into one environment."""

    def __init__(self, made: SetUp, service: str, prepared: Prepared) -> None:
        """Release what is prepared."""
        self._made, self._world, self._service = made, made.world, service
        self._prepared, self._pipeline = prepared, made.pipelines[service]
        [self._place] = made.traffic[service]
        self._customers, self._numbers = Customers(made.world), itertools.count(1)

    def run(self, course: Course) -> Outcome:
        """Release one of the course's variants, and wait until nothing of it goes on any more.

        Raises:
            UnsettledError: something of it never ends.
            SourceError: the push is refused.
        """
        variant = next(each for each in course.variants if each != self._deployed())
        customers = f"customers-{next(self._numbers)}"
        if course.traffic is not None:
            self._customers.start(
                name=customers, function=self._place.target, profile=course.traffic
            )
            self._world.clock.sleep(BEFORE_SECONDS)
        began = self._world.clock.now()
        ask_for(self._made, variant)
        self._made.source.push(self._made.repository(self._service))
        execution = self._ended(began)
        if course.traffic is not None:
            self._customers.stop(customers)
        settle(self._world, self._pipeline, self._place)
        return Outcome(status=_status(execution), place=self._where(execution, began))

    def _ended(self, began: datetime) -> Execution | None:
        """The execution when it is over, if one has started; who is asked says yes."""
        while True:
            found = self._newest(began)
            # What the pipeline's own update has cancelled begins again by itself.
            if found is not None and not found.running and not found.cancelled:
                return found
            late = self._world.clock.now() - began
            if late > LONGEST or (found is None and late > STARTED_WITHIN):
                return found
            for stage, action, token in self._pipeline.approvals():
                self._pipeline.decide(stage, action, token, "Approved", COMMENT)
            self._world.clock.sleep(LOOK_SECONDS)

    def _newest(self, began: datetime) -> Execution | None:
        """The execution that the push has started: it carries no commit if its source fails."""
        answer = self._world.client("codepipeline").list_pipeline_executions(
            pipelineName=self._pipeline.name
        )
        for summary in answer["pipelineExecutionSummaries"]:
            # A stage that fails is taken back by an execution of its own.
            if summary["startTime"] >= began and summary["executionType"] != "ROLLBACK":
                return self._pipeline.execution(summary["pipelineExecutionId"])
        return None

    def _deployed(self) -> str:
        """Which variant the environment's stack has; nothing where it is none of them."""
        client = self._world.client("cloudformation")
        found = client.get_template(StackName=self._place.stack)["TemplateBody"]
        for variant, template in self._prepared.templates.items():
            if _versions(found) == _versions(template):
                return variant
        return ""

    def _where(self, execution: Execution | None, began: datetime) -> str:
        if execution is None or execution.status == SUCCEEDED:
            return ""
        runs = self._pipeline.actions(execution.id)
        places = [f"{run.stage}/{run.action}" for run in runs if run.status == "Failed"]
        for deployment in self._place.deployments():
            if deployment.created >= began and not deployment.rollback_of:
                places += [
                    each.name
                    for each in deployment.lifecycle
                    if each.status in ("Failed", "Stopped")
                ]
        return ", ".join(places)


def _versions(template: Mapping[str, Any]) -> set[str]:
    """The versions of functions, which have another name with each change of what they run."""
    return {
        name
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::Lambda::Version"
    }


def _status(execution: Execution | None) -> str:
    if execution is None:
        return NEVER_STARTED
    return ENDLESS if execution.running else execution.status
