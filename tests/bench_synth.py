"""Time a synth, phase by phase: `make bench-synth`.

Each measurement runs in a fresh interpreter, with packages that hold nothing. Compare numbers
within one run only.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RUNS = {1: 5, 10: 3}
LEAST_RUNS = 1
PHASES = {
    "imports": "interpreter, aws_cdk and stacks",
    "construction": "build_app",
    "templates": "synth up to the first rule",
    "rules": "from the first rule to the end: the packs, the CDK's validator, the report",
}

HEAD = 'name = "bench"\n[[environments]]\nname = "beta"\n[[environments]]\nname = "prod"\n'
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
    parser = argparse.ArgumentParser(description="Time a synth, phase by phase.")
    parser.add_argument("--services", type=_positive, nargs="+", default=[1, 10, 50])
    parser.add_argument("--child", nargs=2, metavar=("FILE", "STARTED"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        file, started = options.child
        print(json.dumps(_measure(Path(file), started=float(started))))
        return
    print(_versions(), flush=True)
    _print({count: _measurements(count) for count in dict.fromkeys(options.services)})


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _measure(file: Path, *, started: float) -> dict[str, float]:
    """One synth: when each phase ended tells how long it took; started is in Unix seconds."""
    sys.path.insert(0, str(ROOT))
    import aws_cdk as cdk  # noqa: PLC0415 the import is what is measured

    from delivery import load  # noqa: PLC0415
    from stacks.app import build_app, context  # noqa: PLC0415
    from tests.assembly import empty_packer  # noqa: PLC0415

    ends = [started, time.time()]
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch, "cdk.out")
        app = cdk.App(context=context(), outdir=str(out), analytics_reporting=False)
        first = _stopwatch(lambda: ends.append(time.time()))
        cdk.Validations.of(app).add_plugins(first)
        build_app(load(file, ROOT), app=app, packer=empty_packer(out))
        ends.append(time.time())
        app.synth()
        ends.append(time.time())
    seconds = [end - begin for begin, end in pairwise(ends)]
    return dict(zip(PHASES, seconds, strict=True))


def _stopwatch(click: Callable[[], None]) -> Any:  # noqa: ANN401 its class is made after the import
    """A rule pack without rules, which tells when the CDK has begun with the rules."""
    import aws_cdk as cdk  # noqa: PLC0415
    import jsii  # noqa: PLC0415

    @jsii.implements(cdk.IPolicyValidationPlugin)
    class Stopwatch:
        @property
        def name(self) -> str:
            return "Stopwatch"

        @property
        def rule_ids(self) -> list[str]:
            return []

        @property
        def version(self) -> str:
            return "1"

        def validate(
            self,
            context: cdk.IPolicyValidationContext,  # noqa: ARG002 the CDK names it
        ) -> cdk.PolicyValidationPluginReport:
            click()
            return cdk.PolicyValidationPluginReport(success=True, violations=[])

    return Stopwatch()


def _measurements(count: int) -> list[dict[str, float]]:
    """The phases of each run in seconds."""
    (ROOT / "build").mkdir(exist_ok=True)
    runs = RUNS.get(count, LEAST_RUNS)
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as scratch:
        file = Path(scratch, "delivery.toml")
        file.write_text(HEAD + "".join(SERVICE.format(number=n) for n in range(count)))
        found = []
        for number in range(1, runs + 1):
            found.append(_child(file))
            total = sum(found[-1].values())
            print(f"services {count}, run {number} of {runs}: {total:.1f} s", file=sys.stderr)
    return found


def _child(file: Path) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, str(Path(__file__)), "--child", str(file), str(time.time())],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"a synth of {file} failed:\n{done.stderr}")
    return {phase: float(seconds) for phase, seconds in json.loads(done.stdout).items()}


def _versions() -> str:
    node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True)
    cli = json.loads((ROOT / "node_modules" / "aws-cdk" / "package.json").read_text())["version"]
    return (
        f"Python {sys.version.split()[0]}, Node {node.stdout.strip()}, aws-cdk-lib "
        f"{version('aws-cdk-lib')}, cdk-nag {version('cdk-nag')}, CDK CLI {cli}, "
        f"{os.cpu_count()} cores"
    )


def _print(results: dict[int, list[dict[str, float]]]) -> None:
    from rich import box  # noqa: PLC0415 the child must not pay for it
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table(box=box.SIMPLE_HEAD, title="Seconds of a synth by phase", title_justify="left")
    for heading in ("services", "stacks", "runs", *PHASES, "sum"):
        table.add_column(heading, justify="right")
    for count, runs in results.items():
        row = [median(run[phase] for run in runs) for phase in PHASES]
        cells = [f"{seconds:.1f}" for seconds in (*row, median(sum(run.values()) for run in runs))]
        table.add_row(str(count), str(2 + 3 * count), str(len(runs)), *cells)
    console = Console(highlight=False)
    console.print(table)
    console.print("Medians over the runs, the sum's too.")
    for phase, what in PHASES.items():
        console.print(f"  {phase}: {what}", soft_wrap=True)


if __name__ == "__main__":
    main()
