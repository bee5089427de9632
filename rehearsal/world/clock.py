"""The world's clock as the host sees it."""

import contextvars
import itertools
import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from rehearsal.world.loopback import require_loopback
from rehearsal.world.server import WorldError


class WorldClock:
    """Time stands still while anything happens in the world, and jumps when all wait.

    What the host does between two calls is not seen, unless it is inside `busy`: without that,
    whatever waits in the world goes on meanwhile.
    """

    def __init__(self, door: str) -> None:
        """Ask at this address.

        Raises:
            NotLoopbackError: the address leads away from this machine.
        """
        self._door = require_loopback(door)
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        self._names = itertools.count(1)
        self._party: contextvars.ContextVar[str] = contextvars.ContextVar("party", default="")

    @property
    def party(self) -> str:
        """Whom this code acts for; empty outside `busy`."""
        return self._party.get()

    def now(self) -> datetime:
        """What time it is in the world."""
        return datetime.fromtimestamp(self.state()["now"], UTC)

    def sleep(self, seconds: float) -> None:
        """Return when so much time has passed in the world."""
        self._ask("sleep", seconds=repr(float(seconds)), party=self.party)

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Inside, time stands still but for `sleep` and for what the world is asked to do.

        Each thread needs a block of its own: what acts at the same time must wait by itself.
        A block inside another of the same thread changes nothing.
        """
        if self.party:
            yield
            return
        name = f"host-{next(self._names)}"
        self._ask("enter", party=name)
        token = self._party.set(name)
        try:
            yield
        finally:
            self._party.reset(token)
            self._ask("leave", party=name)

    def state(self) -> dict[str, Any]:
        """The time, who runs, who waits and what is due."""
        with self._opener.open(f"{self._door}/state") as answer:
            state: dict[str, Any] = json.load(answer)
            return state

    def idle(self) -> float:
        """How many seconds nothing happens unless this code does it; none where others run."""
        state = self.state()
        running, due = set(state["running"]) - {f"host {self.party}"}, state["due"]
        return 0.0 if running or not due else float(due[0] - state["now"])

    def remember(self) -> None:
        """Let the world write down what it knows, in its folder.

        Raises:
            WorldError: it is not at rest, or knows what cannot be written.
        """
        try:
            self._ask("remember")
        except urllib.error.HTTPError as error:
            with error:
                raise WorldError(json.load(error).get("error", error.reason)) from None

    def _ask(self, what: str, **about: str) -> None:
        query = urllib.parse.urlencode({name: value for name, value in about.items() if value})
        request = urllib.request.Request(f"{self._door}/{what}?{query}", method="POST")  # noqa: S310
        with self._opener.open(request) as answer:
            answer.read()
