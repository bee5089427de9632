"""What a course without a statement shows of it: the pure part of the proof."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from rehearsal.permissions.played import ENDLESS, FAILED, NEVER_STARTED, SUCCEEDED, Played
from rehearsal.permissions.statements import Refused, Statement


class Fate(IntEnum):
    """What becomes of a course without a statement, the more the more it is noticed."""

    NOT_ASKED = 0
    QUIET = 1
    UNTOLD = 2
    TOLD = 3
    OTHERWISE = 4


@dataclass(frozen=True, kw_only=True)
class Tried:
    """A statement that was tried.

    Attributes:
        statement: which.
        course: the course that was to be taken.
        fate: what became of it.
        became: the same in words.
        first: the first call that was denied for want of the statement.
    """

    statement: Statement
    course: str
    fate: Fate
    became: str
    first: Refused | None

    @property
    def noticed(self) -> bool:
        """Whether it ends otherwise, or people are told more or less than they should."""
        return self.fate >= Fate.UNTOLD


def judge(
    statement: Statement, course: str, whole: Played, without: Played, usual: frozenset[str]
) -> Tried:
    """Hold a course without a statement against the same with it.

    Only a call by the role itself that was denied for one of the statement's actions on one of
    its resources counts, whatever else has happened.

    Args:
        statement: which was gone.
        course: the course's name.
        whole: what became of it with every statement.
        without: what became of it now.
        usual: what people are told of at times when no statement is gone.
    """
    first = next((each for each in without.refused if statement.concerns(each)), None)
    more, less = sorted(without.told - usual), sorted(whole.told - without.told)
    if first is None:
        fate, became = Fate.NOT_ASKED, "nothing is denied"
    elif without.outcome != whole.outcome:
        fate, became = Fate.OTHERWISE, _otherwise(whole, without)
    elif more:
        fate, became = Fate.TOLD, f"{_as_ever(whole)}, and people are told: {', '.join(more)}"
    elif less:
        fate, became = Fate.UNTOLD, f"{_as_ever(whole)}, and nobody is told of {', '.join(less)}"
    else:
        fate, became = Fate.QUIET, f"denied, but {_as_ever(whole)}"
    return Tried(statement=statement, course=course, fate=fate, became=became, first=first)


def best(tried: Iterable[Tried]) -> Tried:
    """Of several, the first in which the statement was noticed most."""
    return max(tried, key=lambda each: each.fate)


def _as_ever(whole: Played) -> str:
    it, ended = f"the {whole.what}", whole.outcome
    match ended.status:
        case status if status == SUCCEEDED:
            return f"{it} goes on"
        case status if status == FAILED:
            return f"{it} fails as ever at {ended.place}"
    return f"{it} {ended.status} as ever"


def _otherwise(whole: Played, without: Played) -> str:
    it, now, before = f"the {whole.what}", without.outcome, whole.outcome
    match now.status:
        case status if status == NEVER_STARTED:
            return f"{it} never starts"
        case status if status == ENDLESS:
            return f"{it} does not end"
        case status if status == SUCCEEDED:
            return f"{it} goes through, and should fail at {before.place}"
        case status if status != FAILED:
            return f"{it} {status}, and with the statement {before.status}"
    where = f"{it} fails at {now.place}"
    return where if before.status == SUCCEEDED else f"{where}, and should at {before.place}"
