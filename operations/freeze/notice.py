"""The notice that holds releases: who froze which environments, since when, and why."""

import json
from dataclasses import asdict, dataclass
from typing import Any, Self

from operations.wrong import OperationError

LONGEST_REASON = 500
TEXTS = ("by", "reason", "since")


@dataclass(frozen=True, kw_only=True)
class Notice:
    """What the freeze parameter says; the gate before each production environment reads it.

    Attributes:
        frozen: whether releases are held.
        environments: which are held; all production where none is named.
        reason: why; one line.
        by: the ARN of who said so last.
        since: when, in ISO 8601 and UTC.
    """

    frozen: bool
    environments: tuple[str, ...] = ()
    reason: str = ""
    by: str = ""
    since: str = ""

    @classmethod
    def parsed(cls, text: str) -> Self | None:
        """What a parameter's value says; None where the gate would not understand it."""
        try:
            value: Any = json.loads(text)
            environments = value["environments"]
            understood = (
                set(value) == {"frozen", "environments", *TEXTS}
                and isinstance(value["frozen"], bool)
                and isinstance(environments, list)
                and all(isinstance(each, str) for each in environments)
                and all(isinstance(value[key], str) for key in TEXTS)
            )
        except (KeyError, TypeError, ValueError):
            return None
        return cls(**value | {"environments": tuple(environments)}) if understood else None

    def text(self) -> str:
        """The parameter's value."""
        return json.dumps(asdict(self))

    def __str__(self) -> str:
        signed = f", since {self.since or '(unknown)'}, by {self.by or '(unknown)'}"
        if not self.frozen:
            return f"not frozen{signed if self.by or self.since else ''}"
        held = ", ".join(self.environments) or "all production"
        return f"frozen: {held}{signed}\n  {self.reason or '(no reason)'}"


def reason_given(reason: str) -> str:
    """The reason, in one line.

    Raises:
        OperationError: it is empty or too long.
    """
    line = " ".join(reason.split())
    if not 1 <= len(line) <= LONGEST_REASON:
        raise OperationError(
            f"REASON has {len(line)} characters\n  allowed: 1 to {LONGEST_REASON}\n"
            '  to do: say why, such as make freeze REASON="incident 4711"; people whose releases '
            "wait will read it"
        )
    return line
