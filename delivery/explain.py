"""Pydantic's findings, as problems that a person can solve."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from itertools import pairwise
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from delivery.errors import Problem
from delivery.hints import example, hint
from delivery.rules import Conflict, Location
from delivery.schema import worded
from delivery.wording import Node, allowed, place, shown

# The error is in the key of a mapping: pydantic says so in the location's last step.
KEY = "[key]"
Finding = tuple[Location, Problem]


def findings(error: ValidationError, data: Mapping[str, Any], file: str) -> Iterator[Finding]:
    """Word all findings, each with the location that is wrong."""
    errors = error.errors(include_url=False, include_input=False)
    for each in errors:
        at: Location = each["loc"]
        written = at[:-1] if at[-1:] == (KEY,) else at
        if each["type"] == "conflicts":
            for conflict in each["ctx"]["conflicts"]:
                yield (*at, *conflict.at), disagreement(conflict, data, file, at)
        elif each["type"] == "missing":
            yield at, _missing(data, at, file)
        elif each["type"] == "extra_forbidden":
            yield at, _unknown(data, at, file)
        elif not _follows(each, errors):
            yield written, _wrong(data, written, file, _node(at))


def _follows(error: ErrorDetails, errors: Sequence[ErrorDetails]) -> bool:
    """Tell whether an error only follows from others: pydantic does not count wrong entries."""
    at = error["loc"]
    below = any(len(each["loc"]) > len(at) and each["loc"][: len(at)] == at for each in errors)
    return error["type"] == "default_factory_not_called" or (error["type"] == "too_short" and below)


def disagreement(
    conflict: Conflict, data: Mapping[str, Any], file: str, base: Location = ()
) -> Problem:
    """Word a conflict that was found in the model at `base`."""
    at = (*base, *conflict.at)
    return Problem(
        file=file,
        key=place(data, at),
        value=_value(data, at),
        allowed=conflict.allowed,
        fix=conflict.fix,
    )


def _missing(data: Mapping[str, Any], at: Location, file: str) -> Problem:
    node = _node(at)
    return Problem(
        file=file,
        key=place(data, at),
        value="(missing)",
        allowed=allowed(node),
        fix=f"add it{example(node)}. {node['description']}",
    )


def _unknown(data: Mapping[str, Any], at: Location, file: str) -> Problem:
    table = _node(at[:-1])
    nearest = get_close_matches(str(at[-1]), table["properties"], n=1)
    return Problem(
        file=file,
        key=place(data, at),
        # What it holds is nobody's to repeat: it may be a secret.
        value="(unknown key)",
        allowed=f"the keys {', '.join(table['properties'])}",
        fix=f"rename it to {nearest[0]}, or remove it"
        if nearest
        else f"remove it. Here belongs: {table['table'][0].lower()}{table['table'][1:]}",
    )


def _wrong(data: Mapping[str, Any], at: Location, file: str, node: Node) -> Problem:
    return Problem(
        file=file,
        key=place(data, at),
        value=_value(data, at),
        allowed=allowed(node),
        fix=". ".join(filter(None, (hint(node, _at(data, at)), node.get("description")))),
    )


def _value(data: Mapping[str, Any], at: Location) -> str:
    if "secrets" in at:
        return "(not shown)"
    value = _at(data, at)
    if value is None:
        return f"({_node(at).get('default', 'nothing')} by default)"
    return shown(value)


def _at(data: object, at: Location) -> object:
    for step in at:
        if isinstance(data, dict):
            data = data.get(step)
        elif isinstance(data, list) and isinstance(step, int):
            data = data[step]
        else:
            return None
    return data


def _node(at: Location) -> Node:
    """Walk the schema to the node that rules a location."""
    node = _resolve(worded())
    for step, following in pairwise((*at, None)):
        if isinstance(step, int):
            node = {"description": node["description"], **_resolve(node["items"])}
        elif "properties" in node:
            node = _resolve(node["properties"][step])
        elif step != KEY or "propertyNames" in node:
            node = node["propertyNames" if following == KEY else "additionalProperties"]
    return node


def _resolve(node: Node) -> Node:
    """Follow a reference: the field's description wins, the table's own stays under `table`."""
    target = worded()["$defs"][node["$ref"].rsplit("/", 1)[-1]] if "$ref" in node else node
    return {**target, **node, "table": target.get("description", "")}
