"""`python -m rehearsal`: synthesize and judge the delivery, and show what would be deployed."""

import json
import os
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from delivery import DeliveryError, load
from rehearsal.assembly import AssemblyError, read
from rehearsal.overview import overview
from rehearsal.show import show

ROOT = Path(__file__).resolve().parent.parent
CDK = ROOT / "node_modules" / "aws-cdk" / "bin" / "cdk"
WITHOUT_TERMINAL_COLUMNS = 120

cli = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@cli.callback(invoke_without_command=True)
def demo(
    context: typer.Context,
    assembly: Annotated[
        Path | None, typer.Option(help="Show this assembly instead of making one.")
    ] = None,
    as_json: Annotated[  # noqa: FBT002 typer makes a flag of it
        bool, typer.Option("--json", help="Print the facts as JSON.")
    ] = False,
) -> None:
    """Synthesize the delivery with the CDK CLI, judge it, and show what would be deployed.

    Exits with 1 when a rule pack has a finding, with 2 on a wrong delivery file or assembly.
    """
    if context.invoked_subcommand:
        return
    try:
        if assembly is None:
            _synthesize(Console(stderr=True, highlight=False))
        facts = overview(read(assembly or ROOT / "cdk.out"))
    except (AssemblyError, DeliveryError) as error:
        print(error, file=sys.stderr)
        raise typer.Exit(2) from None
    if as_json:
        print(json.dumps(asdict(facts), indent=2))
    else:
        terminal = sys.stdout.isatty()
        show(facts, Console(width=None if terminal else WITHOUT_TERMINAL_COLUMNS, highlight=False))


def _synthesize(console: Console) -> None:
    """Run the CDK CLI as `make synth` does.

    Raises:
        DeliveryError: the delivery file is wrong; the CLI would hide the exit code of that.
        typer.Exit: with 1, after the CLI's own messages.
    """
    load(Path(os.environ.get("DELIVERY", "delivery.toml")).resolve(), ROOT)
    began = time.monotonic()
    with console.status("Synthesizing and judging the stacks …"):
        if not console.is_terminal:
            console.print("Synthesizing and judging the stacks …")
        done = subprocess.run(  # noqa: S603
            ["node", str(CDK), "synth", "--quiet"],  # noqa: S607
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        print(done.stdout + done.stderr, file=sys.stderr)
        raise typer.Exit(1)
    console.print(f"Synthesized and judged in {time.monotonic() - began:.1f} s.")


if __name__ == "__main__":
    cli()
