"""A delivery file with a scenario's differences."""

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def adapt(
    delivery_file: Path, changes: Mapping[str, Any], target: Path, *, by_name: bool = True
) -> Path:
    """Write the delivery with the changes, or leave it where there are none; where it is.

    Args:
        delivery_file: the delivery.
        changes: what is different, as a JSON merge patch (RFC 7396).
        target: where to write.
        by_name: whether tables in a list are told apart by their names: one that the delivery has
            is changed, another is added. Else a list takes the place of another, as in the RFC.
    """
    if not changes:
        return delivery_file
    told = tomllib.loads(delivery_file.read_text(encoding="utf-8"))
    merged = _merged(told, changes, by_name=by_name)
    lines = (f"{_key(name)} = {_value(value)}\n" for name, value in merged.items())
    target.write_text("".join(lines), encoding="utf-8")
    return target


def _merged(whole: Any, changes: Any, *, by_name: bool) -> Any:  # noqa: ANN401 - TOML is anything
    if by_name and _named(whole) and _named(changes):
        return _merged_list(whole, changes)
    if not isinstance(changes, Mapping):
        return changes
    found = dict(whole) if isinstance(whole, Mapping) else {}
    for name, value in changes.items():
        found[name] = _merged(found.get(name), value, by_name=by_name)
    return {name: value for name, value in found.items() if value is not None}


def _merged_list(
    whole: list[dict[str, Any]], changes: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    changed = {each["name"]: each for each in changes}
    known = [_merged(each, changed.pop(each["name"], {}), by_name=True) for each in whole]
    return [*known, *changed.values()]


def _named(value: object) -> bool:
    """Whether it is a list of tables with names."""
    return isinstance(value, list) and all(
        isinstance(each, dict) and "name" in each for each in value
    )


def _value(value: Any) -> str:  # noqa: ANN401
    """A value in one line: tables as inline ones, and the rest as JSON has it, as TOML does."""
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{_key(k)} = {_value(v)}' for k, v in value.items())} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    return json.dumps(value)


def _key(name: str) -> str:
    return json.dumps(name)
