"""The survey of a delivery's roles as a document."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from lockgate.trust import TRUSTS
from tests.iam.attacks import ATTACKS
from tests.iam.escalation import PATHS
from tests.iam.justified import BY_RIGHT, ESCALATIONS, Justified
from tests.iam.survey import CLOUDFORMATION, JOBS, PEOPLE, Survey, Surveyed, why

KINDS = {
    JOBS: "Roles of the jobs: pipelines, builds, gates, hooks, reviews, services",
    CLOUDFORMATION: "Roles of CloudFormation, one for each stack that a pipeline deploys",
    PEOPLE: "Roles of people",
}
HEAD = """\
# What the roles may do

<!-- Written by `make iam-report ARGS=--write`; edit what it describes instead. -->

Every role of the default delivery, measured on its synthesized templates: no account is asked. \
Actions are those that the role's policies and its permissions boundary both allow on something, \
less what either denies; what an action does is said by the Service Authorization Reference. \
`tests/iam/test_survey.py` holds each number of this page that is a promise.

In the lists of actions, those that write stand as `code`, those that manage \
permissions in **`bold`**, those that read in _italics_; `…` stands for a stack.

| | measured | target |
|-|-:|-|
"""


def render(found: Survey) -> str:
    """The document."""
    parts = [
        HEAD + _rows(_totals(found)),
        *(_roles(found, kind) for kind in KINDS),
        _actions(found),
        _trusts(found),
        _escalations(found),
        _boundaries(found),
        _attacks(found),
    ]
    return "\n".join(parts)


def _rows(rows: Iterable[Iterable[object]]) -> str:
    return "".join(f"| {' | '.join(str(cell) for cell in row)} |\n" for row in rows)


def _totals(found: Survey) -> Iterator[tuple[object, ...]]:
    def count(counted: Callable[[Surveyed], int]) -> int:
        return sum(map(counted, found.roles))

    roles = {kind: len(found.of(kind)) for kind in KINDS}
    tried = len(ATTACKS) * len(found.roles)
    through = count(lambda each: len(each.attempts))
    unjustified = sum(": M10 " in problem for problem in found.problems)
    paths = count(lambda each: len(each.measures.escalations))
    loose = sum(": M8 " in problem for problem in found.problems)
    statements = count(lambda each: each.measures.statements)
    conditional = count(lambda each: each.measures.conditional)
    share = round(100 * conditional / statements)
    yield "roles of jobs, of CloudFormation, of people", ", ".join(map(str, roles.values())), ""
    yield "M1 distinct actions of all jobs together", len(found.actions(JOBS)), "at most 70"
    yield "M1 of people", len(found.actions(PEOPLE)), ""
    yield "M1 of jobs and people together", len(found.actions(JOBS, PEOPLE)), ""
    yield "M1 of CloudFormation", len(found.actions(CLOUDFORMATION)), "what its resource types need"
    yield "M4 actions allowed by a pattern", count(lambda e: len(e.measures.patterns)), "0"
    yield (
        "M5 actions on `*` whose resources could be named",
        count(lambda each: len(each.measures.unscoped)),
        "0",
    )
    yield (
        "M6 roles passed to whatever service",
        count(lambda each: len(each.measures.loose_passes)),
        "0",
    )
    yield (
        "M7 trusts of a service without its source",
        count(lambda each: len(each.measures.sourceless)),
        "those with a reason below",
    )
    yield f"M8 paths to more privileges, of {len(PATHS)} looked for", paths, "each justified below"
    yield "M8 of them not justified", loose, "0"
    yield "M9 statements with a condition", f"{conditional} of {statements} ({share} %)", ""
    yield f"M10 attacks tried: {len(ATTACKS)} by each of {len(found.roles)} roles", tried, ""
    yield "M10 let through as somebody's job", through - unjustified, "each justified below"
    yield "M10 let through as an attack", unjustified, "0"


def _roles(found: Survey, kind: str) -> str:
    """A row for each role, and what it may do, folded."""
    roles = sorted(found.of(kind), key=lambda each: (each.actor.role.stack, each.actor.job))
    table = _rows(
        (
            each.actor.job.replace("|", "/"),
            each.actor.role.stack,
            len(each.measures.actions),
            len(each.measures.writes),
            len(each.measures.manages),
            len(each.measures.escalations),
            f"{each.measures.conditional}/{each.measures.statements}",
        )
        for each in roles
    )
    folded = "\n".join(
        _folded(found, jobs, actions) for actions, jobs in _by_actions(roles).items()
    )
    return (
        f"## {KINDS[kind]}\n\n"
        "| what it is for | stack | M1 actions | M2 writing | M3 managing permissions | M8 paths "
        "| M9 conditions |\n|-|-|-:|-:|-:|-:|-:|\n"
        f"{table}\n{folded}"
    )


def _by_actions(roles: list[Surveyed]) -> dict[tuple[str, ...], list[Surveyed]]:
    """Roles that may do the same, one for each environment, stand together."""
    found = defaultdict(list)
    for each in roles:
        found[tuple(sorted(each.measures.actions))].append(each)
    return found


def _folded(found: Survey, roles: list[Surveyed], actions: tuple[str, ...]) -> str:
    writes, manages = roles[0].measures.writes, roles[0].measures.manages
    shown = (
        f"**`{action}`**"
        if action in manages
        else f"`{action}`"
        if action in writes
        else f"_{action}_"
        for action in actions
    )
    jobs = "; ".join(dict.fromkeys(_anywhere(found, each.actor.job) for each in roles))
    return f"<details><summary>{jobs}</summary>\n\n{', '.join(shown)}\n\n</details>\n"


def _actions(found: Survey) -> str:
    needed = defaultdict(set)
    for each in found.of(JOBS):
        for action in each.measures.actions:
            needed[action].add(_anywhere(found, each.actor.job))
    rows = _rows((f"`{action}`", "; ".join(sorted(needed[action]))) for action in sorted(needed))
    return f"## Which job needs which action\n\n| action | jobs |\n|-|-|\n{rows}"


def _trusts(found: Survey) -> str:
    counts: dict[str, int] = defaultdict(int)
    for each in found.roles:
        for service in each.measures.sourceless:
            counts[service] += 1
    rows = _rows((s, n, TRUSTS[s].because) for s, n in sorted(counts.items()) if s in TRUSTS)
    return (
        "## Trusts without a source\n\n"
        "Every other service is held to one account and one resource.\n\n"
        f"| service | roles | why |\n|-|-:|-|\n{rows}"
    )


def _escalations(found: Survey) -> str:
    actions = {path.name: ", ".join(f"`{a}`" for a in path.actions) for path in PATHS}
    rows = _rows(
        (what, actions[what], number, entry.job.replace("*", "…"), entry.because)
        for entry in ESCALATIONS
        for what in entry.what
        if (number := sum(_on_path(each, entry, what) for each in found.roles))
    )
    return (
        "## Paths to more privileges\n\n"
        "A role is on a path when it has all of its actions, whatever the resource; what holds it "
        f"then is said here.\n\n| path | actions | roles | whose | why it leads nowhere |\n"
        f"|-|-|-:|-|-|\n{rows}"
    )


def _on_path(role: Surveyed, entry: Justified, what: str) -> bool:
    on = {path.name for path in role.measures.escalations}
    return what in on and entry.covers(role.actor.job, what)


def _boundaries(found: Survey) -> str:
    rows = _rows((f"`{name}`", number) for name, number in sorted(found.stopped.items()))
    return (
        "## What the boundaries stop by themselves\n\n"
        f"Of the {len(ATTACKS)} attacks below, tried by a role whose own policy is "
        "AdministratorAccess.\n\n"
        f"| boundary | attacks stopped |\n|-|-:|\n{rows}"
    )


def _attacks(found: Survey) -> str:
    rows = _rows(
        (attack.name, f"`{attack.action}`", _through(found, attack.name)) for attack in ATTACKS
    )
    return (
        "## Attacks\n\n"
        "Each is tried with every role's policies and boundary, and the policies of what it asks "
        "for, under names as a deployment makes them. *Nobody* is what an attack should find; the "
        f"others do it as their job.\n\n| attack | action | let through |\n|-|-|-|\n{rows}"
    )


def _through(found: Survey, attack: str) -> str:
    """Whose job it is, by its reason."""
    jobs: dict[str, list[str]] = defaultdict(list)
    for each in found.roles:
        if any(attempt.attack.name == attack for attempt in each.attempts):
            job = each.actor.job
            name = job.partition(":")[0] if each.kind == PEOPLE else job
            jobs[why(BY_RIGHT, job, attack) or "**not justified**"].append(name)
    told = (f"{'; '.join(names)}: {reason}" for reason, names in jobs.items())
    return ". ".join(told) or "nobody"


def _anywhere(found: Survey, job: str) -> str:
    """A job, whichever stack it is for."""
    for stack in sorted({each.actor.role.stack for each in found.roles}, key=len, reverse=True):
        job = job.replace(stack, "…")
    return job
