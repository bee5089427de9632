"""`python -m rehearsal`: play releases in the rehearsal's world, or look at what there is."""

import io
import sys

import typer

from rehearsal import overview_command, replay, run_command
from rehearsal.permissions import command as permissions_command

cli = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Releases of this delivery on this machine: no AWS account, no Docker.",
)
cli.command("run")(run_command.run)
cli.command("overview")(overview_command.show_overview)
cli.command("judge")(replay.judge)
cli.command("permissions")(permissions_command.permissions)


@cli.callback()
def _any() -> None:
    """Print a question mark for what a terminal's encoding lacks, rather than fail."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


if __name__ == "__main__":
    cli()
