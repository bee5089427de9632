"""A discrete-event clock: time stands still while anything happens, and jumps when all wait.

Whatever acts in the world is a *party*: a request being answered, a function being run, a host's
`busy` block. A party that asks another to do something, or that sleeps, is not running until the
answer comes. While any party runs, time stands still. When none does, time jumps to the next
wake-up, and what is woken runs before the next jump; so no event happens before an earlier one,
and two that are due at one moment happen in the order in which they were set.

A loop that only looks around now and then (alarms, schedules) sleeps in the *background*: its
turns come in order, before all else that is due at the moment, but it never makes time pass by
itself.
"""

import heapq
import itertools
import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(eq=False)
class Party:
    """Something that acts, for as long as time may stand still for it.

    Attributes:
        name: what it is, for whoever asks why time stands still.
        parent: the party that waits for this one.
        deadline: the moment at which it is stopped if it still sleeps.
        waiting: how many things it waits for; it runs when there are none.
        open: false when it has left.
        overdue: whether it slept until its deadline.
        loops: whether it only looks around now and then, for as long as the world lasts.
    """

    name: str
    parent: "Party | None" = None
    deadline: float | None = None
    waiting: int = 0
    open: bool = True
    overdue: bool = False
    loops: bool = False


@dataclass(order=True)
class _Timer:
    due: float
    foreground: bool
    order: int
    party: Party | None = field(compare=False)
    suspended: bool = field(compare=False)
    fired: threading.Event = field(compare=False, default_factory=threading.Event)


class Clock:
    """The one time of a world; safe to use from any thread."""

    def __init__(self, start: float, on_jump: Callable[[float], None] | None = None) -> None:
        """Set the clock.

        Args:
            start: the first moment, in seconds since 1970.
            on_jump: told the new time before anything is woken.
        """
        self._now = start
        self._on_jump = on_jump
        self._lock = threading.RLock()
        self._running = 0
        self._parties: list[Party] = []
        self._timers: list[_Timer] = []
        self._order = itertools.count()

    def now(self) -> float:
        """The time, in seconds since 1970."""
        return self._now

    def enter(self, name: str, parent: Party | None = None, *, loops: bool = False) -> Party:
        """A new party that runs from now on; `parent` waits until it has left."""
        with self._lock:
            party = Party(name, parent if parent and parent.open else None, loops=loops)
            self._parties.append(party)
            self._running += 1
            if party.parent is not None:
                self._suspend(party.parent)
            return party

    def leave(self, party: Party) -> None:
        """The party is done; to leave twice does nothing."""
        with self._lock:
            if not party.open:
                return
            party.open = False
            self._parties.remove(party)
            if party.waiting == 0:
                self._running -= 1
            if party.parent is not None:
                self._resume(party.parent)
            self._advance()

    @contextmanager
    def busy(self, name: str, parent: Party | None = None) -> Iterator[Party]:
        """Time stands still inside, but for what the party itself waits for."""
        party = self.enter(name, parent)
        try:
            yield party
        finally:
            self.leave(party)

    @contextmanager
    def waiting(self, party: Party | None) -> Iterator[None]:
        """Inside, the party waits for something else and lets time pass."""
        if party is None or not party.open:
            yield
            return
        with self._lock:
            self._suspend(party)
            self._advance()
        try:
            yield
        finally:
            with self._lock:
                self._resume(party)

    def sleep(
        self, seconds: float, party: Party | None = None, *, background: bool = False
    ) -> bool:
        """Return when so much time has passed; false if the party's deadline came first.

        Args:
            seconds: how long; nothing passes if it is not above zero.
            party: who sleeps and runs again from the moment of waking.
            background: whether this never makes time pass by itself.
        """
        if seconds <= 0:
            return True
        with self._lock:
            due = self._now + seconds
            deadline = math.inf if party is None or party.deadline is None else party.deadline
            timer = self._set(min(due, max(self._now, deadline)), party, background=background)
            if party is not None and due > deadline:
                party.overdue = True
        timer.fired.wait()
        return due <= deadline

    def state(self) -> dict[str, object]:
        """Who runs, who waits and what is due: for whoever asks why time stands still."""
        with self._lock:
            return {
                "now": self._now,
                "running": [party.name for party in self._parties if party.waiting == 0],
                "waiting": [party.name for party in self._parties if party.waiting > 0],
                "due": [timer.due for timer in sorted(self._timers) if _drives(timer)],
            }

    def at_work(self) -> list[Party]:
        """All that are there for a time only, whether they run or wait."""
        with self._lock:
            return [party for party in self._parties if not party.loops]

    def signal(self) -> "Signal":
        """A new signal on this clock."""
        return Signal(self)

    def _set(self, due: float, party: Party | None, *, background: bool) -> _Timer:
        suspended = party is not None and party.open
        timer = _Timer(due, not background, next(self._order), party, suspended)
        heapq.heappush(self._timers, timer)
        if party is not None and suspended:
            self._suspend(party)
        self._advance()
        return timer

    def _suspend(self, party: Party) -> None:
        party.waiting += 1
        if party.waiting == 1 and party.open:
            self._running -= 1

    def _resume(self, party: Party) -> None:
        party.waiting -= 1
        if party.waiting == 0 and party.open:
            self._running += 1

    def _fire(self, timer: _Timer) -> None:
        if timer.fired.is_set():
            return
        if timer.party is not None and timer.suspended:
            self._resume(timer.party)
        timer.fired.set()

    def _advance(self) -> None:
        while self._running == 0 and self._timers:
            if self._timers[0].due > self._now and not any(map(_drives, self._timers)):
                return
            timer = heapq.heappop(self._timers)
            if timer.fired.is_set():
                continue
            if timer.due > self._now:
                self._now = timer.due
                if self._on_jump is not None:
                    self._on_jump(self._now)
            self._fire(timer)


class Signal:
    """Something that parties wait for, as with `threading.Event`, with time-outs on the clock."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._given = False
        self._timers: list[_Timer] = []

    def is_set(self) -> bool:
        """Whether it was given."""
        return self._given

    def set(self) -> None:
        """Give it: all who wait run from this moment on."""
        # A signal is a part of its clock.
        with self.clock._lock:
            self._given = True
            for timer in self._timers:
                self.clock._fire(timer)
            self._timers.clear()

    def wait(self, timeout: float | None = None, party: Party | None = None) -> bool:
        """Whether it was given before so much time had passed.

        Args:
            timeout: how many seconds to wait at most; for ever where none is given.
            party: who waits and runs again from the moment of waking.
        """
        clock = self.clock
        with clock._lock:
            if self._given or (timeout is not None and timeout <= 0):
                return self._given
            due = math.inf if timeout is None else clock.now() + timeout
            timer = clock._set(due, party, background=timeout is None)
            self._timers.append(timer)
        timer.fired.wait()
        with clock._lock:
            if timer in self._timers:
                self._timers.remove(timer)
            return self._given


def _drives(timer: _Timer) -> bool:
    return timer.foreground and not timer.fired.is_set()
