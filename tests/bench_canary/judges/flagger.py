"""Flagger with the numbers of its documentation: success of 99 % a minute, five failed checks."""

import numpy as np

from tests.bench_canary.judges.alarms import shown
from tests.bench_canary.judges.lockgate import first
from tests.bench_canary.world import Flags, Reals, World

FAILED_CHECKS = 5


def defaults(world: World) -> Reals:
    """Check the canary's success each minute; a minute without a request fails its check."""
    return after_failed_checks((shown(world)[0] > 0.01 * world.n_c) | (world.n_c == 0))


def after_failed_checks(failed: Flags) -> Reals:
    """Give the minute of the fifth failed check. Failed checks add up over the analysis."""
    return first(np.cumsum(failed, axis=1) >= FAILED_CHECKS)
