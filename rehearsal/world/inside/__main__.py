"""The emulator's process: `python -m rehearsal.world.inside`, started by the host's `World`.

It is told what it needs as one JSON object in its arguments, says on the descriptor that it was
given when and where its door is open, and ends when its standard input does: so it never outlives
its host, however that ends.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rehearsal.world.image import BuildImage
from rehearsal.world.inside.certificate import make_certificates
from rehearsal.world.inside.lambda_site import world_time
from rehearsal.world.inside.time_file import TimeFile

LAMBDA_SITE = Path(__file__).parent / "lambda_site"


@dataclass(frozen=True, kw_only=True)
class Orders:
    """What the host tells.

    Attributes:
        listener: the descriptor of the socket to serve on.
        report: the descriptor to say on that the world is ready.
        state: the folder for everything that is written.
        start: the clock's first moment.
        seed: what chance is derived from.
        image: what builds find.
        keep: leave the folder when the host has ended without clearing up.
        memory: the file of what another world knew, or nothing.
    """

    listener: int
    report: int
    state: str
    start: float
    seed: int
    image: dict[str, Any]
    keep: bool
    memory: str


def main(orders: Orders) -> None:
    """Build the world and serve it until the host is done."""
    state = Path(orders.state)
    trusted, shown, key = make_certificates(state / "tls")
    os.environ.update(MINISTACK_SSL_CERT=str(shown), MINISTACK_SSL_KEY=str(key))
    time_file = TimeFile(state / "time", orders.start)
    # From here on nothing may be imported that must know the machine's own time.
    world_time.install(time_file.read)

    from rehearsal.world.inside.serving import serve  # noqa: PLC0415 - after the clock

    serve(
        time_file,
        listener=orders.listener,
        report=lambda door: _say(orders.report, {"door": door, "ca": str(trusted)}),
        seed=orders.seed,
        image=BuildImage(**orders.image),
        lambda_site=LAMBDA_SITE,
        memory=Path(orders.memory) if orders.memory else None,
        clear_up=lambda: None if orders.keep else _remove(state),
    )


def _remove(folder: Path) -> None:
    # Seconds sooner than by ourselves, among all the threads that have no end.
    subprocess.run(["rm", "-rf", "--", folder], check=False)  # noqa: S603, S607


def _say(descriptor: int, content: object) -> None:
    with os.fdopen(descriptor, "w") as pipe:
        json.dump(content, pipe)


if __name__ == "__main__":
    main(Orders(**json.loads(sys.argv[1])))
