"""The proof as a document: the same in every run, without a time, an account, or chance."""

from collections.abc import Iterable

from rehearsal.permissions.asked import never_asked
from rehearsal.permissions.courses import COURSES
from rehearsal.permissions.prove import Proof
from rehearsal.permissions.reasons import Reason, reason_for
from rehearsal.permissions.verdict import Tried

HEAD = """\
# The proof of the permissions

<!-- Written by `make prove-permissions ARGS=--write`; edit what it describes instead. -->

Each row is a release, a pull request or a rotation in the [rehearsal's world](rehearsal.md) \
without one statement of one of Lockgate's own roles, as `delivery.toml` has them for one \
environment that asks for an approval; every environment has the same. The statement is taken out \
of IAM, a commit is pushed, a pull request opened or a rotation asked for, and the record of calls \
shows who was denied what: only a call by that very role counts, denied for one of the statement's \
actions on one of its resources. Then the statement is put back. CloudFormation's roles are proved \
by `tests/rehearsal/world/test_iam_stacks.py` instead, people's by `tests/iam/test_people.py`.

Which of them is needed is read from the record: {courses}. With every statement in place no call \
is denied on any of them.

Builds copy artifacts that were synthesized before, as the build's role, and those of pull \
requests pass; integration tests are real. An approval is given as soon as it is asked for; the \
canary takes five minutes; the builds have a secret to read. People are those who get what the \
topic tells. The world has no metrics of Step Functions, so an execution of the watch that failed \
stands for its alarm, `TargetWatchDied`.

{count} statements of {roles} roles; {noticed} are noticed, {unnoticed} are not.
"""
NEVER = """\
Actions of noticed statements for which nothing here asks, good or bad. What services ask \
inside of themselves is on record only where it is refused: a function's lines of log, how far \
CodeCommit's archive is.\
"""


def document(proof: Proof, reasons: Iterable[Reason]) -> str:
    """The document, the same in every run: no time, no account, nothing of chance."""
    known = list(reasons)
    noticed = [each for each in proof.tried if each.noticed]
    others = [each for each in proof.tried if not each.noticed]
    lines = [
        HEAD.format(
            courses="; ".join(each.name for each in COURSES),
            count=len(proof.tried),
            roles=len({each.statement.role for each in proof.tried}),
            noticed=len(noticed),
            unnoticed=len(others),
        ),
        "## Noticed",
        "",
        "| role | statement | on | first denied | what becomes of it |",
        "|-|-|-|-|-|",
        *map(_row, noticed),
        "",
        "## Not noticed",
        "",
        "| role | statement | without it | why it is right | tested by |",
        "|-|-|-|-|-|",
    ]
    for each in others:
        about, reason = each.statement, reason_for(each.statement, known)
        why = ("", "") if reason is None else (reason.reason, f"`{reason.tested}`")
        lines.append(
            f"| {about.label} | {_code(about.key)} | {each.became} | {why[0]} | {why[1]} |"
        )
    lines += [
        "",
        "## Never asked for",
        "",
        NEVER,
        "",
        "| role | actions |",
        "|-|-|",
        *(
            f"| {each.statement.label} | {_code(', '.join(never))} |"
            for each in noticed
            if (never := list(never_asked(each, proof.whole)))
        ),
    ]
    return "\n".join(lines) + "\n"


def _row(tried: Tried) -> str:
    about, first = tried.statement, tried.first
    denied = _code(first.action) if first else ""
    return f"| {about.label} | {_code(about.key)} | {tried.course} | {denied} | {tried.became} |"


def _code(text: str) -> str:
    return ", ".join(f"`{each}`" for each in text.split(", "))
