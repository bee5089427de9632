"""One revision of a pull request: what is validated, and what an approval is given to."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

_SHAPES: Final = {
    "pull_request": re.compile(r"[0-9]{1,20}"),
    "revision": re.compile(r"[0-9A-Za-z-]{1,128}"),
    "source_commit": re.compile(r"[0-9a-f]{40}"),
    "destination_commit": re.compile(r"[0-9a-f]{40}"),
}
# Its fields in an event ("CodeCommit Pull Request State Change") and in a build's environment.
_IN_EVENT: Final = {
    "pull_request": "pullRequestId",
    "revision": "revisionId",
    "source_commit": "sourceCommit",
    "destination_commit": "destinationCommit",
}
_IN_BUILD: Final = {name: name.upper() for name in _SHAPES}


class UnreadableRevisionError(ValueError):
    """A field is missing, or not of its shape; the message says which."""


@dataclass(frozen=True, kw_only=True)
class Revision:
    """A pull request at one moment: its source, and what that is to be merged into."""

    pull_request: str
    revision: str
    source_commit: str
    destination_commit: str

    @classmethod
    def of_event(cls, event: object) -> Self:
        """Read what EventBridge tells.

        Raises:
            UnreadableRevisionError: it does not tell all of it.
        """
        return cls._of(_detail(event), _IN_EVENT)

    @classmethod
    def of_variables(cls, variables: Mapping[str, object]) -> Self:
        """Read what `variables` has put into a build's environment.

        Raises:
            UnreadableRevisionError: they do not say all of it.
        """
        return cls._of(variables, _IN_BUILD)

    @classmethod
    def _of(cls, values: Mapping[str, object], names: Mapping[str, str]) -> Self:
        return cls(**{field: _read(values, names, field) for field in _SHAPES})

    @staticmethod
    def number_in(event: object) -> str:
        """Read the pull request's number alone.

        Raises:
            UnreadableRevisionError: the event has none.
        """
        return _read(_detail(event), _IN_EVENT, "pull_request")

    @property
    def variables(self) -> dict[str, str]:
        """The environment variables that tell a build what it validates; none is a secret."""
        return {name: getattr(self, field) for field, name in _IN_BUILD.items()}


def _detail(event: object) -> Mapping[str, object]:
    detail = event.get("detail") if isinstance(event, Mapping) else None
    return detail if isinstance(detail, Mapping) else {}


def _read(values: Mapping[str, object], names: Mapping[str, str], field: str) -> str:
    value, shape = values.get(names[field]), _SHAPES[field]
    if not isinstance(value, str) or not shape.fullmatch(value):
        raise UnreadableRevisionError(f"{names[field]} must match {shape.pattern}")
    return value
