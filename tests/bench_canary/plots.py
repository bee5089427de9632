"""The results as pictures."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from tests.bench_canary.grid import (
    HORIZONS,
    KAYENTA,
    ORACLE,
    OURS,
    STREAMING,
    Result,
)
from tests.bench_canary.judges import kayenta, lockgate, oracle
from tests.bench_canary.targets import ORACLE_STOPS
from tests.bench_canary.world import Kind, Reals, simulate

COLOURS = {
    OURS: "#0b6e4f",
    **dict(zip(STREAMING, ("#c1121f", "#e76f51", "#f4a261", "#6a4c93", "#457b9d"), strict=True)),
    KAYENTA: "#8d6e63",
    ORACLE: "#111111",
}
NAMES = (OURS, *STREAMING, KAYENTA)


def draw(results: Sequence[Result], seed: int, runs: int, folder: Path) -> None:
    """Draw every picture."""
    folder.mkdir(exist_ok=True)
    with mpl.rc_context(
        {
            "svg.hashsalt": "lockgate",
            "svg.fonttype": "none",
            "font.size": 11,
            "axes.grid": True,
            "grid.alpha": 0.3,
            "axes.spines.top": False,
            "axes.spines.right": False,
        }
    ):
        _false_stops(results, folder)
        _by_minute(seed, runs, folder)
        _cost(results, folder)


def _false_stops(results: Sequence[Result], folder: Path) -> None:
    """Draw one dot for each A/A setting and horizon, by judge."""
    figure = Figure(figsize=(9, 4.2), layout="constrained")
    axes = figure.subplots()
    rng = np.random.default_rng(0)
    for row, name in enumerate(reversed(NAMES)):
        shares = [r.measured[name, h].share for r in results if r.kind.times == 1 for h in HORIZONS]
        heights = row + rng.uniform(-0.25, 0.25, len(shares))
        shown = np.maximum(np.array(shares), 1e-4)
        axes.scatter(shown, heights, s=16, color=COLOURS[name], alpha=0.7, linewidths=0)
    axes.axvline(0.01, color="black", linewidth=1, linestyle="--")
    axes.annotate("alpha = 1 %", (0.0105, len(NAMES) - 0.45), fontsize=10)
    axes.set_xscale("log")
    axes.set_xlim(8e-5, 1.3)
    axes.minorticks_off()
    axes.set_xticks([1e-4, 1e-3, 1e-2, 1e-1, 1], ["0", "0.1 %", "1 %", "10 %", "100 %"])
    axes.set_yticks(range(len(NAMES)), list(reversed(NAMES)))
    axes.set_xlabel("share of healthy deployments stopped; a dot is a setting and a horizon")
    _save(figure, folder / "false-stops.svg")


def _by_minute(seed: int, runs: int, folder: Path) -> None:
    """Draw the share stopped by minute: 10 rps, 0.5 %, healthy (left) and fourfold (right)."""
    figure = Figure(figsize=(10, 4.2), layout="constrained")
    panels = figure.subplots(1, 2, sharey=True)
    for axes, times, title in zip(
        panels, (1.0, 4.0), ("healthy release", "x4 errors"), strict=True
    ):
        world = simulate(Kind(rps=10.0, rate=0.005, times=times), runs, np.random.default_rng(seed))
        stops = {OURS: lockgate.stops(world)[0]}
        stops |= {name: judge(world) for name, judge in STREAMING.items()}
        stops[KAYENTA] = kayenta.at_the_end(world, 30)
        if times > 1:
            stops[ORACLE] = oracle.knows_effect(world)
        for name, stop in stops.items():
            width = 3.0 if name == OURS else 1.6
            style = "--" if name == ORACLE else "-"
            axes.step(
                *_shares(stop), where="post", color=COLOURS[name], label=name, lw=width, ls=style
            )
        axes.set_title(title, fontsize=12)
        axes.set_xlabel("settled minutes")
        axes.set_xlim(0, 30)
        axes.set_ylim(-0.02, 1.02)
    panels[0].set_ylabel("share of deployments stopped")
    handles, labels = panels[1].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside right center", fontsize=9, frameon=False)
    _save(figure, folder / "stopped-by-minute.svg")


def _cost(results: Sequence[Result], folder: Path) -> None:
    """Draw failed canary requests before the stop, as a multiple of the oracle's, by judge."""
    figure = Figure(figsize=(9, 4.2), layout="constrained")
    axes = figure.subplots()
    rng = np.random.default_rng(0)
    for row, name in enumerate(reversed(NAMES)):
        ratios = [
            each.measured[name, 30].failed / each.measured[ORACLE, 30].failed
            for each in results
            if (ORACLE, 30) in each.measured and each.measured[ORACLE, 30].share >= ORACLE_STOPS
        ]
        heights = row + rng.uniform(-0.25, 0.25, len(ratios))
        axes.scatter(ratios, heights, s=18, color=COLOURS[name], alpha=0.75, linewidths=0)
    axes.axvline(1.5, color="black", linewidth=1, linestyle="--")
    axes.annotate("1.5 times", (1.53, len(NAMES) - 0.45), fontsize=10)
    axes.set_xscale("log")
    axes.set_xticks([0.5, 1, 2, 5, 10, 30], ["0.5", "1", "2", "5", "10", "30"])
    axes.minorticks_off()
    axes.set_yticks(range(len(NAMES)), list(reversed(NAMES)))
    axes.set_xlabel("failed canary requests before the stop, as a multiple of the oracle's")
    _save(figure, folder / "cost.svg")


def _shares(stop: Reals) -> tuple[Reals, Reals]:
    minutes = np.arange(0.0, 31.0)
    return minutes, np.array([(stop <= minute).mean() for minute in minutes])


def _save(figure: Figure, path: Path) -> None:
    figure.savefig(path, metadata={"Date": None})
