"""What is measured of a judge, with confidence intervals."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import beta

from tests.bench_canary.world import Flags, Reals, World


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One judge in one setting within one horizon.

    Attributes:
        runs: simulated deployments.
        stopped: how many were stopped within the horizon.
        minutes: mean minutes of data until the stop, over those stopped; nan if none was.
        slowest: minutes until the last of these stops.
        failed: mean failed canary requests until the stop or the horizon's end.
        inconclusive: share neither stopped nor healthy at the end; None for a judge without it.
    """

    runs: int
    stopped: int
    minutes: float
    slowest: float
    failed: float
    inconclusive: float | None

    @property
    def share(self) -> float:
        """Give the share of deployments that were stopped."""
        return self.stopped / self.runs

    @property
    def interval(self) -> tuple[float, float]:
        """Give the share's 95 % confidence interval (Clopper & Pearson 1934)."""
        return clopper_pearson(self.stopped, self.runs)


def clopper_pearson(hits: int, runs: int) -> tuple[float, float]:
    """Give the exact 95 % confidence interval of a share."""
    low = beta.ppf(0.025, hits, runs - hits + 1) if hits else 0.0
    high = beta.ppf(0.975, hits + 1, runs - hits) if hits < runs else 1.0
    return float(low), float(high)


def measure(world: World, stop: Reals, horizon: int, healthy: Flags | None = None) -> Measured:
    """Measure a judge that stops each deployment in the given minute (inf: never)."""
    stopped = stop <= horizon
    last = np.where(stopped, stop, horizon).astype(int)
    failed = np.cumsum(world.e_c, axis=1)[np.arange(len(stop)), last - 1]
    open_still = None if healthy is None else ~stopped & ~healthy[:, horizon - 1]
    return Measured(
        runs=len(stop),
        stopped=int(stopped.sum()),
        minutes=float(stop[stopped].mean()) if stopped.any() else float("nan"),
        slowest=float(stop[stopped].max()) if stopped.any() else float("nan"),
        failed=float(failed.mean()),
        inconclusive=None if open_still is None else float(open_still.mean()),
    )
