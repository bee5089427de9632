"""What the judge answers: a verdict and all the evidence that it rests on."""

import math
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    """What the counts allow to say."""

    HEALTHY = "healthy"
    DEGRADED = "degraded"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, kw_only=True)
class MetricEvidence:
    """One metric, both versions.

    Attributes:
        metric: errors, slow or http_5xx.
        evidence: e-value against "the canary's risk is at most ``bound`` times the baseline's".
        log_evidence: its natural logarithm.
        relative_risk: the Mantel-Haenszel estimate; inf without an event in the baseline, None
            without any.
        low, high: each misses the true relative risk with a chance of at most alpha, at all looks
            together, so that the two enclose it with 1 - 2 alpha. 0 and inf where nothing is known.
        bound: the relative risk that still counts as no worse.
        dispersion: the index that the evidence was tempered by.
        canary_events, baseline_events: how many requests failed, or were slow.
    """

    metric: str
    evidence: float
    log_evidence: float
    relative_risk: float | None
    low: float
    high: float
    bound: float
    dispersion: float
    canary_events: int
    baseline_events: int


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """A verdict and everything that it rests on. E-values are capped at e^700.

    Attributes:
        verdict: healthy, degraded or inconclusive.
        reason: one sentence for people.
        minute: the last settled minute; None before the first.
        evidence: the e-value that decides; degraded once it has reached ``threshold``.
        log_evidence: its natural logarithm.
        threshold: 1/alpha.
        degraded_since: the minute in which the threshold was reached.
        metrics: each metric's own evidence.
        objective_evidence: e-value against "the canary's failures are within the objective".
        certified: e-value against "the canary breaks the objective": the least over the metrics.
        certified_threshold: 1/beta.
        share_evidence: e-value against "the canary's share of requests is as configured".
        canary_requests, baseline_requests: how many each version served.
        clean_requests_needed: how many more canary requests without a failure would certify it.
    """

    verdict: Verdict
    reason: str
    minute: int | None
    evidence: float
    log_evidence: float
    threshold: float
    degraded_since: int | None
    metrics: tuple[MetricEvidence, ...]
    objective_evidence: float
    certified: float
    certified_threshold: float
    share_evidence: float
    canary_requests: int
    baseline_requests: int
    clean_requests_needed: int

    def as_record(self) -> dict[str, Any]:
        """Give the judgement as JSON allows it: what is infinite becomes None."""
        record = asdict(self)
        record["metrics"] = [
            {k: None if v == math.inf else v for k, v in each.items()} for each in record["metrics"]
        ]
        return record
