"""What is known of one pipeline."""

import threading
import uuid
from dataclasses import dataclass, field
from typing import Any

from rehearsal.world.inside.clock import Signal
from rehearsal.world.inside.plugins.codepipeline.performers import Performers
from rehearsal.world.inside.plugins.codepipeline.record import Execution
from rehearsal.world.inside.setting import Setting


@dataclass(kw_only=True)
class Waiting:
    """An execution that wants to enter a stage.

    Attributes:
        execution: which.
        turn: given when it may, or when it is to wait no longer.
    """

    execution: Execution
    turn: Signal


@dataclass(kw_only=True, eq=False)
class Pipeline:
    """One pipeline.

    Attributes:
        world: where.
        performers: what its actions and rules are done by.
        arn: its ARN.
        account: its account.
        region: its Region.
        nth: how many of its name there were before.
        declared: its declaration, as the API has it.
        created: when.
        updated: when it was last changed.
        versions: each declaration that it had.
        executions: all of them, the oldest first.
        closed: the stages that nothing may enter, with the reason.
        inside: who is in each stage.
        waiting: who waits before each stage, the first first.
        latest: who entered each stage last.
        good: who has succeeded in each stage, the oldest first.
        attempts: how many attempts at actions and rules there were.
        tokens: the execution of each client request token.
        lock: held while any of this changes.
    """

    world: Setting
    performers: Performers
    arn: str
    account: str
    region: str
    nth: int
    declared: dict[str, Any]
    created: float
    updated: float
    versions: dict[int, dict[str, Any]] = field(default_factory=dict)
    executions: list[Execution] = field(default_factory=list)
    closed: dict[str, str] = field(default_factory=dict)
    inside: dict[str, Execution] = field(default_factory=dict)
    waiting: dict[str, list[Waiting]] = field(default_factory=dict)
    latest: dict[str, Execution] = field(default_factory=dict)
    good: dict[str, list[Execution]] = field(default_factory=dict)
    attempts: int = 0
    tokens: dict[str, str] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.declared["name"])

    @property
    def mode(self) -> str:
        """QUEUED, SUPERSEDED or PARALLEL."""
        return str(self.declared["executionMode"])

    @property
    def version(self) -> int:
        """Of its declaration."""
        return int(self.declared["version"])

    def declare(self, declared: dict[str, Any]) -> None:
        """Change it for the executions to come."""
        with self.lock:
            declared["version"] = len(self.versions) + 1
            self.declared = self.versions[declared["version"]] = declared
            self.updated = self.world.clock.now()

    def new_execution(self, trigger: dict[str, str]) -> Execution:
        """An execution that has not begun."""
        with self.lock:
            name = f"execution/{self.arn}/{self.nth}/{len(self.executions)}"
            now = self.world.clock.now()
            execution = Execution(
                id=new_id(self.world, name),
                declared=self.declared,
                trigger=trigger,
                started=now,
                updated=now,
                resumed=now,
            )
            self.executions.append(execution)
        return execution

    def execution(self, identity: str) -> Execution | None:
        """The execution of that id."""
        return next((each for each in self.executions if each.id == identity), None)


def new_id(world: Setting, name: str) -> str:
    """An id as AWS has them, the same in each run with one seed."""
    return str(uuid.UUID(int=world.chance(name).getrandbits(128), version=4))
