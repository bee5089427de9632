"""What a scanner may object to here, with the reason, from one file."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from tests.scanners.findings import Finding, Scan

FILE = Path(__file__).with_name("exceptions.toml")
# What Bandit calls low is everywhere in a program that starts others.
NOTED = ("low",)


class Excuse(BaseModel):
    """A finding that stays, and why.

    Attributes:
        scanner: whose.
        check: its name of the rule.
        where: a glob of the places.
        reason: why that is right.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    scanner: str
    check: str
    where: str
    reason: Annotated[str, Field(min_length=40)]

    def excuses(self, finding: Finding) -> bool:
        """Whether the finding is one of these."""
        return (finding.scanner, finding.check) == (self.scanner, self.check) and fnmatchcase(
            finding.where, self.where
        )


@dataclass(frozen=True, kw_only=True)
class Weighed:
    """All findings, by what becomes of them.

    Attributes:
        scans: what was done.
        open: findings without an exception.
        excused: each exception with the findings that it excuses.
        stale: exceptions that excuse nothing.
        noted: findings of low severity.
    """

    scans: tuple[Scan, ...]
    open: tuple[Finding, ...]
    excused: tuple[tuple[Excuse, tuple[Finding, ...]], ...]
    stale: tuple[Excuse, ...]
    noted: tuple[Finding, ...]


def load(file: Path = FILE) -> list[Excuse]:
    """The exceptions.

    Raises:
        pydantic.ValidationError: one of them is none.
    """
    return [Excuse(**each) for each in tomllib.loads(file.read_text())["exceptions"]]


def weigh(scans: Sequence[Scan], exceptions: Sequence[Excuse]) -> Weighed:
    """Hold the findings against the exceptions."""
    found = [finding for each in scans for finding in each.findings]
    loud = [each for each in found if each.severity not in NOTED]
    by = [(one, tuple(each for each in loud if one.excuses(each))) for one in exceptions]
    excused = {each for _, findings in by for each in findings}
    return Weighed(
        scans=tuple(scans),
        open=tuple(each for each in loud if each not in excused),
        excused=tuple((one, findings) for one, findings in by if findings),
        stale=tuple(one for one, findings in by if not findings),
        noted=tuple(each for each in found if each.severity in NOTED),
    )
