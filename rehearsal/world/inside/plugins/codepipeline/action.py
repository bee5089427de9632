"""What an action of a pipeline is given, and what it gives back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from rehearsal.world.inside.clock import Signal
from rehearsal.world.inside.role_session import RoleSession
from rehearsal.world.inside.setting import Setting


class ActionFailedError(Exception):
    """The action does not succeed, for a reason that AWS has a code for, such as `JobFailed`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Artifacts(Protocol):
    """The artifacts of one execution, in the pipeline's artifact store."""

    def location(self, name: str) -> tuple[str, str]:
        """The bucket and the key of an artifact that exists, or is about to be put out."""

    def get(self, name: str, session: RoleSession) -> bytes:
        """An artifact's zip, read as the session's role."""

    def put(self, name: str, content: bytes, session: RoleSession) -> None:
        """Keep an artifact's zip, as the session's role, encrypted with the store's key."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """One attempt at one action.

    Attributes:
        world: where.
        session: acts as the action's own role, or as the pipeline's where it has none.
        account: the pipeline's account.
        pipeline: its name.
        stage: the stage's name.
        action: the action's name.
        execution_id: the pipeline execution's.
        action_execution_id: this attempt's.
        configuration: as declared, its variables filled in.
        inputs: the names of its input artifacts, in order.
        outputs: the names of its output artifacts, in order.
        artifacts: the execution's.
        revision: the source revision that the execution carries, such as a commit's id.
        show: told the external execution's id, a summary and an approval's token, once known.
        stop: given when the execution is stopped and abandoned.
    """

    world: Setting
    session: RoleSession
    account: str
    pipeline: str
    stage: str
    action: str
    execution_id: str
    action_execution_id: str
    configuration: Mapping[str, str]
    inputs: Sequence[str]
    outputs: Sequence[str]
    artifacts: Artifacts
    revision: str
    show: Callable[..., None]
    stop: Signal


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a successful action leaves.

    Attributes:
        variables: its output variables, by name.
        external_id: what it is called by the service that did it.
        summary: one line for whoever reads the pipeline's state.
        revision: a source action's revision, such as a commit's id.
    """

    variables: Mapping[str, str] = field(default_factory=dict)
    external_id: str = ""
    summary: str = ""
    revision: str = ""


# Raises ActionFailedError, or whatever a call to AWS raises: that fails the action as well.
Perform = Callable[[Job], Outcome]
