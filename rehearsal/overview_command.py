"""`python -m rehearsal overview`: what would be deployed, and what it costs."""

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from rehearsal.assembly import AssemblyError, read
from rehearsal.overview import overview
from rehearsal.show import show
from rehearsal.synth import BAD_INPUT, ROOT, SynthError, synthesize

WITHOUT_TERMINAL_COLUMNS = 120
FINDINGS = 1


def show_overview(
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
    try:
        if assembly is None:
            synthesize(Console(stderr=True, highlight=False))
        facts = overview(read(assembly or ROOT / "cdk.out"))
    except SynthError as error:
        print(error, file=sys.stderr)
        raise typer.Exit(error.code) from None
    except AssemblyError as error:
        print(error, file=sys.stderr)
        raise typer.Exit(BAD_INPUT) from None
    if as_json:
        print(json.dumps(asdict(facts), indent=2))
    else:
        known = sys.stdout.isatty() or "COLUMNS" in os.environ
        show(facts, Console(width=None if known else WITHOUT_TERMINAL_COLUMNS, highlight=False))
    if facts.findings:
        raise typer.Exit(FINDINGS)
