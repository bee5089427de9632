"""Static analysis of what runs in an account, with ruff's rules for security (flake8-bandit's).

By itself: the project's own exceptions do not count, nor what a line says about itself.
"""

import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from supply.policy import AcceptedFinding


class AnalysisError(Exception):
    """The code could not be analyzed."""


@dataclass(frozen=True, kw_only=True, order=True)
class Finding:
    """One finding: in which file and line, of which rule, and what it says."""

    file: str
    line: int
    rule: str
    says: str


def run(root: Path, folders: Sequence[Path]) -> list[Finding]:
    """What ruff finds in the folders.

    Raises:
        AnalysisError: it cannot tell.
    """
    ruff = Path(sys.executable).with_name("ruff")
    command = [ruff, "check", "--isolated", "--select", "S", "--ignore-noqa", "--no-cache"]
    done = subprocess.run(  # noqa: S603
        [*map(str, command), "--output-format", "json", *map(str, folders)],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        return sorted(
            Finding(
                file=Path(each["filename"]).relative_to(root.resolve()).as_posix(),
                line=each["location"]["row"],
                rule=each["code"] or "syntax",
                says=each["message"],
            )
            for each in json.loads(done.stdout)
        )
    except (KeyError, TypeError, ValueError) as error:
        raise AnalysisError(f"ruff could not analyze the code: {done.stderr or error!r}") from None


def problems(found: Iterable[Finding], accepted: Sequence[AcceptedFinding]) -> list[str]:
    """The findings that nobody has accepted, and what is accepted without need."""
    known, found = {(each.file, each.rule) for each in accepted}, list(found)
    return [
        *(
            f"{each.file}:{each.line}: {each.rule} {each.says}"
            for each in found
            if (each.file, each.rule) not in known
        ),
        *(
            f"{file} has no {rule} any more: no longer accept it"
            for file, rule in sorted(known - {(each.file, each.rule) for each in found})
        ),
    ]
