"""Courses played in a world, one after the other, each until nothing of it goes on any more."""

from typing import Protocol

from rehearsal.permissions.artifacts import Prepared
from rehearsal.permissions.evidence import Since
from rehearsal.permissions.mailbox import Mailbox
from rehearsal.permissions.played import (
    PULL_REQUEST,
    RELEASE,
    ROTATION,
    Course,
    Outcome,
    Played,
)
from rehearsal.permissions.pull_requests import PullRequests
from rehearsal.permissions.releases import Releases
from rehearsal.permissions.rotations import Rotations
from rehearsal.set_up import SetUp

# The trail delivers each minute, and its alarms look at five.
AFTER_SECONDS = 420.0


class Player(Protocol):
    """Who takes a course of some kind."""

    def run(self, course: Course) -> Outcome:
        """Take it, and wait until nothing of it goes on any more."""


class Plays:
    """Courses on one service's way into one environment."""

    def __init__(self, made: SetUp, service: str, prepared: Prepared) -> None:
        """Play with what is prepared."""
        self._world, self._mailbox = made.world, Mailbox(made.world)
        repository = made.repository(service)
        self._players: dict[str, Player] = {
            RELEASE: Releases(made, service, prepared),
            PULL_REQUEST: PullRequests(made.world, repository),
            ROTATION: Rotations(made.world),
        }

    def play(self, course: Course) -> Played:
        """Take a course, and see what becomes of it.

        Raises:
            UnsettledError: something of it never ends.
            SourceError: a push is refused.
        """
        with self._world.clock.busy():
            since = Since(self._world)
            self._mailbox.empty()
            outcome = self._players[course.what].run(course)
            self._world.clock.sleep(AFTER_SECONDS)
            used: dict[tuple[str, int], set[str]] = {}
            for each in since.decisions():
                for policy, number, _ in each.statements:
                    used.setdefault((policy, number), set()).add(each.action)
            return Played(
                what=course.what,
                outcome=outcome,
                told=frozenset(self._mailbox.empty() | since.dead()),
                refused=tuple(since.refused()),
                used={origin: frozenset(actions) for origin, actions in used.items()},
            )
