"""What all commands have in common: their options, and how they fail."""

import functools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, ParamSpec

import typer
from rich.console import Console

from delivery import Delivery, DeliveryError, load
from operations.aws import ERRORS, said
from operations.wrong import OperationError
from rehearsal.assembly import AssemblyError

P = ParamSpec("P")
ROOT = Path(__file__).resolve().parent.parent
BAD_INPUT = 2
WRONG = (AssemblyError, DeliveryError, OperationError)

DeliveryFile = Annotated[Path, typer.Option(envvar="DELIVERY", help="The delivery file.")]
Profile = Annotated[
    str | None, typer.Option(help="The AWS profile to act with, instead of the environment's.")
]
DEFAULT_FILE = Path("delivery.toml")


def told(command: Callable[P, None]) -> Callable[P, None]:
    """A command that ends with 2 and one message where it would end with a traceback."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except WRONG as error:
            message = str(error)
        except ERRORS as error:
            message = said(error)
        else:
            return
        typer.echo(message, err=True)
        raise typer.Exit(BAD_INPUT) from None

    return run


def read(file: Path) -> Delivery:
    """The delivery.

    Raises:
        DeliveryError: it cannot be read or used.
    """
    return load((ROOT / file).resolve(), ROOT)


def console() -> Console:
    """Where commands print; as wide as it takes where no terminal says how wide."""
    width = None if sys.stdout.isatty() else 200
    return Console(width=width, highlight=False, soft_wrap=True)
