"""What stops a command, said so that it can be put right."""

import difflib
from collections.abc import Iterable


class OperationError(Exception):
    """A command cannot do what it was asked; the message says why, and what to do."""


def known(name: str, allowed: Iterable[str], *, setting: str, what: str) -> str:
    """The name, if it is one of those that there are.

    Args:
        name: what was given.
        allowed: the names that there are.
        setting: where it was given, such as SERVICE.
        what: what it should name, such as "service of this delivery".

    Raises:
        OperationError: it is none of them; the message suggests the nearest.
    """
    names = list(dict.fromkeys(allowed))
    if name in names:
        return name
    near = difflib.get_close_matches(name, names, n=1)
    guess = f"; did you mean {near[0]}?" if near else ""
    there = ", ".join(names) or "none"
    raise OperationError(
        f"{setting}={name}: no {what}{guess}\n  allowed: {there}\n  to do: give one of these"
    )
