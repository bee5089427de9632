"""Wald's sequential probability ratio test with knowledge that no judge has: the limit.

The first knows the true relative risk and sees the same counts as our judge. The second knows the
baseline's rate of failure as well, and so needs no baseline. Wald & Wolfowitz 1948: among all
tests with these errors, none needs fewer observations on average.
"""

import numpy as np

from tests.bench_canary.judges.lockgate import ALPHA, BETA, first
from tests.bench_canary.world import Counts, Flags, Reals, World

THRESHOLD = np.log((1 - BETA) / ALPHA)


def knows_effect(world: World) -> Reals:
    """Stop when the conditional likelihood ratio of the true relative risk reaches Wald's bound."""
    risk = min(world.kind.times, 1 / world.kind.rate)
    null, other = np.maximum(world.n_c + world.n_b, 1), np.maximum(world.n_c * risk + world.n_b, 1)
    logs = world.e_c * np.log(risk) + (world.e_c + world.e_b) * np.log(null / other)
    return first(_reached(logs))


def knows_effect_and_rate(world: World) -> Reals:
    """Stop when the likelihood ratio of the canary's own true rate reaches Wald's bound."""
    rate = world.kind.rate
    worse = min(rate * world.kind.times, 1 - 1e-9)
    good: Counts = world.n_c - world.e_c
    logs = world.e_c * np.log(worse / rate) + good * (np.log1p(-worse) - np.log1p(-rate))
    return first(_reached(logs))


def _reached(logs: Reals) -> Flags:
    return np.asarray(np.cumsum(logs, axis=1) >= THRESHOLD)
