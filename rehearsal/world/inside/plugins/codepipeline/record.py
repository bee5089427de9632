"""What is known of executions, of their conditions and of their retries."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rehearsal.world.inside.plugins.codepipeline.attempt import Attempt, Place

RUNNING = frozenset({"InProgress", "Stopping"})


@dataclass(kw_only=True, eq=False)
class Checked:
    """How a stage's condition of one kind came out.

    Attributes:
        status: InProgress, Succeeded, Failed, Overridden or Abandoned.
        result: what follows where it is not met.
        updated: when it changed last.
        rules: each rule that was asked.
        overridden: whether somebody said that it does not count.
    """

    status: str
    result: str
    updated: float
    rules: list[Attempt] = field(default_factory=list)
    overridden: bool = False


@dataclass(kw_only=True)
class Retries:
    """How often a stage of an execution was run again.

    Attributes:
        automatic: by the stage's own declaration.
        manual: by request.
        latest: AutomatedStageRetry or ManualStageRetry.
    """

    automatic: int = 0
    manual: int = 0
    latest: str = ""


@dataclass(kw_only=True, eq=False)
class Execution:
    """One execution of a pipeline.

    Attributes:
        id: its id.
        declared: the pipeline as it was when the execution began.
        trigger: what started it, and what for.
        started: when.
        updated: when its status changed last.
        resumed: when it was begun last.
        status: as the API has it.
        message: why it ended as it did.
        times: how often it was begun.
        rollback_of: the execution that a stage is rolled back to, or nothing.
        stopping: whether it goes no further than the actions that run.
        cancelled: the same, as the pipeline was changed meanwhile.
        abandoned: whether nobody waits for these either.
        reason: why it was stopped.
        revisions: the source revisions, by action.
        variables: of the pipeline.
        namespaces: the output variables of its actions, by namespace.
        artifacts: bucket and key of each artifact.
        stages: each stage's status.
        attempts: its actions', in the order in which they began.
        rules: its conditions' rules.
        conditions: its conditions, by stage and kind.
        retries: by stage.
    """

    id: str
    declared: dict[str, Any]
    trigger: dict[str, str]
    started: float
    updated: float
    resumed: float
    status: str = "InProgress"
    message: str = ""
    times: int = 0
    rollback_of: str = ""
    stopping: bool = False
    cancelled: bool = False
    abandoned: bool = False
    reason: str = ""
    revisions: dict[str, dict[str, Any]] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    namespaces: dict[str, dict[str, str]] = field(default_factory=dict)
    artifacts: dict[str, Place] = field(default_factory=dict)
    stages: dict[str, str] = field(default_factory=dict)
    attempts: list[Attempt] = field(default_factory=list)
    rules: list[Attempt] = field(default_factory=list)
    conditions: dict[tuple[str, str], Checked] = field(default_factory=dict)
    retries: dict[str, Retries] = field(default_factory=dict)

    @property
    def version(self) -> int:
        """The version of the pipeline that it runs."""
        return int(self.declared["version"])

    @property
    def halted(self) -> str:
        """The status that it is to end with as it goes no further; nothing if it goes on."""
        return "Cancelled" if self.cancelled else "Stopped" if self.stopping else ""

    def latest(self, stage: str, action: str) -> Attempt | None:
        """The newest attempt at an action."""
        found = [each for each in self.attempts if (each.stage, each.name) == (stage, action)]
        return found[-1] if found else None

    def succeeded(self, stage: Mapping[str, Any]) -> frozenset[str]:
        """The actions of a stage whose newest attempt has succeeded."""
        latest = [self.latest(stage["name"], action["name"]) for action in stage["actions"]]
        return frozenset(each.name for each in latest if each and each.status == "Succeeded")
