"""What an event says of a push to a branch.

"CodeCommit repository state change": AWS CodeCommit User Guide, "Monitoring CodeCommit events in
Amazon EventBridge".
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

_COMMIT: Final = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True, kw_only=True)
class Push:
    """A push; a commit is empty where the event names none.

    Attributes:
        commit: what the branch is at now.
        before: what it was at.
    """

    commit: str
    before: str

    @classmethod
    def of(cls, event: object) -> Self:
        """Read an event, as far as it can be read."""
        said = event if isinstance(event, Mapping) else {}
        detail = said.get("detail")
        about = detail if isinstance(detail, Mapping) else {}
        return cls(commit=_commit(about.get("commitId")), before=_commit(about.get("oldCommitId")))


def _commit(value: object) -> str:
    return value if isinstance(value, str) and _COMMIT.fullmatch(value) else ""
