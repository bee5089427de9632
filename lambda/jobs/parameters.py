"""What an action's UserParameters may hold: each value is checked before it is used."""

import re
from collections.abc import Collection, Mapping
from typing import Any

Given = Mapping[str, Any]


class ParametersError(ValueError):
    """A parameter is missing, unknown or has no meaning; the message says which."""


def names(given: Given, *, needed: Collection[str], optional: Collection[str] = ()) -> None:
    """See that there is every name that is needed, and none that is unknown.

    Raises:
        ParametersError: there is not.
    """
    missing = sorted(set(needed) - set(given))
    unknown = sorted(set(given) - {*needed, *optional})
    if missing or unknown:
        allowed = ", ".join([*sorted(needed), *(f"{name} (optional)" for name in sorted(optional))])
        wrong = [f"no {name}" for name in missing] + [f"an unknown {name}" for name in unknown]
        raise ParametersError(f"UserParameters has {', '.join(wrong)}; allowed: {allowed}")


def text(given: Given, name: str, pattern: str) -> str:
    """A text that the whole of the pattern matches; empty where an optional one is missing.

    Raises:
        ParametersError: it is not one.
    """
    value = given.get(name, "")
    if name in given and not (isinstance(value, str) and re.fullmatch(pattern, value)):
        raise ParametersError(f"UserParameters.{name} is {value!r}; allowed: {pattern}")
    return str(value)


def whole(given: Given, name: str, low: int, high: int) -> int:
    """A whole number from low to high.

    Raises:
        ParametersError: it is not one.
    """
    value = given.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        allowed = f"a whole number from {low} to {high}"
        raise ParametersError(f"UserParameters.{name} is {value!r}; allowed: {allowed}")
    return value


def texts(given: Given, name: str) -> tuple[str, ...]:
    """One text or more.

    Raises:
        ParametersError: it is not a list of them.
    """
    value = given.get(name)
    if not isinstance(value, list) or not value or not all(isinstance(v, str) for v in value):
        raise ParametersError(f"UserParameters.{name} is {value!r}; allowed: a list of texts")
    return tuple(value)
