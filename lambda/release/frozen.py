"""What a freeze says: nothing here asks AWS."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Self

_TEXTS: Final = ("by", "reason", "since")
_NAMES: Final = frozenset({"frozen", "environments", *_TEXTS})
SHOWN: Final = 500


class FreezeError(ValueError):
    """The freeze has no meaning."""


@dataclass(frozen=True, kw_only=True)
class Freeze:
    """Whether releases are held back, from where, and why.

    Attributes:
        frozen: whether.
        environments: from which; from all where it names none.
        reason: why.
        by: who said so.
        since: from when on, as it was written.
    """

    frozen: bool
    environments: tuple[str, ...]
    reason: str
    by: str
    since: str

    @classmethod
    def of(cls, text: str) -> Self:
        """Read the parameter's value. Nothing that is missing becomes a default.

        Raises:
            FreezeError: it has no meaning.
        """
        try:
            given = json.loads(text)
        except ValueError:
            raise FreezeError("it is no JSON") from None
        if not isinstance(given, dict) or set(given) != _NAMES:
            raise FreezeError(f"it must hold {', '.join(sorted(_NAMES))} and nothing else")
        if not isinstance(given["frozen"], bool):
            raise FreezeError("frozen must be true or false")
        if not all(isinstance(given[name], str) for name in _TEXTS):
            raise FreezeError(f"{', '.join(_TEXTS)} must be texts")
        if not _are_texts(given["environments"]):
            raise FreezeError("environments must be a list of names, empty for all")
        return cls(**{**given, "environments": tuple(given["environments"])})

    def holds(self, environments: Iterable[str]) -> list[str]:
        """Those of the environments that no release may enter."""
        if not self.frozen:
            return []
        return [each for each in environments if not self.environments or each in self.environments]

    def said(self) -> str:
        """Why, by whom and since when, as far as that was said."""
        who = self.by or "somebody who gave no name"
        return f"{self.reason or 'no reason given'} ({who}, since {self.since or 'unknown'})"[
            :SHOWN
        ]


def _are_texts(value: Any) -> bool:  # noqa: ANN401 whatever JSON holds
    return isinstance(value, list) and all(isinstance(each, str) for each in value)
