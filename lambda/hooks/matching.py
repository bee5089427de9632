"""Compare an answer with what a contract expects of it: by subset, with two matchers.

- An object holds at least the expected keys, each with a value that matches.
- A list holds the expected elements in that order; others may stand between them.
- ``{"$type": "string"}`` stands for any value of that JSON type, ``{"$matches": "regex"}`` for
  a text that the whole regular expression fits.
- Everything else is equal as JSON: ``1`` equals ``1.0`` and neither equals ``true``.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

TYPES: Final[Mapping[str, Callable[[Any], bool]]] = {
    "array": lambda value: isinstance(value, list),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "null": lambda value: value is None,
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "object": lambda value: isinstance(value, dict),
    "string": lambda value: isinstance(value, str),
}
SHOWN_CHARACTERS: Final = 80


class ContractError(ValueError):
    """The contract cannot be used: the message says where, and what is allowed there."""


def validate(expected: object, where: str) -> None:
    """Refuse an expectation whose matchers mean nothing.

    Raises:
        ContractError: an unknown matcher, type or regular expression.
    """
    if isinstance(expected, dict):
        if any(key.startswith("$") for key in expected):
            _validate_matcher(expected, where)
        for key, value in expected.items():
            validate(value, f"{where}.{key}")
    elif isinstance(expected, list):
        for at, value in enumerate(expected):
            validate(value, f"{where}[{at}]")


def differences(expected: object, actual: object, where: str) -> list[str]:
    """Say where ``actual`` is not as expected, one line for each place."""
    if isinstance(expected, dict):
        if expected.keys() & {"$type", "$matches"}:
            return _unmatched(expected, actual, where)
        return _object_differences(expected, actual, where)
    if isinstance(expected, list):
        return _list_differences(expected, actual, where)
    same = isinstance(expected, bool) is isinstance(actual, bool) and expected == actual
    return [] if same else [f"{where}: expected {show(expected)}, got {show(actual)}"]


def show(value: object) -> str:
    """Write a value as JSON, short enough for a line of the log."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[: SHOWN_CHARACTERS - 1]}…"


def _validate_matcher(matcher: Mapping[str, object], where: str) -> None:
    (name, argument), *others = matcher.items()
    if others or name not in {"$type", "$matches"}:
        raise ContractError(f'{where}: a matcher is {{"$type": ...}} or {{"$matches": ...}}, alone')
    if name == "$type" and not (isinstance(argument, str) and argument in TYPES):
        raise ContractError(f"{where}.$type: must be one of {', '.join(TYPES)}")
    if name == "$matches":
        try:
            re.compile(argument)  # type: ignore[call-overload]
        except (TypeError, re.error) as error:
            raise ContractError(f"{where}.$matches: not a regular expression: {error}") from None


def _unmatched(matcher: Mapping[str, Any], actual: object, where: str) -> list[str]:
    if "$type" in matcher:
        matched = TYPES[matcher["$type"]](actual)
    else:
        matched = isinstance(actual, str) and bool(re.fullmatch(matcher["$matches"], actual))
    return [] if matched else [f"{where}: expected {show(matcher)}, got {show(actual)}"]


def _object_differences(expected: Mapping[str, Any], actual: object, where: str) -> list[str]:
    if not isinstance(actual, dict):
        return [f"{where}: expected an object, got {show(actual)}"]
    found = []
    for key, value in expected.items():
        if key not in actual:
            found.append(f"{where}.{key}: missing")
        else:
            found += differences(value, actual[key], f"{where}.{key}")
    return found


def _list_differences(expected: list[Any], actual: object, where: str) -> list[str]:
    if not isinstance(actual, list):
        return [f"{where}: expected a list, got {show(actual)}"]
    rest = iter(actual)
    return [
        f"{where}[{at}]: no element matches {show(value)} in its place"
        for at, value in enumerate(expected)
        if all(differences(value, element, where) for element in rest)
    ]
