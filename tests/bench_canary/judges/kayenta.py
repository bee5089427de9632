"""Kayenta's NetflixACAJudge for one metric of counts, from its published rules.

The minutes' error rates of canary and baseline are compared once, at the end. A metric fails when
the 98 % confidence interval of the Hodges-Lehmann shift lies beyond a quarter of its estimate:
both are found by inverting the Mann-Whitney test with normal approximation, ties and continuity
corrected. Equal data pass. A minute without requests counts as a rate of 0, which is the
strategy for counts of errors. Read in spinnaker/kayenta: MannWhitneyClassifier, MannWhitney.
"""

import numpy as np
from scipy.stats import norm, rankdata

from tests.bench_canary.world import Reals, World

TOLERANCE = 0.25
CONFIDENCE = 0.98
CHUNK = 250


def at_the_end(world: World, minutes: int) -> Reals:
    """Give the last minute for each deployment that fails, inf for the others."""
    canary = world.e_c[:, :minutes] / np.maximum(world.n_c[:, :minutes], 1)
    baseline = world.e_b[:, :minutes] / np.maximum(world.n_b[:, :minutes], 1)
    return np.where(high(canary, baseline), float(minutes), np.inf)


def high(canary: Reals, baseline: Reals) -> np.ndarray:
    """Say for each row whether the canary is classified as High."""
    parts = [
        _high(canary[at : at + CHUNK], baseline[at : at + CHUNK])
        for at in range(0, len(canary), CHUNK)
    ]
    return np.concatenate(parts)


def _high(canary: Reals, baseline: Reals) -> np.ndarray:
    shift = np.median((canary[:, :, None] - baseline[:, None, :]).reshape(len(canary), -1), axis=1)
    beyond = TOLERANCE * np.abs(shift)
    # The lower end of the interval is beyond a point where the test at that point rejects it.
    rejects = z_score(canary - beyond[:, None], baseline) > norm.isf((1 - CONFIDENCE) / 2)
    same = (np.sort(canary, 1) == np.sort(baseline, 1)).all(1)
    return np.asarray(rejects & ~same)


def z_score(x: Reals, y: Reals) -> Reals:
    """Give each row's Mann-Whitney statistic, standardised as R's wilcox.test does it."""
    n, m = x.shape[1], y.shape[1]
    both = np.concatenate([x, y], axis=1)
    excess = rankdata(both, axis=1)[:, :n].sum(1) - n * (n + 1) / 2 - n * m / 2
    ordered = np.sort(both, axis=1)
    ties = np.array([(np.unique(row, return_counts=True)[1] ** 3.0).sum() for row in ordered])
    tied = (ties - (n + m)) / ((n + m) * (n + m - 1))
    deviation = np.sqrt(n * m / 12 * (n + m + 1 - tied))
    corrected = excess - np.sign(excess) * 0.5
    return np.asarray(
        np.divide(corrected, deviation, out=np.zeros_like(corrected), where=deviation > 0)
    )
