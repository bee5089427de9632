"""Schema nodes, values and places, as a person says them."""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from delivery.rules import Location

Node = Mapping[str, Any]
LONGEST_VALUE = 60
LARGEST_NUMBER = 10**18
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]{1,40}")
_SPEAKING_NAME = re.compile(r"[a-z][a-z0-9_-]{0,31}")


def allowed(node: Node) -> str:
    """Say what a schema node allows."""
    if "const" in node or "enum" in node:
        choices = node.get("enum") or [node["const"]]
        return " or ".join(f'"{choice}"' for choice in choices)
    match "either" if "oneOf" in node else node.get("type"):
        case "either":
            said = str(node["words"])
        case "integer" | "number" as kind:
            said = f"{'a whole number' if kind == 'integer' else 'a number'}{_range(node)}"
        case "boolean":
            said = "true or false"
        case "string":
            said = f"{_characters(node)}: {node['words']}"
        case "array":
            said = _list(node)
        case _:
            said = _table(node)
    return said


def _range(node: Node) -> str:
    if "minimum" in node and "maximum" in node:
        return f" from {node['minimum']} to {node['maximum']}"
    words = {
        "minimum": "of at least",
        "exclusiveMinimum": "greater than",
        "maximum": "of at most",
        "exclusiveMaximum": "less than",
    }
    said = [f"{word} {node[key]:.10g}" for key, word in words.items() if key in node]
    return f" {' and '.join(said)}" if said else ""


def _characters(node: Node) -> str:
    shortest, longest = node["minLength"], node["maxLength"]
    return f"{longest if shortest == longest else f'{shortest} to {longest}'} characters"


def _list(node: Node) -> str:
    least = f"{_count(node)} " if "minItems" in node or "maxItems" in node else ""
    if "$ref" in node["items"]:
        return f"a list of {least}tables"
    once = ", none twice" if node.get("uniqueItems") else ""
    kind = "entries" if "oneOf" in node["items"] else "strings"
    return f"a list of {least}{kind}{once}; each {allowed(node['items'])}"


def _count(node: Node) -> str:
    if "maxItems" not in node:
        return f"{node['minItems']} or more"
    return f"{node.get('minItems', 0)} to {node['maxItems']}"


def _table(node: Node) -> str:
    if "properties" in node:
        return f"a table with the keys {', '.join(node['properties'])}"
    keys, values = node["propertyNames"], node["additionalProperties"]
    return (
        f"a table of at most {node['maxProperties']} keys ({allowed(keys)}) "
        f"with strings ({allowed(values)})"
    )


def shown(value: object) -> str:
    """Write a value as TOML, or say what it is where it is long."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            text = json.dumps(value[: LONGEST_VALUE + 1], ensure_ascii=not value.isprintable())
            return text if len(value) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"
        case int() if abs(value) >= LARGEST_NUMBER:
            return "(a number of more than 18 digits)"
        case dict():
            return "(a table)"
        case list():
            return f"(a list of {len(value)})" if value else "(an empty list)"
        case _:
            return str(value)


def place(data: object, at: Location) -> str:
    """Say where in the file a location is; entries of lists go by their name if they have one."""
    said = ""
    for step in at:
        if isinstance(step, str):
            key = step if _BARE_KEY.fullmatch(step) else shown(step)
            said, data = f"{said}.{key}", data.get(step) if isinstance(data, dict) else None
        elif isinstance(data, list):
            said, data = said + _entry(data, step), data[step]
    return said.removeprefix(".")


def _entry(entries: Sequence[object], position: int) -> str:
    names = [entry.get("name") if isinstance(entry, dict) else None for entry in entries]
    name = names[position]
    if not isinstance(name, str) or not _SPEAKING_NAME.fullmatch(name):
        return f"[{position}]"
    once = Counter(each for each in names if isinstance(each, str))[name] == 1
    return f".{name}" if once else f"[{position}]"
