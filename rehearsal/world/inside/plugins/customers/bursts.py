"""Bursts: what happens for a while, whichever version serves.

Customers of one kind come in numbers (see arrivals.py), or a service that functions depend on
fails or is slow for whoever asks it: both versions meet that, as they meet an outage on AWS.
"""

import asyncio
import json
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from rehearsal.world.inside.setting import Setting

Handler = Callable[..., Awaitable[Any]]
MINUTE = 60
JSON = {"Content-Type": "application/x-amz-json-1.1"}


@dataclass(frozen=True, kw_only=True)
class Burst:
    """One outage, or one that comes again.

    Attributes:
        service: whose operation it is, by ministack's name; or empty.
        operation: what fails or is slow.
        from_minute: when it begins, in minutes after the first customer could come.
        minutes: how long it lasts.
        every_minutes: how long after its beginning it begins again; never where None.
        share: how many of the calls or customers it concerns.
        kind: the kind that customers are of meanwhile; empty where it is about an operation.
        error: the error they get; none where they are only slow.
        delay_ms: how much longer they take.
    """

    kind: str | None
    service: str
    operation: str
    from_minute: float
    minutes: float
    every_minutes: float | None
    share: float
    error: str | None
    delay_ms: float

    def covers(self, seconds: float) -> bool:
        """Whether it is on, so many seconds after the beginning."""
        minute = seconds / MINUTE - self.from_minute
        if self.every_minutes is not None and minute > 0:
            minute %= self.every_minutes
        return 0 <= minute < self.minutes


@dataclass(frozen=True, kw_only=True)
class _Active:
    began: float
    burst: Burst
    chance: random.Random


class Bursts:
    """The bursts of one world."""

    def __init__(self, world: Setting) -> None:
        self._world = world
        self._active: dict[str, list[_Active]] = {}
        self._wrapped: set[str] = set()

    def check(self, bursts: list[Burst]) -> None:
        """Be ready for them.

        Raises:
            ValueError: a burst is about a service that the world does not have.
        """
        for burst in bursts:
            if burst.service:
                self._wrap(burst.service)

    def begin(self, name: str, bursts: list[Burst]) -> None:
        """From now on these bursts come and go, until they are ended by this name."""
        now = self._world.clock.now()
        self._active[name] = [
            _Active(began=now, burst=each, chance=self._world.chance(f"burst/{name}/{at}"))
            for at, each in enumerate(bursts)
        ]

    def end(self, name: str) -> None:
        """No more bursts of this name."""
        self._active.pop(name, None)

    def _wrap(self, service: str) -> None:
        handlers = self._world.seams.get("app.SERVICE_HANDLERS")
        if service not in handlers:
            raise ValueError(f"the world has no service {service}")
        if service in self._wrapped:
            return
        self._wrapped.add(service)
        stock: Handler = handlers[service]

        async def handle(method: str, path: str, headers: Any, body: bytes, query: Any) -> Any:
            operation = headers.get("x-amz-target", "").rpartition(".")[2]
            for burst in self._hits(service, operation):
                await asyncio.to_thread(self._world.parties.sleep, burst.delay_ms / 1000)
                if burst.error is not None:
                    status = 500 if burst.error.startswith("Internal") else 400
                    content = {"__type": burst.error, "Message": "a burst of the rehearsal"}
                    return status, dict(JSON), json.dumps(content).encode()
            return await stock(method, path, headers, body, query)

        handlers[service] = handle

    def _hits(self, service: str, operation: str) -> list[Burst]:
        now = self._world.clock.now()
        return [
            each.burst
            for active in list(self._active.values())
            for each in active
            if (each.burst.service, each.burst.operation) == (service, operation)
            and each.burst.covers(now - each.began)
            and each.chance.random() < each.burst.share
        ]
