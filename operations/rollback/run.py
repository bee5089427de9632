"""A pipeline execution, as a rollback looks at it."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self


@dataclass(frozen=True, kw_only=True)
class Run:
    """One execution of a pipeline.

    Attributes:
        id: its id.
        started: when it began.
        back_to: the execution that it brought back, None if it is no rollback.
        revision: the commit of its source, or nothing.
        message: the first line of the commit's message, or nothing.
    """

    id: str
    started: datetime
    back_to: str | None = None
    revision: str = ""
    message: str = ""

    @property
    def release(self) -> str:
        """The execution that first brought what this one brings."""
        return self.back_to or self.id

    @classmethod
    def told(cls, summary: Mapping[str, Any]) -> Self:
        """An entry of ListPipelineExecutions."""
        [source, *_] = summary.get("sourceRevisions") or [{}]
        back_to = summary.get("rollbackMetadata", {}).get("rollbackTargetPipelineExecutionId")
        if back_to is None and summary.get("executionType") == "ROLLBACK":
            back_to = "(unknown)"
        return cls(
            id=summary["pipelineExecutionId"],
            started=summary["startTime"],
            back_to=back_to,
            revision=source.get("revisionId", ""),
            message=_first_line(source.get("revisionSummary", "")),
        )


def _first_line(summary: str) -> str:
    """CodeCommit's summary is the message, a connection's is JSON that holds it."""
    with suppress(KeyError, TypeError, ValueError):
        summary = str(json.loads(summary)["CommitMessage"])
    return next(iter(summary.splitlines()), "")
