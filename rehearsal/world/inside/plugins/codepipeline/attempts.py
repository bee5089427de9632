"""One attempt at an action or at a condition's rule, as the role that it names."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from rehearsal.world.inside.clock import Signal
from rehearsal.world.inside.plugins.codepipeline import told
from rehearsal.world.inside.plugins.codepipeline.action import (
    ActionFailedError,
    Job,
    Outcome,
    Perform,
)
from rehearsal.world.inside.plugins.codepipeline.artifact_store import Store
from rehearsal.world.inside.plugins.codepipeline.record import Attempt, Execution, Pipeline
from rehearsal.world.inside.plugins.codepipeline.variables import resolved
from rehearsal.world.inside.role_session import NotTrustedError, RoleSession, assume
from rehearsal.world.inside.setting import Setting

SERVICE = "codepipeline.amazonaws.com"


class Attempts:
    """Makes the attempts of one execution."""

    def __init__(self, world: Setting, pipeline: Pipeline, execution: Execution) -> None:
        """Make them for this execution."""
        self._world, self._pipeline, self._execution = world, pipeline, execution
        self._store = Store(world, execution)

    def action(self, stage: str, declared: Mapping[str, Any], perform: Perform) -> Attempt:
        """Try an action to its end, whatever that is."""
        attempt = self._begin(stage, declared, self._execution.attempts)
        told.action(self._world, self._pipeline, self._execution, attempt)
        self._run(attempt, perform)
        told.action(self._world, self._pipeline, self._execution, attempt)
        return attempt

    def rule(self, stage: str, declared: Mapping[str, Any], perform: Perform) -> Attempt:
        """Ask a rule to its end, whatever that is."""
        attempt = self._begin(stage, declared, self._execution.rules)
        self._run(attempt, perform)
        return attempt

    def _begin(self, stage: str, declared: Mapping[str, Any], among: list[Attempt]) -> Attempt:
        now = self._world.clock.now()
        with self._pipeline.lock:
            number = len(among)
            chance = self._world.chance(f"attempt/{self._execution.id}/{stage}/{number}")
            attempt = Attempt(
                id=str(uuid.UUID(int=chance.getrandbits(128), version=4)),
                stage=stage,
                name=str(declared["name"]),
                declared=dict(declared),
                status="InProgress",
                started=now,
                updated=now,
            )
            among.append(attempt)
        return attempt

    def _run(self, attempt: Attempt, perform: Perform) -> None:
        declared, over = attempt.declared, self._world.clock.signal()
        stop = self._stop(declared, over)
        try:
            attempt.resolved = resolved(declared.get("configuration", {}), self._known())
            outcome = perform(
                Job(
                    world=self._world,
                    session=self._session(declared.get("roleArn", ""), attempt.id),
                    account=self._pipeline.account,
                    pipeline=self._pipeline.name,
                    stage=attempt.stage,
                    action=attempt.name,
                    execution_id=self._execution.id,
                    action_execution_id=attempt.id,
                    configuration=attempt.resolved,
                    inputs=[each["name"] for each in declared.get("inputArtifacts", [])],
                    outputs=[each["name"] for each in declared.get("outputArtifacts", [])],
                    artifacts=self._store,
                    revision=self._revision(declared),
                    show=_shows(attempt),
                    stop=stop,
                )
            )
            self._succeeded(attempt, outcome)
        except ActionFailedError as error:
            abandoned = self._execution.abandoned
            self._failed(attempt, error.code, str(error), abandoned=abandoned)
        except (ClientError, NotTrustedError) as error:
            self._failed(attempt, "PermissionError", str(error))
        except Exception as error:  # noqa: BLE001 - one action's fault ends no pipeline
            self._failed(attempt, "InternalError", repr(error))
        finally:
            over.set()

    def _succeeded(self, attempt: Attempt, outcome: Outcome) -> None:
        execution = self._execution
        with self._pipeline.lock:
            attempt.variables = dict(outcome.variables)
            attempt.external_id = outcome.external_id or attempt.external_id
            attempt.summary = outcome.summary
            if namespace := attempt.declared.get("namespace"):
                execution.namespaces[namespace] = attempt.variables
            if outcome.revision:
                execution.revisions[attempt.name] = {
                    "actionName": attempt.name,
                    "revisionId": outcome.revision,
                    "revisionSummary": outcome.summary,
                }
            attempt.status, attempt.updated = "Succeeded", self._world.clock.now()

    def _failed(
        self, attempt: Attempt, code: str, message: str, *, abandoned: bool = False
    ) -> None:
        attempt.error = (code, message)
        attempt.status = "Abandoned" if abandoned else "Failed"
        attempt.updated = self._world.clock.now()

    def _known(self) -> dict[str, Mapping[str, str]]:
        return {
            **self._execution.namespaces,
            "variables": self._execution.variables,
            "codepipeline": {"PipelineExecutionId": self._execution.id},
        }

    def _revision(self, declared: Mapping[str, Any]) -> str:
        found = self._execution.revisions.get(str(declared["name"]), {})
        return str(found.get("revisionId", ""))

    def _session(self, role: str, attempt: str) -> RoleSession:
        """The pipeline's own role, or the one that it assumes for the action."""
        own = assume(
            self._world,
            self._execution.declared["roleArn"],
            service=SERVICE,
            session_name=attempt,
            source_arn=self._pipeline.arn,
        )
        if not role:
            return own
        given = own.client("sts").assume_role(RoleArn=role, RoleSessionName=attempt)["Credentials"]
        return RoleSession(
            credentials={
                "AWS_ACCESS_KEY_ID": given["AccessKeyId"],
                "AWS_SECRET_ACCESS_KEY": given["SecretAccessKey"],
                "AWS_SESSION_TOKEN": given["SessionToken"],
            },
            region=own.region,
            party=own.party,
        )

    def _stop(self, declared: Mapping[str, Any], over: Signal) -> Signal:
        """Given when the execution is stopped and abandoned, or the declared time has passed."""
        stop = self._world.clock.signal()
        self._execution.stops.append(stop)
        if self._execution.abandoned:
            stop.set()
        if minutes := declared.get("timeoutInMinutes"):

            def wait() -> None:
                if not over.wait(60.0 * minutes, self._world.parties.current()):
                    stop.set()

            self._world.parties.start(f"time-out of {declared['name']}", wait)
        return stop


def _shows(attempt: Attempt) -> Callable[..., None]:
    def show(*, external_id: str = "", summary: str = "", token: str = "") -> None:
        attempt.external_id = external_id or attempt.external_id
        attempt.summary = summary or attempt.summary
        attempt.token = token or attempt.token

    return show
