"""`python -m rehearsal permissions`: prove that each statement of our own roles is needed."""

import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from delivery import DeliveryError, load
from rehearsal.cdk import CdkError
from rehearsal.follow import StuckError
from rehearsal.locked import WarmError
from rehearsal.permissions import reasons as given
from rehearsal.permissions.document import document
from rehearsal.permissions.prove import EVERY, prove
from rehearsal.permissions.proving import Orders, RoleError
from rehearsal.permissions.rest import UnsettledError
from rehearsal.permissions.roles import PolicyError
from rehearsal.permissions.show import as_json, tell
from rehearsal.progress import told
from rehearsal.scenarios.reading import FileError
from rehearsal.source import SourceError
from rehearsal.stage import FirstReleaseError
from rehearsal.synth import BAD_INPUT, ROOT, SynthError
from rehearsal.traffic import TrafficError
from rehearsal.warm import KEPT
from rehearsal.world.server import WorldError

NOT_PROVED = 1
DOCUMENT = ROOT / "docs" / "permissions-proof.md"
FACTS = KEPT / "permissions.json"
WITHOUT_TERMINAL_COLUMNS = 160
WRONG = (
    *(CdkError, DeliveryError, FileError, FirstReleaseError, PolicyError, RoleError, SourceError),
    *(StuckError, SynthError, TrafficError, UnsettledError, WarmError, WorldError),
)


def permissions(
    *,
    role: Annotated[
        str, typer.Option(help="Only roles whose name in the template is like this, as Target*.")
    ] = EVERY,
    write: Annotated[
        bool, typer.Option("--write", help="Write docs/permissions-proof.md as well.")
    ] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with what was tried on the same templates.")
    ] = False,
    json: Annotated[Path, typer.Option(help="Where all that is known goes, as JSON.")] = FACTS,
    delivery: Annotated[Path, typer.Option(envvar="DELIVERY", help="The delivery file.")] = Path(
        "delivery.toml"
    ),
    service: Annotated[
        str, typer.Option(help="Whose pipeline to release through; the first service's.")
    ] = "",
    seed: Annotated[int, typer.Option(help="The same seed gives the same run.")] = 1,
    keep: Annotated[
        Path | None, typer.Option(help="Leave the world's files in this folder.")
    ] = None,
) -> None:
    """Take each statement out of IAM in turn, and see what becomes of releases without it.

    Exits with 0 when each is noticed or has its reason, with 1 when not, with 2 on bad input.
    """
    console = Console(
        width=None if sys.stdout.isatty() else WITHOUT_TERMINAL_COLUMNS, highlight=False
    )
    if write and role != EVERY:
        _refuse("--write tells of every role: leave --role out")
    try:
        path = (ROOT / delivery).resolve()
        services = [each.name for each in load(path, ROOT).services]
        if service and service not in services:
            _refuse(f"--service {service}: allowed: {', '.join(services)}")
        orders = Orders(
            delivery_file=path,
            service=service or services[0],
            seed=seed,
            folder=keep,
            role=role,
            resume=resume,
        )
        with told(console) as audience:
            proof = prove(orders, audience)
        known = given.load()
    except WRONG as error:
        _refuse(str(error))
    tell(proof, known, console)
    json.parent.mkdir(parents=True, exist_ok=True)
    json.write_text(as_json(proof, known), encoding="utf-8")
    console.print(f"All of it: {json}", soft_wrap=True)
    if write:
        DOCUMENT.write_text(document(proof, known), encoding="utf-8")
        console.print(f"Written: {DOCUMENT}", soft_wrap=True)
    if proof.findings:
        raise typer.Exit(NOT_PROVED)


def _refuse(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(BAD_INPUT)
