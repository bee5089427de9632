"""Simulated canaries: what every judge is shown, and what really happened.

A world holds many deployments of one kind. A row is a deployment, a column a minute. Requests
arrive by Poisson's law and go to the canary with a tenth's chance, as an alias's weights send them.
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]
Reals = NDArray[np.float64]
Flags = NDArray[np.bool_]

MINUTES: Final = 60
SHARE: Final = 0.1
DAY: Final = 1440
OUTAGE: Final = slice(7, 10)
OUTAGE_BEFORE: Final = slice(603, 618)
BURST: Final = 3.0


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What is simulated.

    Attributes:
        rps: requests a second, over both versions.
        rate: share of the baseline's requests that fail.
        times: the canary's rate of failure as a multiple; inf: every canary request fails.
        scenario: plain, drift, outage, bursts, autocorrelation, per-version noise, or late data.
    """

    rps: float
    rate: float
    times: float = 1.0
    scenario: str = "plain"

    def __str__(self) -> str:
        times = {1.0: "A/A", np.inf: "broken"}.get(self.times, f"x{self.times:g}")
        scenario = "" if self.scenario == "plain" else f", {self.scenario}"
        return f"{self.rps:g} rps, {self.rate:.1%}, {times}{scenario}"


@dataclass(frozen=True, kw_only=True)
class World:
    """Counts of both versions by deployment and minute, and a day's history of the baseline."""

    kind: Kind
    n_c: Counts
    e_c: Counts
    n_b: Counts
    e_b: Counts
    history_n: Counts
    history_e: Counts
    known: tuple[tuple[Counts, Counts], ...] = field(default=())
    """With late data: the errors (canary, baseline) known 1 and 2 minutes after a minute's end."""


def simulate(kind: Kind, runs: int, rng: np.random.Generator) -> World:
    """Draw ``runs`` deployments of one kind."""
    shape = (runs, MINUTES)
    traffic = np.full(shape, kind.rps * 60)
    rate = np.full(shape, kind.rate)
    if kind.scenario == "drift":
        traffic = traffic * np.linspace(1.5, 0.5, MINUTES)
        rate = rate * np.geomspace(0.5, 4.0, MINUTES)
    if kind.scenario == "outage":
        rate[:, OUTAGE] = 0.3
    if kind.scenario == "autocorrelation":
        rate = rate * np.exp(_wander(rng, shape, 0.9, 0.5))
    canary_rate, baseline_rate = _own_noise(rng, kind, rate), _own_noise(rng, kind, rate)
    total = rng.poisson(traffic)
    n_c = rng.binomial(total, SHARE)
    n_b = total - n_c
    e_c = _failures(rng, kind, n_c, np.minimum(1.0, canary_rate * kind.times))
    e_b = _failures(rng, kind, n_b, baseline_rate)
    history_n, history_e = _history(rng, kind, runs)
    known: tuple[tuple[Counts, Counts], ...] = ()
    if kind.scenario == "late data":
        known = tuple((rng.binomial(e_c, part), rng.binomial(e_b, part)) for part in (0.6, 0.85))
    return World(
        kind=kind,
        n_c=n_c,
        e_c=e_c,
        n_b=n_b,
        e_b=e_b,
        history_n=history_n,
        history_e=history_e,
        known=known,
    )


def _history(rng: np.random.Generator, kind: Kind, runs: int) -> tuple[Counts, Counts]:
    shape = (runs, DAY)
    rate = np.full(shape, kind.rate)
    if kind.scenario == "drift":
        rate = rate * np.exp(0.5 * np.sin(np.linspace(0, 2 * np.pi, DAY)))
    if kind.scenario == "autocorrelation":
        rate = rate * np.exp(_wander(rng, shape, 0.9, 0.5))
    if kind.scenario == "outage":
        rate[:, OUTAGE_BEFORE] = 0.3
    requests = rng.poisson(kind.rps * 60, shape)
    return requests, _failures(rng, kind, requests, _own_noise(rng, kind, rate))


def _own_noise(rng: np.random.Generator, kind: Kind, rate: Reals) -> Reals:
    if kind.scenario != "per-version noise":
        return rate
    return rate * np.exp(_wander(rng, rate.shape, 0.3, 0.3))


def _failures(rng: np.random.Generator, kind: Kind, requests: Counts, rate: Reals) -> Counts:
    chance = np.minimum(rate, 1.0)
    if kind.scenario != "bursts" or not np.isfinite(kind.times):
        return rng.binomial(requests, chance)
    # A failure brings retries that fail as well: sizes are geometric, so that events have an
    # index of dispersion of 2 * BURST - 1. A sum of k such sizes is k and a negative binomial.
    starts = rng.binomial(requests, chance / BURST)
    more = rng.negative_binomial(np.maximum(starts, 1), 1 / BURST)
    return np.minimum(requests, starts + np.where(starts > 0, more, 0))


def _wander(
    rng: np.random.Generator, shape: tuple[int, ...], correlation: float, deviation: float
) -> Reals:
    """Draw a first-order autoregressive log rate with mean 0 and this standard deviation."""
    noise = rng.normal(0, deviation * np.sqrt(1 - correlation**2), shape)
    found = np.empty(shape)
    found[:, 0] = rng.normal(0, deviation, shape[0])
    for at in range(1, shape[1]):
        found[:, at] = correlation * found[:, at - 1] + noise[:, at]
    return found
