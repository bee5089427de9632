"""Customers of a rehearsed service: what they ask for, how often, and what they met.

>>> customers = Customers(world)
>>> customers.start(name="prod", function="orders:live", profile=TrafficProfile.load(path))
>>> world.clock.sleep(900)
>>> customers.counts("prod")

The world never waits for them: they come as its time passes. What they met is counted from what
they were answered, so it is a count to hold every report and every alarm against.
"""

import json
import ssl
import urllib.error
import urllib.request
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from rehearsal.scenarios.profile import Burst, Kind, Request, TrafficProfile
from rehearsal.world.loopback import require_loopback
from rehearsal.world.world import World

__all__ = ["Burst", "Customers", "Kind", "Minute", "Request", "TrafficError", "TrafficProfile"]


class TrafficError(RuntimeError):
    """The customers cannot do what was asked; or they broke, and their counts are void."""


class Minute(BaseModel):
    """What the customers of one minute met who were served by one version.

    Attributes:
        start: when the minute began; customers are counted in the minute in which they came.
        version: the version that served them.
        kind: what they asked for.
        requests: how many were answered.
        failed: how many in which way: `error`, `timeout`, `throttled`, `5xx`, `4xx` or another
            status that was not wanted (`unexpected`), `malformed` for none at all.
        slow: how many waited too long, whatever the answer.
        latency_ms: how long they all waited.
        longest_ms: how long the one waited that waited longest.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    start: datetime
    version: str
    kind: str
    requests: int
    failed: dict[str, int]
    slow: int
    latency_ms: float
    longest_ms: float

    @property
    def failures(self) -> int:
        """How many failed in any way."""
        return sum(self.failed.values())


class Customers:
    """The customers in one world."""

    def __init__(self, world: World) -> None:
        self._world = world
        trust = ssl.create_default_context(cafile=str(world.ca_bundle))
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trust)
        )

    def start(self, *, name: str, function: str, profile: TrafficProfile) -> None:
        """Let customers come as soon as the alias is there, until they are stopped.

        Args:
            name: what they are called from here on; part of what their chance is derived from.
            function: a function and its alias, as `orders:live`.
            profile: what they do.

        Raises:
            TrafficError: there are some of that name, or the function is named without an alias.
        """
        if function.count(":") != 1 or not all(function.split(":")):
            raise TrafficError(f"customers come by an alias, as orders:live, not by {function!r}")
        self._ask(
            "start",
            name=name,
            function=function,
            account=self._world.account,
            region=self._world.region,
            profile=profile.as_orders(),
        )

    def counts(self, name: str) -> list[Minute]:
        """What they met so far, in order of time.

        Raises:
            TrafficError: nobody has that name; or they broke, and nothing is known.
        """
        told = self._ask("counts", name=name)
        if told["broken"]:
            raise TrafficError(f"the customers {name} broke, and count no more: {told['broken']}")
        return [
            Minute.model_validate(each | {"start": datetime.fromtimestamp(each["start"], UTC)})
            for each in told["minutes"]
        ]

    def stop(self, name: str) -> None:
        """Let no more come; those who are waiting are still answered as time passes.

        Raises:
            TrafficError: nobody has that name.
        """
        self._ask("stop", name=name)

    def _ask(self, what: str, **about: object) -> dict[str, Any]:
        url = require_loopback(f"{self._world.endpoint}/_customers/{what}")
        headers = {"content-type": "application/json"}
        if self._world.clock.party:
            headers["x-world-party"] = self._world.clock.party
        body = json.dumps(about).encode()
        request = urllib.request.Request(url, data=body, headers=headers, method="POST")  # noqa: S310
        try:
            with self._opener.open(request) as answer:
                told: dict[str, Any] = json.load(answer)
                return told
        except urllib.error.HTTPError as error:
            with error:
                raise TrafficError(json.load(error).get("error", error.reason)) from None
