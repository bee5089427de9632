"""A scenario played in a world of its own: what came of it, and what is not as expected."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rehearsal import access
from rehearsal.adapted import adapt
from rehearsal.faithful import BEGUN, CONNECTIONS, REAL, STOOD_IN
from rehearsal.report.model import Report
from rehearsal.scenario import Scenario
from rehearsal.set_up import SetUp, set_up, stood_in
from rehearsal.snapshot import Audience
from rehearsal.stage import Stage
from rehearsal.world.server import WorldError


@dataclass(frozen=True, kw_only=True)
class Orders:
    """How to play.

    Attributes:
        delivery_file: the delivery.
        service: whose pipeline the releases go through.
        seed: what chance is derived from.
        folder: where the world keeps everything; nothing is kept where none is given.
        scratch: a folder for files of our own.
        command: what repeats the run.
        anew: whether to set up anew where an earlier run on the same files has.
    """

    delivery_file: Path
    service: str
    seed: int
    folder: Path | None
    scratch: Path
    command: str
    anew: bool = False


def play(scenario: Scenario, orders: Orders, audience: Audience) -> Report:
    """Set the delivery up, release it, and then what the scenario has.

    Raises:
        stage.FirstReleaseError: the checkout as it stands does not get through its own pipeline.
        DeliveryError, WarmError, WorldError, SourceError, SynthError, CdkError, StuckError,
        FileError, TrafficError: as the parts say.
    """
    began, told = time.monotonic(), scenario.told
    delivery_file = adapt(orders.delivery_file, told.delivery, orders.scratch / "delivery.toml")
    with (
        set_up(
            delivery_file,
            audience,
            seed=orders.seed,
            folder=orders.folder,
            released=_released(scenario, orders),
            anew=orders.anew,
        ) as made,
        # Else how long this machine takes between two steps would be how long the world waits.
        made.world.clock.busy(),
    ):
        stage = Stage(scenario, orders.service, made, audience)
        if not made.begun:
            stage.first()
            _keep(made, audience)
        stage.open()
        releases = tuple(stage.release(number, each) for number, each in enumerate(told.releases))
        return Report(
            delivery=made.delivery.name,
            made=datetime.now(UTC).replace(microsecond=0),
            seconds=round(time.monotonic() - began, 1),
            seed=orders.seed,
            scenarios=(scenario.name,),
            command=orders.command,
            real=REAL,
            stood_in=(
                *STOOD_IN,
                *([CONNECTIONS] if stood_in(made.delivery) else []),
                *([BEGUN] if made.begun else []),
            ),
            releases=releases,
            denied=tuple(access.denied(made.world)),
            unused=tuple(access.unused(made.world)),
        )


def _keep(made: SetUp, audience: Audience) -> None:
    """Let later runs begin here, if they can: this one goes on in any case."""
    try:
        made.keep()
    except WorldError as error:
        audience.note(f"Later runs begin at the beginning: {error}")


def _released(scenario: Scenario, orders: Orders) -> list[object]:
    """What the first release hangs on beside the files: its pipeline, and whom it meets."""
    traffic = {name: each.as_orders() for name, each in sorted(scenario.traffic.items())}
    return [orders.service, traffic]
