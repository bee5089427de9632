"""Every setting of the benchmark, and every judge in it."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from zlib import crc32

import numpy as np

from tests.bench_canary.judges import alarms, fisher, flagger, kayenta, lockgate, oracle
from tests.bench_canary.measure import Measured, measure
from tests.bench_canary.world import Kind, simulate

OURS: Final = "Lockgate"
UNTEMPERED: Final = "Lockgate without history"
ORACLE: Final = "Oracle: knows the effect"
ORACLE_OF_RATE: Final = "Oracle: knows effect and base rate"
STREAMING: Final = {
    "SAM documentation's alarm": alarms.sam_documentation,
    "Rate alarm over the alias": alarms.rate_over_alias,
    "Rate alarm per version": alarms.rate_per_version,
    "Flagger's defaults": flagger.defaults,
    "Fisher, each minute": fisher.each_minute,
}
KAYENTA: Final = "Kayenta, at the end"
JUDGES: Final = (OURS, UNTEMPERED, *STREAMING, KAYENTA, ORACLE, ORACLE_OF_RATE)

RPS: Final = (0.2, 1.0, 10.0, 100.0)
RATES: Final = (0.001, 0.005, 0.01)
TIMES: Final = (1.0, 2.0, 4.0, 5.0, 20.0, math.inf)
HORIZONS: Final = (10, 30, 60)
SCENARIOS: Final = (
    "drift",
    "outage",
    "bursts",
    "autocorrelation",
    "per-version noise",
    "late data",
)


@dataclass(frozen=True, kw_only=True)
class Result:
    """All judges in one setting: by name and horizon."""

    kind: Kind
    measured: dict[tuple[str, int], Measured]


def kinds() -> Iterator[Kind]:
    """Give every kind of deployment: the grid, then the harder scenarios."""
    for rps in RPS:
        for rate in RATES:
            for times in TIMES:
                yield Kind(rps=rps, rate=rate, times=times)
    for scenario in SCENARIOS:
        for rps in RPS[1:]:
            for times in (1.0, 4.0, 20.0):
                yield Kind(rps=rps, rate=0.005, times=times, scenario=scenario)


def run(kind: Kind, runs: int, seed: int) -> Result:
    """Show the same simulated deployments to every judge."""
    rng = np.random.default_rng([seed, crc32(repr(kind).encode())])
    world = simulate(kind, runs, rng)
    stop, healthy = lockgate.stops(world)
    stops = {name: judge(world) for name, judge in STREAMING.items()}
    stops[UNTEMPERED], _ = lockgate.stops(world, tempered=False)
    if kind.times > 1 and kind.scenario == "plain":
        stops[ORACLE] = oracle.knows_effect(world)
        stops[ORACLE_OF_RATE] = oracle.knows_effect_and_rate(world)
    measured = {}
    for horizon in HORIZONS:
        measured[OURS, horizon] = measure(world, stop, horizon, healthy)
        for name, minutes in stops.items():
            measured[name, horizon] = measure(world, minutes, horizon)
        at_the_end = kayenta.at_the_end(world, horizon)
        measured[KAYENTA, horizon] = measure(world, at_the_end, horizon)
    return Result(kind=kind, measured=measured)
