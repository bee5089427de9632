"""A delivery in its world, on which statements are tried."""

from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path

from rehearsal.permissions.artifacts import GOOD, prepare
from rehearsal.permissions.courses import COURSES, CUSTOMERS, trying
from rehearsal.permissions.finished import Finished
from rehearsal.permissions.played import Played
from rehearsal.permissions.plays import Plays
from rehearsal.permissions.roles import instead, statements
from rehearsal.permissions.statements import Statement
from rehearsal.permissions.verdict import Tried, best, judge
from rehearsal.scenario import bundled
from rehearsal.set_up import SetUp
from rehearsal.snapshot import Audience
from rehearsal.stage import Stage
from rehearsal.traffic import Customers


class RoleError(Exception):
    """There is no role of that name."""


@dataclass(frozen=True, kw_only=True)
class Orders:
    """What to prove.

    Attributes:
        delivery_file: the delivery.
        service: whose pipeline the releases go through.
        seed: what chance is derived from.
        folder: where the world keeps everything; nothing is kept where none is given.
        role: the roles' names in the templates; `*` stands for any characters.
        resume: whether what was tried before an interruption counts.
    """

    delivery_file: Path
    service: str
    seed: int
    folder: Path | None
    role: str
    resume: bool


class Proving:
    """A delivery in its world, on which statements are tried."""

    def __init__(self, made: SetUp, orders: Orders, audience: Audience) -> None:
        self._made, self._orders, self._audience = made, orders, audience
        self._usual: set[str] = set()

    def release_first(self, delivery_file: Path, artifacts: Path) -> None:
        """Release the checkout through its own pipeline, then make ready for many releases."""
        made, service = self._made, self._orders.service
        (made.source.folder / "delivery.toml").write_bytes(delivery_file.read_bytes())
        made.source.commit("Let the builds have a secret")
        [place] = made.traffic[service]
        usual = replace(bundled()[GOOD], traffic={place.environment: CUSTOMERS})
        stage = Stage(usual, service, made, self._audience)
        stage.first()
        stage.open()
        # From now on each course has customers of its own.
        Customers(made.world).stop(place.environment)
        self._audience.step("cdk synth of what the releases are made of")
        pipeline = f"{made.delivery.name}-{service}-pipeline"
        self._prepared = prepare(made, artifacts, pipeline, place.stack)
        self._plays = Plays(made, service, self._prepared)
        stacks = self._prepared.assembly.stacks
        self._finished = Finished(stacks, resume=self._orders.resume)

    def wanted(self) -> list[Statement]:
        """The statements that are to be tried."""
        every = statements(self._made.world, self._prepared.assembly.stacks)
        found = [each for each in every if fnmatchcase(each.label, self._orders.role)]
        if not found:
            known = ", ".join(dict.fromkeys(each.label for each in every))
            raise RoleError(f"--role {self._orders.role}: no such role; allowed: {known}")
        return found

    def play_whole(self, some: Statement) -> dict[str, Played]:
        """Play every course with all statements; a policy is new as it is for each attempt."""
        found = {}
        # The first also tells of what has only begun with the proof itself.
        for course in (COURSES[0], *COURSES):
            self._audience.step(f"{course.name}, with every statement in place")
            with instead(self._made.world, some, None):
                found[course.name] = self._plays.play(course)
            self._usual |= found[course.name].told
        return found

    def attempt(self, statement: Statement, whole: dict[str, Played], number: str) -> Tried:
        """Go without a statement, on one course after the other until it is noticed."""
        if (before := self._finished.find(statement)) is not None:
            return before
        tried: list[Tried] = []
        for course in trying(statement, COURSES, whole):
            self._audience.step(f"{course.name}, without {statement.label}: {statement.key}")
            with (
                self._prepared.without(statement),
                instead(self._made.world, statement, statement.number),
            ):
                played = self._plays.play(course)
            tried.append(
                judge(statement, course.name, whole[course.name], played, frozenset(self._usual))
            )
            if tried[-1].noticed:
                break
        found = best(tried)
        self._finished.keep(found)
        self._audience.note(f"{number}: {statement.label}, {statement.key}: {found.became}")
        return found
