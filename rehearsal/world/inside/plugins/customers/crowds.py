"""All customers of a world, by name, as the host asks for them."""

from collections.abc import Mapping
from typing import Any

from rehearsal.world.inside.plugins.customers.arrivals import Kind
from rehearsal.world.inside.plugins.customers.background import Background
from rehearsal.world.inside.plugins.customers.bursts import Burst, Bursts
from rehearsal.world.inside.plugins.customers.crowd import Crowd, Wanted
from rehearsal.world.inside.setting import Setting


class Crowds:
    """The customers of one world."""

    def __init__(self, world: Setting, background: Background, bursts: Bursts) -> None:
        self._world, self._background, self._bursts = world, background, bursts
        self._crowds: dict[str, Crowd] = {}

    def start(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Let customers come.

        Raises:
            ValueError: there are customers of that name, or a burst is about no service.
        """
        name, profile = asked["name"], dict(asked["profile"])
        if name in self._crowds:
            raise ValueError(f"there are customers {name} already: stop them, or choose a name")
        bursts = [Burst(**each) for each in profile.pop("bursts")]
        kinds = [Kind(**each) for each in profile.pop("kinds")]
        here = {key: asked[key] for key in ("function", "account", "region")}
        wanted = Wanted(**here, **profile, kinds=kinds, bursts=bursts)
        self._bursts.check(bursts)

        def begin() -> None:
            self._bursts.begin(name, bursts)

        crowd = self._crowds[name] = Crowd(self._world, self._background, name, wanted, begin)
        crowd.start()
        return {}

    def counts(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """What they met so far.

        Raises:
            ValueError: no customers have that name.
        """
        crowd = self._named(asked)
        return {"minutes": crowd.counts.listed(), "broken": crowd.broken, "began": crowd.began}

    def stop(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """No more come.

        Raises:
            ValueError: no customers have that name.
        """
        self._named(asked).stop()
        self._bursts.end(asked["name"])
        return {}

    def _named(self, asked: Mapping[str, Any]) -> Crowd:
        name = asked["name"]
        if name not in self._crowds:
            raise ValueError(f"there are no customers {name}")
        return self._crowds[name]
