"""A course that a release can take, and what became of one that took it."""

from collections.abc import Sequence
from dataclasses import dataclass

from rehearsal.permissions.statements import Refused
from rehearsal.traffic import TrafficProfile

NEVER_STARTED, SUCCEEDED, ENDLESS = "never started", "Succeeded", "does not end"


@dataclass(frozen=True, kw_only=True)
class Course:
    """A way that a release can go.

    Attributes:
        name: what it is called.
        variants: of what, the first that is not deployed.
        traffic: the customers meanwhile, if there are any.
    """

    name: str
    variants: Sequence[str]
    traffic: TrafficProfile | None = None


@dataclass(frozen=True, kw_only=True)
class Played:
    """What became of a release.

    Attributes:
        status: of the pipeline's execution, or that there was none.
        place: the stage and action that failed, and the lifecycle event of a deployment.
        told: what people were told of.
        refused: what IAM did not let anybody do, in order.
        used: which statements allowed something, and what, by policy and number.
    """

    status: str
    place: str
    told: frozenset[str]
    refused: tuple[Refused, ...]
    used: dict[tuple[str, int], frozenset[str]]
