"""Serve ministack with the plug-ins on the listener that the host has bound."""

import asyncio
import importlib
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from rehearsal.world.image import BuildImage
from rehearsal.world.inside.adapter import Seams
from rehearsal.world.inside.advisories import open_service
from rehearsal.world.inside.clock import Clock
from rehearsal.world.inside.door import open_door
from rehearsal.world.inside.memory import Memory
from rehearsal.world.inside.parties import Parties
from rehearsal.world.inside.plugins import PLUGINS
from rehearsal.world.inside.recollection import recall, remember
from rehearsal.world.inside.setting import Setting
from rehearsal.world.inside.time_file import TimeFile

# How long a connection on which nobody asks stays open, in real seconds.
KEEP_SECONDS = 75


def serve(
    time_file: TimeFile,
    *,
    listener: int,
    report: Callable[[str], None],
    seed: int,
    image: BuildImage,
    lambda_site: Path,
    memory: Path | None,
    clear_up: Callable[[], object],
) -> None:
    """Serve until standard input ends, then stop the workers and clear up.

    Args:
        time_file: where the time is kept.
        listener: the descriptor of the socket to serve on.
        report: told the address of the clock's door as soon as all is ready to be asked.
        seed: what chance is derived from.
        image: what builds find.
        lambda_site: the folder that makes a Python live by the clock.
        memory: what another world knew, where this one goes on from there.
        clear_up: done last, when nothing of the world runs any more.
    """
    clock = Clock(time_file.read(), time_file.write)
    parties, seams = Parties(clock), Seams()
    world = Setting(
        clock=clock, parties=parties, seams=seams, seed=seed, image=image, memory=Memory(seams)
    )
    for name, thing in vars(world).items():
        world.memory.live(f"the world's {name}", thing)
    world.memory.live("the world", world)
    for install in PLUGINS:
        install(world)
    door = open_door(parties, partial(remember, world))

    def ready() -> None:
        if memory is not None:
            recall(world, memory)
        report(door)

    # For the workers, which inherit it; this process has started and takes no notice.
    os.environ.update(
        PYTHONPATH=str(lambda_site),
        LOCKGATE_ADVISORIES=open_service(),
        LOCKGATE_WORLD_DOOR=door,
        LOCKGATE_WORLD_SEED=str(seed),
        LOCKGATE_WORLD_TIME=str(time_file.path),
    )
    uvloop = importlib.import_module("uvloop")
    uvloop.run(_serve(parties, listener, ready=ready, end=lambda: _end(seams, clear_up)))


async def _serve(
    parties: Parties, listener: int, *, ready: Callable[[], None], end: Callable[[], None]
) -> None:
    # The project's own environment has neither, so nothing is known of their types.
    ministack = importlib.import_module("ministack.app")
    uvicorn = importlib.import_module("uvicorn")
    done = asyncio.Event()
    loop = asyncio.get_running_loop()
    threading.Thread(target=_when_host_ends, args=(loop, done), daemon=True).start()

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        async def tell(message: dict[str, Any]) -> None:
            await send(message)
            if message["type"] == "lifespan.startup.complete":
                ready()

        await ministack.app(scope, receive, tell if scope["type"] == "lifespan" else send)

    config = uvicorn.Config(
        parties.asgi(app),
        http="httptools",
        interface="asgi3",
        lifespan="on",
        ws="none",
        ssl_certfile=os.environ["MINISTACK_SSL_CERT"],
        ssl_keyfile=os.environ["MINISTACK_SSL_KEY"],
        timeout_keep_alive=KEEP_SECONDS,
        access_log=False,
        # Requests come as they are, and ministack says who it is and when.
        proxy_headers=False,
        server_header=False,
        date_header=False,
        log_config=None,
    )
    served = uvicorn.Server(config).serve(sockets=[socket.socket(fileno=listener)])
    serving = asyncio.create_task(served)
    ended = asyncio.create_task(done.wait())
    await asyncio.wait({serving, ended}, return_when=asyncio.FIRST_COMPLETED)
    if ended.done():
        end()
    await serving


def _when_host_ends(loop: asyncio.AbstractEventLoop, done: asyncio.Event) -> None:
    sys.stdin.buffer.read()
    loop.call_soon_threadsafe(done.set)


def _end(seams: Seams, clear_up: Callable[[], object]) -> None:
    """Stop the workers and whatever else was started, and end this process at once.

    Nobody is there to be answered any more, and threads that wait on the clock wait for ever.
    """
    seams.get("lambda_runtime.reset")()
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.killpg(os.getpgrp(), signal.SIGTERM)
    clear_up()
    sys.stdout.flush()
    os._exit(0)
