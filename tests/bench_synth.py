"""Time a synth, phase by phase: `make bench-synth`.

Each measurement runs in a fresh interpreter, without packing. Compare numbers within one run only.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
PHASES = ("imports", "construction", "templates", "rules")
RUNS = {1: 3, 10: 3}
LEAST_RUNS = 2

SERVICE = """
[[services]]
name = "s{number:03}"
target = "lambda"
path = "services/orders"
handler = "orders.handler.handle"
promotion = ["beta", "prod"]
canary = {{ requests_per_second = 10.0 }}
secrets = [{{ name = "signing-key", description = "Signs receipts" }}]
"""


def main() -> None:
    """Measure and print the table; or, as a child, one measurement as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--services", type=int, nargs="+", default=[1, 10, 50])
    parser.add_argument("--child", nargs=2, metavar=("FILE", "JUDGED"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        file, judged = options.child
        print(json.dumps(_measure(Path(file), judged=judged == "judged")))
        return
    _print({count: _phases(count) for count in options.services})


def _measure(file: Path, *, judged: bool) -> dict[str, float]:
    began = time.perf_counter()
    import aws_cdk as cdk  # noqa: PLC0415 the import is what is measured

    from delivery import load  # noqa: PLC0415
    from stacks.app import build_app, context  # noqa: PLC0415
    from tests.assembly import empty_packer  # noqa: PLC0415

    imported = time.perf_counter()
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch, "cdk.out")
        app = cdk.App(context=context(), outdir=str(out), analytics_reporting=False)
        build_app(load(file, ROOT), app=app, packer=empty_packer(out), judged=judged)
        built = time.perf_counter()
        app.synth()
        return {
            "imports": imported - began,
            "construction": built - imported,
            "synth": time.perf_counter() - built,
        }


def _phases(count: int) -> dict[str, float]:
    """The best time of each phase in seconds; the rules' is what a judged synth takes longer."""
    (ROOT / "build").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as scratch:
        file = Path(scratch, "delivery.toml")
        head = 'name = "bench"\n[[environments]]\nname = "beta"\n[[environments]]\nname = "prod"\n'
        file.write_text(head + "".join(SERVICE.format(number=n) for n in range(count)))
        judged, bare = (
            [_child(file, word) for _ in range(RUNS.get(count, LEAST_RUNS))]
            for word in ("judged", "bare")
        )
    times = {
        phase: min(run[phase] for run in (*judged, *bare)) for phase in ("imports", "construction")
    }
    templates = min(run["synth"] for run in bare)
    all_of_synth = min(run["synth"] for run in judged)
    return times | {"templates": templates, "rules": max(0.0, all_of_synth - templates)}


def _child(file: Path, word: str) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench_synth", "--child", str(file), word],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"a synth of {file} failed:\n{done.stderr}")
    return {phase: float(seconds) for phase, seconds in json.loads(done.stdout).items()}


def _print(results: dict[int, dict[str, float]]) -> None:
    node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True)
    from importlib.metadata import version  # noqa: PLC0415 the child must not pay for it

    console = Console(highlight=False)
    console.print(
        f"Python {sys.version.split()[0]}, Node {node.stdout.strip()}, aws-cdk-lib "
        f"{version('aws-cdk-lib')}, cdk-nag {version('cdk-nag')}, {os.cpu_count()} cores"
    )
    table = Table(
        "services", "stacks", *PHASES, "sum", title="Seconds of a synth by phase, best of several"
    )
    for count, times in results.items():
        row = [times[phase] for phase in PHASES]
        cells = [f"{seconds:.1f}" for seconds in (*row, sum(row))]
        table.add_row(str(count), str(2 + 3 * count), *cells)
    console.print(table)


if __name__ == "__main__":
    main()
