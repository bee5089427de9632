"""Why some statements are right although no release notices that they are gone."""

from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints

from rehearsal.permissions.statements import Statement
from rehearsal.permissions.verdict import Tried
from rehearsal.scenarios.reading import Written, read
from rehearsal.synth import ROOT

FILE = Path(__file__).with_name("reasons.toml")
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class Reason(Written):
    """Why statements are right that no release notices.

    Attributes:
        role: the roles' names in the template; `*` stands for any characters.
        statement: the statement's Sid, or its actions.
        reason: why it is right.
        tested: the test that notices it.
    """

    role: Text
    statement: Text
    reason: Text
    tested: Text

    def concerns(self, statement: Statement) -> bool:
        """Whether it is about that statement."""
        return fnmatchcase(statement.label, self.role) and statement.key == self.statement


class Reasons(Written):
    """What the file says."""

    reasons: list[Reason] = Field(default_factory=list)


def load(path: Path = FILE) -> list[Reason]:
    """Read the file.

    Raises:
        FileError: it cannot be used.
    """
    return read(path, Reasons).reasons


def reason_for(statement: Statement, reasons: Iterable[Reason]) -> Reason | None:
    """The first that is about the statement, if there is one."""
    return next((each for each in reasons if each.concerns(statement)), None)


def findings(
    tried: Sequence[Tried], reasons: Sequence[Reason], *, every: bool, root: Path = ROOT
) -> Iterator[str]:
    """What is wrong: unnoticed statements without a reason, and reasons for nothing.

    Args:
        tried: what was tried.
        reasons: what the file says.
        every: whether all statements were tried, or those of some roles only.
        root: where the tests are.
    """
    for each in tried:
        if not each.noticed and reason_for(each.statement, reasons) is None:
            yield (
                f"{each.statement.label}: nothing notices that {each.statement.key} is gone "
                f"({each.course}: {each.became}), and {FILE.name} has no reason for it"
            )
    for reason in reasons:
        about = [each for each in tried if reason.concerns(each.statement)]
        named = f"{FILE.name}: {reason.role}: {reason.statement}"
        if not about and every:
            yield f"{named}: there is no such statement"
        for each in about:
            if each.noticed:
                yield f"{named}: {each.statement.label} is noticed: {each.became}"
        if about and not (root / reason.tested.partition("::")[0]).is_file():
            yield f"{named}: there is no {reason.tested}"
