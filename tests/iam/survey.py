"""All roles of a delivery, measured, attacked and compared with what is justified."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

from lockgate.trust import TRUSTS
from tests.assembly import Assembly
from tests.iam.attacks import ATTACKS
from tests.iam.justified import BY_RIGHT, ESCALATIONS, Justified
from tests.iam.measure import Measures, measure
from tests.iam.policies import EVERYTHING, is_deployer, is_person
from tests.iam.raid import Attempt, raid
from tests.iam.simulate import Actor, actors

JOBS, CLOUDFORMATION, PEOPLE = "jobs", "CloudFormation", "people"


@dataclass(frozen=True, kw_only=True)
class Surveyed:
    """A role with what was found."""

    actor: Actor
    measures: Measures
    attempts: tuple[Attempt, ...]

    @property
    def kind(self) -> str:
        """Whose role it is: a job's, CloudFormation's, or people's."""
        if is_person(self.actor.role):
            return PEOPLE
        return CLOUDFORMATION if is_deployer(self.actor.role) else JOBS

    def problems(self) -> Iterator[str]:
        """What no entry justifies, as sentences."""
        found = self.measures
        where = f"{self.actor.role.where} ({self.actor.job})"
        yield from (f"{where}: M4 {pattern}" for pattern in found.patterns)
        yield from (f"{where}: M5 {action}" for action in found.unscoped)
        yield from (f"{where}: M6 {statement}" for statement in found.loose_passes)
        for service in found.sourceless:
            if service not in TRUSTS or TRUSTS[service].sends_source:
                yield f"{where}: M7 trusts {service} without its source"
        for path in found.escalations:
            if not why(ESCALATIONS, self.actor.job, path.name):
                yield f"{where}: M8 {path.name} ({', '.join(path.actions)})"
        for attempt in self.attempts:
            if not why(BY_RIGHT, self.actor.job, attempt.attack.name):
                yield f"{where}: M10 {attempt.attack.name} ({attempt.attack.action})"


@dataclass(frozen=True, kw_only=True)
class Survey:
    """All roles of a delivery, and how many attacks each boundary stops by itself."""

    roles: tuple[Surveyed, ...]
    stopped: Mapping[str, int] = field(default_factory=dict)

    def of(self, *kinds: str) -> list[Surveyed]:
        """The roles of some kinds."""
        return [each for each in self.roles if each.kind in kinds]

    def actions(self, *kinds: str) -> set[str]:
        """What roles of some kinds may do together."""
        return {action for each in self.of(*kinds) for action in each.measures.actions}

    @cached_property
    def problems(self) -> list[str]:
        """What is wrong with any of them."""
        return [problem for each in self.roles for problem in each.problems()]


@lru_cache(maxsize=4)
def survey(assembly: Assembly) -> Survey:
    """Look at every role that the templates have."""
    found = actors(assembly)
    bounded = {each.bound.rpartition("/")[2]: each for each in found}
    return Survey(
        roles=tuple(look(assembly, each) for each in found),
        stopped={name: _stopped(assembly, each) for name, each in bounded.items()},
    )


def _stopped(assembly: Assembly, bounded: Actor) -> int:
    """How many attacks fail though the role's own policy is an administrator's."""
    return len(ATTACKS) - sum(1 for _ in raid(assembly, replace(bounded, own=(EVERYTHING,))))


def look(assembly: Assembly, actor: Actor) -> Surveyed:
    """Look at one role."""
    return Surveyed(
        actor=actor,
        measures=measure(actor.role, actor.boundary),
        attempts=tuple(raid(assembly, actor)),
    )


def stale(*surveys: Survey) -> list[str]:
    """What is justified and found in none of the surveys."""
    roles = [each for found in surveys for each in found.roles]
    paths = {(each.actor.job, p.name) for each in roles for p in each.measures.escalations}
    deeds = {(each.actor.job, a.attack.name) for each in roles for a in each.attempts}
    return [
        f"{entry.job}: {what}"
        for entries, found in ((ESCALATIONS, paths), (BY_RIGHT, deeds))
        for entry in entries
        for what in entry.what
        if not any(entry.covers(job, what) and name == what for job, name in found)
    ]


def why(entries: tuple[Justified, ...], job: str, what: str) -> str | None:
    """The reason by which something found is right."""
    return next((each.because for each in entries if each.covers(job, what)), None)
