"""`python -m operations`: make accounts ready, hold releases, take them back, see what would go."""

import io
import sys

import typer

from operations.bootstrap.command import bootstrap
from operations.freeze.command import freeze, frozen, thaw
from operations.plan.command import plan
from operations.rollback.command import rollback

cli = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Runs a delivery that is deployed. docs/operations.md is the runbook.",
)


@cli.callback()
def _any() -> None:
    """Print a question mark for what a terminal's encoding lacks, rather than fail."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


for command in (bootstrap, freeze, thaw, frozen, rollback, plan):
    cli.command()(command)

if __name__ == "__main__":
    cli()
