"""`python -m rehearsal run`: play scenarios, tell what came of them, and leave reports."""

import shlex
import sys
import tempfile
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from delivery import DeliveryError, load
from rehearsal.cdk import CdkError
from rehearsal.follow import StuckError
from rehearsal.locked import WarmError
from rehearsal.play import Orders, play
from rehearsal.progress import told
from rehearsal.report.agreement import findings
from rehearsal.report.page import page
from rehearsal.report.terminal import tell
from rehearsal.scenario import Scenario, bundled
from rehearsal.scenario import load as load_scenario
from rehearsal.scenarios.reading import FileError
from rehearsal.source import SourceError
from rehearsal.stage import FirstReleaseError
from rehearsal.synth import BAD_INPUT, ROOT, SynthError
from rehearsal.traffic import TrafficError
from rehearsal.warm import KEPT
from rehearsal.world.server import WorldError

NOT_AS_EXPECTED = 1
DEFAULT = "demo"
WRONG = (
    *(CdkError, DeliveryError, FileError, FirstReleaseError, SourceError, StuckError, SynthError),
    *(TrafficError, WarmError, WorldError),
)


def run(
    scenarios: Annotated[
        list[str] | None, typer.Argument(help="Names (see --list), or folders of your own.")
    ] = None,
    *,
    list_all: Annotated[bool, typer.Option("--list", help="Say which there are.")] = False,
    delivery: Annotated[Path, typer.Option(envvar="DELIVERY", help="The delivery file.")] = Path(
        "delivery.toml"
    ),
    service: Annotated[
        str, typer.Option(help="Whose pipeline to release through; the first service's.")
    ] = "",
    seed: Annotated[int, typer.Option(help="The same seed gives the same run.")] = 1,
    reports: Annotated[Path, typer.Option(help="Where reports go.")] = KEPT / "reports",
    anew: Annotated[
        bool, typer.Option(help="Set up anew, even if an earlier run on the same files has.")
    ] = False,
    keep: Annotated[
        Path | None, typer.Option(help="Leave each world's files in this folder.")
    ] = None,
) -> None:
    """Play scenarios, each in a world of its own, and compare what comes of them with what should.

    Exits with 0 when all is as expected, with 1 when something is not, with 2 on bad input.
    """
    console = Console(highlight=False)
    try:
        if list_all:
            _print(bundled(), console)
            return
        chosen = [_find(name) for name in scenarios or [DEFAULT]]
        path = (ROOT / delivery).resolve()
        services = [each.name for each in load(path, ROOT).services]
        if service and service not in services:
            _refuse(f"--service {service}: allowed: {', '.join(services)}")
        KEPT.mkdir(parents=True, exist_ok=True)
        # In the checkout, where a delivery file must be.
        with tempfile.TemporaryDirectory(prefix="played-", dir=KEPT) as scratch:
            good = [
                _play(
                    scenario,
                    Orders(
                        delivery_file=path,
                        service=service or services[0],
                        seed=seed,
                        folder=None if keep is None else keep / scenario.name,
                        scratch=Path(scratch),
                        anew=anew,
                        command=shlex.join(["python", "-m", "rehearsal", *sys.argv[1:]]),
                    ),
                    reports,
                    console,
                )
                for scenario in chosen
            ]
    except WRONG as error:
        _refuse(str(error))
    if not all(good):
        raise typer.Exit(NOT_AS_EXPECTED)


def _play(scenario: Scenario, orders: Orders, reports: Path, console: Console) -> bool:
    """Play one, tell of it, and leave its report; whether all went as it should."""
    console.print(f"[bold]{scenario.told.title}[/bold] ({scenario.name})")
    with told(console) as audience:
        report = play(scenario, orders, audience)
    reports.mkdir(parents=True, exist_ok=True)
    target = reports / f"{scenario.name}.html"
    target.write_text(page(report), encoding="utf-8")
    target.with_suffix(".json").write_text(report.model_dump_json(indent=2), encoding="utf-8")
    tell(report, console, target)
    console.print(f"[dim]{report.seconds:.0f} s[/dim]\n")
    return not findings(report)


def _find(name: str) -> Scenario:
    known = bundled()
    if name in known:
        return known[name]
    if Path(name).is_dir():
        return load_scenario(Path(name))
    raise FileError(
        f"{name}: no such scenario; allowed: {', '.join(known)}, or a folder with a scenario.toml"
    )


def _print(known: dict[str, Scenario], console: Console) -> None:
    table = Table.grid(padding=(0, 2))
    for name, scenario in known.items():
        table.add_row(f"[bold]{name}[/bold]", scenario.told.title)
        table.add_row("", f"[dim]{' '.join(scenario.told.shows.split())}[/dim]")
    console.print(table)


def _refuse(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(BAD_INPUT)
