"""What is known of pipelines, their executions, and each attempt at an action."""

import threading
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from rehearsal.world.inside.clock import Signal


@dataclass(kw_only=True)
class Attempt:
    """One run of an action, or of a condition's rule.

    Attributes:
        id: the action execution's.
        stage: its stage.
        name: the action's or the rule's.
        declared: its declaration.
        status: InProgress, Succeeded, Failed or Abandoned.
        started: when, in seconds since 1970.
        updated: when it changed last.
        resolved: its configuration, variables filled in.
        external_id: what it is called by the service that does it.
        summary: one line.
        token: an approval's.
        error: code and message of its failure.
        variables: what it put out.
    """

    id: str
    stage: str
    name: str
    declared: dict[str, Any]
    status: str
    started: float
    updated: float
    resolved: dict[str, str] = field(default_factory=dict)
    external_id: str = ""
    summary: str = ""
    token: str = ""
    error: tuple[str, str] | None = None
    variables: dict[str, str] = field(default_factory=dict)


@dataclass(kw_only=True)
class Execution:
    """One execution of a pipeline.

    Attributes:
        id: its id.
        declared: the pipeline as it was when the execution began.
        version: the declaration's version.
        trigger: what started it, and what for.
        started: when.
        updated: when its status changed last.
        stops: given when it is abandoned, one for each attempt.
        abandoned: whether nobody waits for its actions any more.
        status: as the API has it.
        message: why it ended as it did.
        rollback_of: the execution that a stage is rolled back to, or nothing.
        stopping: whether it goes no further than the actions that run.
        revisions: the source revisions, by action.
        variables: of the pipeline.
        namespaces: the output variables of its actions, by namespace.
        artifacts: bucket and key of each artifact.
        stages: each stage's status.
        attempts: its actions', in the order in which they began.
        rules: its conditions' rules.
    """

    id: str
    declared: dict[str, Any]
    version: int
    trigger: dict[str, str]
    started: float
    updated: float
    stops: list[Signal] = field(default_factory=list)
    abandoned: bool = False
    status: str = "InProgress"
    message: str = ""
    rollback_of: str = ""
    stopping: bool = False
    revisions: dict[str, dict[str, Any]] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    namespaces: dict[str, dict[str, str]] = field(default_factory=dict)
    artifacts: dict[str, tuple[str, str]] = field(default_factory=dict)
    stages: dict[str, str] = field(default_factory=dict)
    attempts: list[Attempt] = field(default_factory=list)
    rules: list[Attempt] = field(default_factory=list)

    def latest(self, stage: str, action: str) -> Attempt | None:
        """The newest attempt at an action."""
        found = [each for each in self.attempts if (each.stage, each.name) == (stage, action)]
        return found[-1] if found else None


@dataclass(kw_only=True)
class Pipeline:
    """One pipeline.

    Attributes:
        arn: its ARN.
        account: its account.
        region: its Region.
        declared: its declaration, as the API has it.
        created: when.
        updated: when it was last changed.
        executions: all of them, the oldest first.
        closed: the stages that nothing may enter, with the reason.
        waiting: who is in each stage and who waits before it, the first first.
        tokens: the execution of each client request token.
        lock: held while any of this changes.
    """

    arn: str
    account: str
    region: str
    declared: dict[str, Any]
    created: float
    updated: float
    executions: list[Execution] = field(default_factory=list)
    closed: dict[str, str] = field(default_factory=dict)
    waiting: dict[str, deque[tuple[Execution, Signal]]] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.declared["name"])

    @property
    def mode(self) -> str:
        """QUEUED, SUPERSEDED or PARALLEL."""
        return str(self.declared.get("executionMode", "SUPERSEDED"))

    def execution(self, identity: str) -> Execution | None:
        """The execution of that id."""
        return next((each for each in self.executions if each.id == identity), None)
