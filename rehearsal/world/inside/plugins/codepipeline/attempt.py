"""What is known of one attempt at an action or a rule."""

from dataclasses import dataclass, field
from typing import Any

from rehearsal.world.inside.clock import Signal

Place = tuple[str, str]


@dataclass(kw_only=True, eq=False)
class Attempt:
    """One run of an action, or of a condition's rule.

    Attributes:
        id: the action execution's.
        number: how many attempts the pipeline had seen before.
        stage: its stage.
        name: the action's or the rule's.
        declared: its declaration.
        started: when, in seconds since 1970.
        updated: when it changed last.
        stop: given when nobody waits for it any more.
        ended: given when it has ended.
        when: the kind of condition that a rule belongs to.
        status: InProgress, Succeeded, Failed or Abandoned.
        resolved: its configuration, variables filled in.
        external_id: what it is called by the service that does it.
        summary: one line.
        token: an approval's.
        error: code and message of its failure.
        variables: what it put out.
        taken: bucket and key of each input artifact.
        put: bucket and key of each output artifact.
    """

    id: str
    number: int
    stage: str
    name: str
    declared: dict[str, Any]
    started: float
    updated: float
    stop: Signal
    ended: Signal
    when: str = ""
    status: str = "InProgress"
    resolved: dict[str, str] = field(default_factory=dict)
    external_id: str = ""
    summary: str = ""
    token: str = ""
    error: tuple[str, str] | None = None
    variables: dict[str, str] = field(default_factory=dict)
    taken: dict[str, Place] = field(default_factory=dict)
    put: dict[str, Place] = field(default_factory=dict)
