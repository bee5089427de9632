"""The results as Markdown."""

import math
from collections.abc import Iterable, Sequence

from tests.bench_canary.grid import HORIZONS, JUDGES, ORACLE, OURS, Result
from tests.bench_canary.latency import Slower
from tests.bench_canary.measure import Measured, clopper_pearson
from tests.bench_canary.targets import Target

OTHERS = tuple(name for name in JUDGES if not name.startswith("Oracle"))


def targets(found: Iterable[Target]) -> str:
    """Show each target, what was measured, and whether it was reached."""
    rows = [[each.promise, each.measured, "yes" if each.kept else "**no**"] for each in found]
    return _table(["Target", "Measured", "Reached"], rows)


def false_stops(results: Sequence[Result], horizon: int) -> str:
    """Show the share of healthy deployments that each judge stops; ours with its interval."""
    rows = []
    for each in results:
        if each.kind.times == 1:
            ours = each.measured[OURS, horizon]
            low, high = ours.interval
            cells = [f"{ours.share:.2%} ({low:.2%} to {high:.2%})"]
            cells += [f"{each.measured[name, horizon].share:.1%}" for name in OTHERS[1:]]
            rows.append([str(each.kind), *cells, f"{ours.inconclusive or 0:.0%}"])
    return _table(["Setting", *OTHERS, "Inconclusive with Lockgate"], rows)


def regressions(results: Sequence[Result], horizon: int) -> str:
    """Show share stopped, mean minutes to the stop, failed canary requests until then."""
    rows = [
        [
            str(each.kind),
            *(_cell(each.measured.get((name, horizon))) for name in (*OTHERS, ORACLE)),
            f"{each.measured[OURS, horizon].inconclusive or 0:.0%}",
        ]
        for each in results
        if each.kind.times > 1
    ]
    return _table(["Setting", *OTHERS, ORACLE, "Inconclusive with Lockgate"], rows)


def summary(results: Sequence[Result]) -> str:
    """Show each judge's worst share of false stops, and its part of the regressions, over all."""
    rows = []
    for name in OTHERS:
        healthy = [r.measured[name, h] for r in results if r.kind.times == 1 for h in HORIZONS]
        worse = [r.measured[name, h] for r in results if r.kind.times > 1 for h in HORIZONS]
        above = sum(each.share > 0.01 for each in healthy)
        caught = sum(each.stopped for each in worse) / sum(each.runs for each in worse)
        rows.append(
            [
                name,
                f"{max(each.share for each in healthy):.1%}",
                f"{above} of {len(healthy)}",
                f"{caught:.1%}",
            ]
        )
    head = ["Judge", "False stops, worst setting", "Settings above 1 %", "Regressions stopped"]
    return _table(head, rows)


def latency(found: Sequence[Slower]) -> str:
    """Show the share of deployments stopped, and the mean minute, by slowdown."""
    rows = []
    for each in found:
        cells = []
        for stop in each.stops.values():
            hits = [minute for minute in stop if math.isfinite(minute)]
            low, high = clopper_pearson(len(hits), len(stop))
            mean = f", {sum(hits) / len(hits):.1f} min" if hits else ""
            cells.append(f"{len(hits) / len(stop):.1%} ({low:.1%} to {high:.1%}){mean}")
        rows.append([f"latencies x{each.times:g}", *cells])
    return _table(["Setting", *found[0].stops], rows)


def _cell(found: Measured | None) -> str:
    if found is None:
        return ""
    minutes = "" if math.isnan(found.minutes) else f" · {found.minutes:.1f} min"
    return f"{found.share:.1%}{minutes} · {found.failed:.1f}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"
