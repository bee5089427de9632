"""Compare the judge with the field's: ``python -m tests.bench_canary``."""

import argparse
import sys
import time
from pathlib import Path

import numpy as np

from tests.bench_canary import latency, peeking, plots, tables, targets
from tests.bench_canary.grid import HORIZONS, Result, kinds, run

DOCS = Path(__file__).parents[2] / "docs"
SLOWDOWNS = (1.0, 1.1, 1.25, 1.5, 2.0)


def main() -> int:
    """Run every setting, write the document and the plots, and tell which target was missed."""
    options = _options()
    # Healthy deployments get more runs than regressions: their share of stops is small.
    runs = (1000, 200, 100) if options.quick else (5000, 2000, 400)
    began, results = time.monotonic(), list[Result]()
    for number, kind in enumerate(kinds(), start=1):
        results.append(run(kind, runs[0] if kind.times == 1 else runs[1], options.seed))
        if sys.stdout.isatty():
            print(f"\r{number} settings, {time.monotonic() - began:.0f} s", end="", flush=True)
    rng = np.random.default_rng([options.seed, 1])
    slower = [latency.slower(times, runs[1], rng) for times in SLOWDOWNS]
    found = targets.check(results, (peeking.false_alarms(runs[2], rng), runs[2]))
    print(f"\r{len(results)} settings in {time.monotonic() - began:.0f} s")
    for each in found:
        print(f"{'reached' if each.kept else 'MISSED '}  {each.promise}: {each.measured}")
    if not options.quick:
        command = f"python -m tests.bench_canary --seed {options.seed}"
        text = _document(command, runs, results, found, slower)
        (options.docs / "canary-benchmark.md").write_text(text, encoding="utf-8")
        plots.draw(results, options.seed, runs[1], options.docs / "canary-benchmark")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=20240212, help="of every simulation")
    parser.add_argument("--quick", action="store_true", help="fewer runs, and write nothing")
    parser.add_argument("--docs", type=Path, default=DOCS, help="the folder to write to")
    return parser.parse_args()


def _document(
    command: str,
    runs: tuple[int, int, int],
    results: list[Result],
    found: list[targets.Target],
    slower: list[latency.Slower],
) -> str:
    plain = [each for each in results if each.kind.scenario == "plain"]
    harder = [each for each in results if each.kind.scenario != "plain"]
    template = (Path(__file__).parent / "document.md").read_text(encoding="utf-8")
    by_horizon = "\n".join(
        f"<details><summary>{horizon} minutes</summary>\n\n"
        f"{tables.false_stops(results, horizon)}\n"
        f"{tables.regressions(results, horizon)}\n</details>\n"
        for horizon in HORIZONS
        if horizon != 30
    )
    parts = {
        "command": command,
        "healthy_runs": f"{runs[0]:,}",
        "regression_runs": f"{runs[1]:,}",
        "targets": tables.targets(found),
        "summary": tables.summary(results),
        "false_stops": tables.false_stops(results, 30),
        "regressions": tables.regressions(plain, 30),
        "harder": tables.regressions(harder, 30),
        "latency": tables.latency(slower),
        "by_horizon": by_horizon,
    }
    for name, part in parts.items():
        template = template.replace("{" + name + "}", part.rstrip("\n"))
    return template


if __name__ == "__main__":
    sys.exit(main())
