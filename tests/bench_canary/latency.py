"""Canaries that become slower: lognormal latencies, requests slower than the baseline's p95.

The slow requests of ours are counts of latencies above the threshold; Flagger's check is the p99 at
500 ms, and Kayenta's metric is the p95 of each minute.
"""

from dataclasses import dataclass

import numpy as np

from tests.bench_canary.judges import flagger, kayenta
from tests.bench_canary.judges.lockgate import ALPHA, GUARD, first, log_evidence
from tests.bench_canary.world import Reals

MEDIAN_MS, SIGMA, MINUTES = 100.0, 0.6, 30
CANARY, BASELINE = 60, 540
SLOW_MS = MEDIAN_MS * np.exp(1.6449 * SIGMA)
CHECK_MS = 500.0
BOUND = 1.1
# The weights of errors and slow requests, renormalised, beside the objective's guard.
SLOW_WEIGHT = 0.3 / 0.8 * (1 - GUARD)


@dataclass(frozen=True, kw_only=True)
class Slower:
    """The canary's latencies as a multiple, and when each judge stops each deployment."""

    times: float
    stops: dict[str, Reals]


def slower(times: float, runs: int, rng: np.random.Generator) -> Slower:
    """Simulate canaries of 30 minutes at ten requests a second."""
    parts = [_part(times, min(100, runs - at), rng) for at in range(0, runs, 100)]
    return Slower(
        times=times,
        stops={name: np.concatenate([part[name] for part in parts]) for name in parts[0]},
    )


def _part(times: float, runs: int, rng: np.random.Generator) -> dict[str, Reals]:
    canary = times * MEDIAN_MS * np.exp(SIGMA * rng.normal(size=(runs, MINUTES, CANARY)))
    baseline = MEDIAN_MS * np.exp(SIGMA * rng.normal(size=(runs, MINUTES, BASELINE)))
    n_c, n_b = np.full((runs, MINUTES), CANARY), np.full((runs, MINUTES), BASELINE)
    slow = (canary > SLOW_MS).sum(2), (baseline > SLOW_MS).sum(2)
    logs = log_evidence((n_c, slow[0]), (n_b, slow[1]), np.ones(runs), BOUND)
    p95 = np.quantile(canary, 0.95, axis=2), np.quantile(baseline, 0.95, axis=2)
    return {
        # No error happens: the evidence of errors and of the guard stays at 1.
        "Lockgate": first(np.log(SLOW_WEIGHT * np.exp(logs) + 1 - SLOW_WEIGHT) >= -np.log(ALPHA)),
        "Flagger's defaults": flagger.after_failed_checks(
            np.quantile(canary, 0.99, axis=2) > CHECK_MS
        ),
        "Kayenta, at the end": np.where(kayenta.high(*p95), float(MINUTES), np.inf),
    }
