"""What a decision record says of its canary, as far as the report needs it."""

from datetime import datetime
from typing import Self

from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from rehearsal.report.model import Deployment


class Counts(BaseModel, frozen=True):
    """One version in one minute, by the gate's count."""

    requests: int
    errors: int
    http_5xx: int | None = None


class Minute(BaseModel, frozen=True):
    """Both versions in one settled minute."""

    minute: int
    canary: Counts
    baseline: Counts


class Metric(BaseModel, frozen=True):
    """The evidence of one metric."""

    metric: str
    log_evidence: float


class Judgement(BaseModel, frozen=True):
    """What the judge said at last."""

    threshold: float
    metrics: tuple[Metric, ...] = ()

    @property
    def worst(self) -> str:
        """The metric with the most evidence against the release, or nothing."""
        worst = max(self.metrics, key=lambda each: each.log_evidence, default=None)
        return worst.metric if worst else ""


class Trial(BaseModel, frozen=True):
    """The part of a record that the watch and the post-traffic hook write."""

    start: AwareDatetime
    minutes: tuple[Minute, ...]
    judgement: Judgement


class Plan(BaseModel, frozen=True):
    """How carefully the canary went."""

    percent: int
    minutes: int
    errors_percent: float


class Entry(BaseModel, frozen=True):
    """A decision of one function."""

    at: AwareDatetime
    by: str
    outcome: str
    verdict: str | None = None
    reason: str = ""


class Record(BaseModel, frozen=True):
    """A decision record."""

    current_version: str | None = None
    target_version: str | None = None
    plan: Plan | None = None
    canary: Trial | None = None
    outcome: str = ""
    verdict: str | None = None
    reason: str = ""
    timeline: tuple[Entry, ...] = Field(default=())

    @classmethod
    def of(cls, deployment: Deployment) -> Self | None:
        """Read the record of a deployment; None where it has none.

        Raises:
            ValueError: it is not as the gate writes one.
        """
        if deployment.record is None:
            return None
        try:
            return cls.model_validate(deployment.record)
        except ValidationError as error:
            raise ValueError(f"the decision record of {deployment.id}: {error}") from None

    @property
    def versions(self) -> dict[str, str]:
        """Which version was the baseline and which the canary, where that is known."""
        found = {"baseline": self.current_version, "canary": self.target_version}
        return {part: version for part, version in found.items() if version is not None}

    @property
    def decided(self) -> datetime | None:
        """When the release was taken back; None where it was not."""
        ends = (entry.at for entry in self.timeline if entry.outcome in {"failed", "stopped"})
        return next(ends, None)
