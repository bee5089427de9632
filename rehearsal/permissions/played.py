"""A course that can be taken, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from rehearsal.permissions.statements import Refused
from rehearsal.traffic import TrafficProfile

NEVER_STARTED, SUCCEEDED, FAILED, ENDLESS = (
    "never started",
    "Succeeded",
    "Failed",
    "does not end",
)
RELEASE, PULL_REQUEST, ROTATION = "release", "pull request", "rotation"


@dataclass(frozen=True, kw_only=True)
class Course:
    """A way that something can go.

    Attributes:
        name: what it is called.
        what: a release, a pull request or a rotation.
        variants: of what a release is, the first that is not deployed.
        traffic: the customers meanwhile, if there are any.
    """

    name: str
    what: str = RELEASE
    variants: Sequence[str] = ()
    traffic: TrafficProfile | None = None


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How something ended.

    Attributes:
        status: in the words of whatever ran it, or that it never started or does not end.
        place: where it failed: stage, action and lifecycle event of a release, the secrets of a
            rotation; nothing where it did not.
    """

    status: str
    place: str = ""


@dataclass(frozen=True, kw_only=True)
class Played:
    """What became of a course.

    Attributes:
        what: a release, a pull request or a rotation.
        outcome: how it ended.
        told: what people were told of.
        refused: what IAM did not let anybody do, in order.
        used: which statements allowed something, and what, by policy and number.
    """

    what: str
    outcome: Outcome
    told: frozenset[str]
    refused: tuple[Refused, ...]
    used: dict[tuple[str, int], frozenset[str]]
