"""The evidence so far, minute by minute, and what it allows to say."""

import math
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from counts import Minute
from evidence import Rate, RelativeRisk, certificate, guard, log_mean_exp, log_share_evidence
from judgement import Judgement, MetricEvidence, Verdict
from settings import Settings

_MOST_LOG: Final = 700.0


class Case:
    """The evidence of the minutes added so far. Minutes come checked and in order."""

    def __init__(self, metrics: tuple[str, ...], settings: Settings) -> None:
        self._settings = settings
        self._alpha = settings.alpha_of(metrics)
        self._weights = settings.weights_of(metrics)
        self._dispersion = {metric: settings.dispersion_of(metric) for metric in metrics}
        self._risks = {
            metric: RelativeRisk(settings.bound_of(metric), index)
            for metric, index in self._dispersion.items()
        }
        self._certificates = self._rates(certificate)
        self._guards = self._rates(guard)
        self._guards_that_stop = self._rates(guard)
        self._events = {metric: [0, 0] for metric in metrics}
        self._requests = [0, 0]
        self._shared = [0, 0]
        self._minute: int | None = None
        self._missing: str | None = None
        self._degraded_since: int | None = None

    def _rates(self, make: Callable[[float, float], Rate]) -> dict[str, Rate]:
        return {
            metric: make(self._settings.objective, index)
            for metric, index in self._dispersion.items()
            if metric != "slow"
        }

    def add(self, minute: Minute) -> None:
        """Take in one more settled minute."""
        if self._minute is not None and minute.minute != self._minute + 1:
            self._missing = self._missing or f"minute {self._minute + 1} is missing"
        self._minute = minute.minute
        canary, baseline = minute.canary, minute.baseline
        self._requests[0] += canary.requests
        self._requests[1] += baseline.requests
        if self._settings.share_until is None or minute.minute < self._settings.share_until:
            self._shared[0] += canary.requests
            self._shared[1] += baseline.requests
        for metric in self._risks:
            events = canary.of(metric), baseline.of(metric)
            if events[0] is None or events[1] is None:
                self._missing = self._missing or f"minute {minute.minute} has no count of {metric}"
                continue
            self._events[metric][0] += events[0]
            self._events[metric][1] += events[1]
            self._risks[metric].add((canary.requests, events[0]), (baseline.requests, events[1]))
            for rate in self._rates_of(metric, alone=baseline.requests == 0):
                rate.add(canary.requests, events[0])
        if self._degraded_since is None and self._log_evidence() >= math.log(1 / self._alpha):
            self._degraded_since = minute.minute

    def _rates_of(self, metric: str, *, alone: bool) -> Iterator[Rate]:
        if metric != "slow":
            yield self._certificates[metric]
            yield self._guards[metric]
            if alone or self._settings.guard_always:
                yield self._guards_that_stop[metric]

    def _log_evidence(self) -> float:
        relative = [risk.log_evidence() for risk in self._risks.values()]
        part = self._settings.guard_weight
        return log_mean_exp(
            [log_mean_exp(relative, self._weights), _log_mean(self._guards_that_stop.values())],
            [1 - part, part],
        )

    def judgement(self) -> Judgement:
        """Say what the evidence so far allows to say."""
        log_evidence = self._log_evidence()
        metrics = tuple(self._metric(metric) for metric in self._risks)
        clean = max(each.clean_needed(self._settings.beta) for each in self._certificates.values())
        verdict, reason = self._verdict(log_evidence, metrics, clean)
        return Judgement(
            verdict=verdict,
            reason=reason,
            minute=self._minute,
            evidence=_exp(log_evidence),
            log_evidence=log_evidence,
            threshold=1 / self._alpha,
            degraded_since=self._degraded_since,
            metrics=metrics,
            objective_evidence=_exp(_log_mean(self._guards.values())),
            certified=_exp(min(each.log_evidence() for each in self._certificates.values())),
            certified_threshold=1 / self._settings.beta,
            share_evidence=_exp(self._log_share()),
            canary_requests=self._requests[0],
            baseline_requests=self._requests[1],
            clean_requests_needed=clean,
        )

    def _verdict(
        self, log_evidence: float, metrics: tuple[MetricEvidence, ...], clean: int
    ) -> tuple[Verdict, str]:
        if self._degraded_since is not None:
            return Verdict.DEGRADED, self._why_degraded(metrics)
        doubt = self._doubt(log_evidence, clean)
        if doubt is not None:
            return Verdict.INCONCLUSIVE, doubt
        return Verdict.HEALTHY, (
            f"{self._requests[0]} canary requests certify failures within the objective of "
            f"{self._settings.objective:.3g}, and nothing speaks against the canary."
        )

    def _doubt(self, log_evidence: float, clean: int) -> str | None:
        """Give the first thing that keeps a canary from being healthy."""
        settings, needed = self._settings, math.log(1 / self._alpha)
        canary, baseline = self._requests
        share, configured = self._shared[0] / max(sum(self._shared), 1), settings.share or 0.0
        doubts = (
            (self._minute is None, "No minute has settled yet."),
            (self._missing, f"Data is missing: {self._missing}."),
            (canary == 0, "The canary served no request."),
            (
                baseline == 0 and settings.baseline_expected,
                "The baseline served no request: there is nothing to compare with.",
            ),
            (
                self._log_share() >= needed,
                f"The canary served {share:.1%} of the requests, not {configured:.1%}.",
            ),
            (
                _log_mean(self._guards.values()) >= needed,
                "The canary breaks the objective, and so far no more than the baseline does.",
            ),
            (
                log_evidence >= needed / 2,
                f"Evidence against the canary stands at {_exp(log_evidence):.3g}: not settled.",
            ),
            (clean, f"{clean} more clean canary requests are needed to certify the objective."),
        )
        return next((sentence for holds, sentence in doubts if holds), None)

    def _why_degraded(self, metrics: tuple[MetricEvidence, ...]) -> str:
        worst = max(metrics, key=lambda each: each.log_evidence)
        if worst.log_evidence < _log_mean(self._guards_that_stop.values()):
            objective = self._settings.objective
            return f"The canary's failures exceed the objective of {objective:.3g}."
        return (
            f"{worst.metric}: {worst.canary_events} of {self._requests[0]} canary requests, "
            f"{worst.baseline_events} of {self._requests[1]} on the baseline; "
            f"at least {worst.low:.3g} times the baseline's risk."
        )

    def _metric(self, metric: str) -> MetricEvidence:
        risk = self._risks[metric]
        low, high = risk.interval(self._alpha)
        return MetricEvidence(
            metric=metric,
            evidence=_exp(risk.log_evidence()),
            log_evidence=risk.log_evidence(),
            relative_risk=risk.estimate(),
            low=low,
            high=high,
            bound=self._settings.bound_of(metric),
            dispersion=self._dispersion[metric],
            canary_events=self._events[metric][0],
            baseline_events=self._events[metric][1],
        )

    def _log_share(self) -> float:
        if self._settings.share is None:
            return 0.0
        return log_share_evidence(
            (self._shared[0], self._shared[1]),
            self._settings.share,
            self._settings.share_tolerance,
        )


def _log_mean(rates: Iterable[Rate]) -> float:
    return log_mean_exp([rate.log_evidence() for rate in rates])


def _exp(log: float) -> float:
    return math.exp(min(log, _MOST_LOG))
