"""Fisher's exact test, one-sided, run anew on all counts each minute, at the judge's own alpha."""

import numpy as np
from scipy.special import gammaln

from tests.bench_canary.judges.alarms import shown
from tests.bench_canary.judges.lockgate import ALPHA, first
from tests.bench_canary.world import Counts, Reals, World


def each_minute(world: World) -> Reals:
    """Stop when the p-value of the counts so far is below alpha."""
    canary_errors, baseline_errors = shown(world)
    cumulated = (
        np.cumsum(each, 1) for each in (world.n_c, canary_errors, world.n_b, baseline_errors)
    )
    return first(p_value(*cumulated) < ALPHA)


def p_value(n_c: Counts, e_c: Counts, n_b: Counts, e_b: Counts) -> Reals:
    """Give P(canary errors >= e_c) given all errors; 1 where they are no more than expected."""
    total, errors = n_c + n_b, e_c + e_b
    more = e_c * total > errors * n_c
    logs = _log_choose(n_c, e_c) + _log_choose(n_b, e_b) - _log_choose(total, errors)
    term = np.where(more, np.exp(np.minimum(logs, 0.0)), 0.0)
    found, at = term.copy(), e_c.astype(float)
    # Beyond the mean each term is smaller than the one before.
    while np.any(term > 1e-12):
        top = (n_c - at) * (errors - at)
        bottom = (at + 1) * (n_b - errors + at + 1)
        term = np.where(term > 1e-12, term * np.maximum(top, 0) / np.maximum(bottom, 1), 0.0)
        found += term
        at += 1
    return np.where(more, found, 1.0)


def _log_choose(n: Counts, k: Counts) -> Reals:
    return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1))
