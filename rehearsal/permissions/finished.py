"""What was tried before an interruption, so that it need not be tried again."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from rehearsal.assembly import Stack
from rehearsal.permissions.courses import COURSES
from rehearsal.permissions.statements import Refused, Statement
from rehearsal.permissions.verdict import Fate, Tried
from rehearsal.warm import KEPT

FOLDER = KEPT / "permissions"


class Finished:
    """The statements that were tried on the same templates, by the same courses."""

    def __init__(self, stacks: Iterable[Stack], *, resume: bool, folder: Path = FOLDER) -> None:
        """Look for what is there, or begin anew.

        Args:
            stacks: whose roles are proved.
            resume: whether what is there counts.
            folder: where it is kept, a file for each digest.
        """
        told = {stack.name: stack.template for stack in stacks}
        content = f"{json.dumps(told, sort_keys=True)}{COURSES}"
        self._file = folder / f"{hashlib.sha256(content.encode()).hexdigest()[:16]}.jsonl"
        if not resume:
            self._file.unlink(missing_ok=True)
        lines = self._file.read_text("utf-8").splitlines() if self._file.is_file() else []
        self._rows = {row["statement"]: row for row in map(json.loads, lines)}

    def find(self, statement: Statement) -> Tried | None:
        """What became of a statement, if it was tried."""
        row = self._rows.get(_name(statement))
        return row and Tried(
            statement=statement,
            course=row["course"],
            fate=Fate(row["fate"]),
            became=row["became"],
            first=Refused(**row["first"]) if row["first"] else None,
        )

    def keep(self, tried: Tried) -> None:
        """Remember what became of a statement."""
        row = {
            "statement": _name(tried.statement),
            "course": tried.course,
            "fate": tried.fate,
            "became": tried.became,
            "first": tried.first and asdict(tried.first),
        }
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._file.open("a", encoding="utf-8") as lines:
            lines.write(f"{json.dumps(row)}\n")


def _name(statement: Statement) -> str:
    return f"{statement.stack} {statement.label} {statement.key}"
