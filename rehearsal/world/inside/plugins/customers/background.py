"""Parties whose sleep, and that of all they start and wait for, never makes time pass by itself."""

import weakref

from rehearsal.world.inside.clock import Party
from rehearsal.world.inside.setting import Setting


class Background:
    """The parties of one world that live in the background."""

    def __init__(self, world: Setting) -> None:
        self._clock = clock = world.clock
        self._parties: weakref.WeakSet[Party] = weakref.WeakSet()
        stock = clock._set

        def timer(due: float, party: Party | None, *, background: bool) -> object:
            return stock(due, party, background=background or self._holds(party))

        clock._set = timer  # type: ignore[method-assign,assignment]

    def enter(self, name: str) -> Party:
        """A new party of the clock that lives in the background."""
        party = self._clock.enter(name)
        self._parties.add(party)
        return party

    def _holds(self, party: Party | None) -> bool:
        while party is not None:
            if party in self._parties:
                return True
            party = party.parent
        return False
