"""Runs first in each Python that the emulator starts: its clock and its chance are the world's.

The time is read from a file that the emulator writes at each jump: it cannot change while a
function runs, so a look at it costs no call. Sleeping asks the emulator's door. Each call to
the emulator says which worker makes it, so that the function which waits lets time pass.
"""

import http.client
import importlib
import mmap
import os
import random
import struct
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

_DOOR = os.environ.get("LOCKGATE_WORLD_DOOR", "")
_FILE = os.environ.get("LOCKGATE_WORLD_TIME", "")
_SEED = os.environ.get("LOCKGATE_WORLD_SEED", "")


def _live_by_the_world() -> None:
    # It stands beside this file, not in any package.
    world_time = importlib.import_module("world_time")
    with Path(_FILE).open("rb") as file:
        page = mmap.mmap(file.fileno(), 8, access=mmap.ACCESS_READ)
    nothing_between = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def now() -> float:
        value: float = struct.unpack("d", page[:8])[0]
        return value

    def sleep(seconds: float) -> None:
        if seconds < 0:
            raise ValueError("sleep length must be non-negative")
        url = f"{_DOOR}/sleep?seconds={seconds!r}&party={_me()}"
        request = urllib.request.Request(url, method="POST")  # noqa: S310 - the world's door
        with nothing_between.open(request) as answer:
            answer.read()

    world_time.install(now, sleep)
    endheaders = http.client.HTTPConnection.endheaders

    def with_party(self: http.client.HTTPConnection, *args: Any, **kwargs: Any) -> None:
        if self.port == urlsplit(os.environ.get("AWS_ENDPOINT_URL", "")).port:
            self.putheader("x-world-party", _me())
        endheaders(self, *args, **kwargs)

    http.client.HTTPConnection.endheaders = with_party  # type: ignore[method-assign]


def _me() -> str:
    # It may have been forked from a process that loaded this.
    return f"worker-{os.getpid()}"


class _Seeded(random.Random):
    """What waits a random while before it tries again waits the same in each run of a seed."""

    def __init__(self) -> None:
        super().__init__(_SEED)


if _DOOR:
    _live_by_the_world()
    random.SystemRandom = _Seeded  # type: ignore[assignment, misc]
    random.seed(_SEED)
