"""What a release looks like at one moment, for whoever watches."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Served:
    """What a version has served of this release's requests: how many, and how many failed."""

    requests: int = 0
    failed: int = 0


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """How much likelier it is that the new version is worse: degraded from the threshold on."""

    value: float
    threshold: float
    verdict: str


@dataclass(frozen=True, kw_only=True)
class TrafficView:
    """The traffic of one environment.

    Attributes:
        environment: its name.
        weights: each version's share, 0 to 1.
        event: the deployment's lifecycle event that runs, or how the deployment ended; else
            nothing.
        served: by version, by the customers' own count.
        evidence: against the new version, while its canary runs.
        verdict: what the gate said at last, or nothing.
    """

    environment: str
    weights: dict[str, float] = field(default_factory=dict)
    event: str = ""
    served: dict[str, Served] = field(default_factory=dict)
    evidence: Evidence | None = None
    verdict: str = ""


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """One release at one moment.

    Attributes:
        title: which release.
        now: the time in the world.
        stages: each stage's actions with their status, in order; empty where none has begun.
        traffic: each environment's.
    """

    title: str
    now: datetime
    stages: dict[str, dict[str, str]]
    traffic: tuple[TrafficView, ...]


@dataclass(frozen=True, kw_only=True)
class Audience:
    """Who is told what happens.

    Attributes:
        step: told each thing that is about to be done.
        look: told how a release stands, again and again.
        note: told what has happened, once.
        every: how often somebody looks, in seconds of our time; never where it is 0.
    """

    step: Callable[[str], object] = lambda _text: None
    look: Callable[[Snapshot], object] = lambda _snapshot: None
    note: Callable[[str], object] = lambda _text: None
    every: float = 0.0
