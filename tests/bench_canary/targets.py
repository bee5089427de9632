"""The targets that the benchmark has to reach, checked on its results."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.bench_canary.grid import HORIZONS, ORACLE, ORACLE_OF_RATE, OURS, Result
from tests.bench_canary.measure import Measured, clopper_pearson

# The oracle "stops in the window" where it stops at least this share of the deployments.
ORACLE_STOPS = 0.9


@dataclass(frozen=True, kw_only=True)
class Target:
    """One promise, what was measured, and whether it was kept."""

    promise: str
    measured: str
    kept: bool


def check(results: Sequence[Result], peeking: tuple[int, int]) -> list[Target]:
    """Check every target."""
    plain = [each for each in results if each.kind.scenario != "bursts"]
    bursts = [each for each in results if each.kind.scenario == "bursts"]
    return [
        _false_stops("every A/A setting but bursts", plain, 0.01, 0.02),
        _false_stops("bursts, tempered by the history's dispersion", bursts, 0.03, None),
        _against_oracle(results, ORACLE, required=True),
        _against_oracle(results, ORACLE_OF_RATE, required=False),
        _caught(results),
        _broken(results),
        _peeking(peeking),
    ]


def _false_stops(where: str, results: Sequence[Result], most: float, upper: float | None) -> Target:
    worst: Measured = max(
        (each.measured[OURS, h] for each in results if each.kind.times == 1 for h in HORIZONS),
        key=lambda found: found.share,
    )
    high = worst.interval[1]
    promise = f"False stops at alpha 1 %: at most {most:.0%} in {where}"
    promise += "" if upper is None else f", upper confidence limit at most {upper:.0%}"
    return Target(
        promise=promise,
        measured=f"worst {worst.share:.2%}, upper limit {high:.2%} ({worst.runs:,} runs)",
        kept=worst.share <= most and (upper is None or high <= upper),
    )


def _against_oracle(results: Sequence[Result], oracle: str, *, required: bool) -> Target:
    ratios = _ratios(results, oracle)
    worst, where, horizon = ratios[-1]
    over = [ratio for ratio, _, _ in ratios if ratio > 1.5]
    promise = "Failed canary requests before the stop: at most 1.5 times those of the oracle"
    promise += (
        " that knows the effect" if required else " that knows the base rate as well (not required)"
    )
    return Target(
        promise=f"{promise}, where it stops {ORACLE_STOPS:.0%} within the window",
        measured=f"worst {worst:.2f} ({where.kind}, {horizon} minutes); "
        f"above 1.5 in {len(over)} of {len(ratios)} settings",
        kept=not over,
    )


def _ratios(results: Sequence[Result], oracle: str) -> list[tuple[float, Result, int]]:
    found = [
        (each.measured[OURS, h].failed / each.measured[oracle, h].failed, each, h)
        for each in results
        for h in HORIZONS
        if (oracle, h) in each.measured and each.measured[oracle, h].share >= ORACLE_STOPS
    ]
    return sorted(found, key=lambda entry: entry[0])


def _of(results: Sequence[Result], rps: float, rate: float, times: float) -> Result:
    wanted = (rps, rate, times, "plain")
    return next(
        each
        for each in results
        if (each.kind.rps, each.kind.rate, each.kind.times, each.kind.scenario) == wanted
    )


def _caught(results: Sequence[Result]) -> Target:
    found = _of(results, 10.0, 0.005, 4.0).measured[OURS, 30]
    low, high = found.interval
    return Target(
        promise="A fourfold regression at 10 rps and 0.5 %: stopped in at least 97 % of 30 minutes",
        measured=f"{found.share:.1%} ({low:.1%} to {high:.1%})",
        kept=found.share >= 0.97,
    )


def _broken(results: Sequence[Result]) -> Target:
    found = [
        each.measured[OURS, 10]
        for each in results
        if each.kind.rps == 1 and each.kind.times == float("inf")
    ]
    mean, slowest = max(each.minutes for each in found), max(each.slowest for each in found)
    stopped = all(each.stopped == each.runs for each in found)
    return Target(
        promise="A broken release at 1 rps: stopped within 3 settled minutes",
        measured=f"all stopped: {stopped}; mean {mean:.2f} minutes, the slowest {slowest:.0f}",
        kept=stopped and slowest <= 3,
    )


def _peeking(peeking: tuple[int, int]) -> Target:
    hits, runs = peeking
    low, high = clopper_pearson(hits, runs)
    return Target(
        promise="Mann-Whitney at 5 %, re-run as 10,000 observations accrue: about 70 % reject",
        measured=f"{hits / runs:.0%} ({low:.0%} to {high:.0%}, {runs} runs)",
        kept=0.6 <= hits / runs <= 0.8,
    )
