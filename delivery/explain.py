"""Pydantic's findings, as problems that a person can solve."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
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
        if each["type"] == "extra_forbidden":
            at, table = _walk(each["loc"][:-1])
            yield (*at, each["loc"][-1]), _unknown(data, (*at, each["loc"][-1]), file, table)
            continue
        at, node = _walk(each["loc"])
        if each["type"] == "conflicts":
            for conflict in each["ctx"]["conflicts"]:
                yield _as_written(data, (*at, *conflict.at)), disagreement(conflict, data, file, at)
        elif each["type"] == "missing":
            yield at, _missing(data, at, file, node)
        elif each["type"] == "union_tag_invalid":
            at = (*at, node["key"])
            yield at, _wrong(data, at, file, _choice(node))
        elif not _follows(each, errors):
            yield at, _wrong(data, at, file, node)


def _follows(error: ErrorDetails, errors: Sequence[ErrorDetails]) -> bool:
    """Tell whether an error only follows from others: pydantic does not count wrong entries."""
    at = error["loc"]
    below = any(len(each["loc"]) > len(at) and each["loc"][: len(at)] == at for each in errors)
    return error["type"] == "default_factory_not_called" or (error["type"] == "too_short" and below)


def disagreement(
    conflict: Conflict, data: Mapping[str, Any], file: str, base: Location = ()
) -> Problem:
    """Word a conflict that was found in the model at `base`."""
    at = _as_written(data, (*base, *conflict.at))
    return Problem(
        file=file,
        key=place(data, at),
        value=_value(data, at, _walk(at)[1]),
        allowed=conflict.allowed,
        fix=conflict.fix,
    )


def _missing(data: Mapping[str, Any], at: Location, file: str, node: Node) -> Problem:
    return Problem(
        file=file,
        key=place(data, at),
        value="(missing)",
        allowed=allowed(node),
        fix=f"add it{example(node)}. {node['description']}",
    )


def _unknown(data: Mapping[str, Any], at: Location, file: str, table: Node) -> Problem:
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
        value=_value(data, at, node),
        allowed=allowed(node),
        fix=". ".join(filter(None, (hint(node, _at(data, at)), node.get("description")))),
    )


def _value(data: Mapping[str, Any], at: Location, node: Node) -> str:
    if {"secrets", "parameters"} & {*at}:
        return "(not shown)"
    value = _at(data, at)
    return f"({node.get('default', 'nothing')} by default)" if value is None else shown(value)


def _at(data: object, at: Location) -> object:
    for step in at:
        if isinstance(data, dict):
            data = data.get(step)
        elif isinstance(data, list) and isinstance(step, int):
            data = data[step]
        else:
            return None
    return data


def _as_written(data: Mapping[str, Any], at: Location) -> Location:
    """Leave the last step away where a name stands in place of a list of one."""
    return at[:-1] if isinstance(at[-1], int) and isinstance(_at(data, at[:-1]), str) else at


def _walk(at: Location) -> tuple[Location, Node]:
    """Walk the schema to the node that rules a location; give the location as the file has it."""
    written: Location = ()
    node = _resolve(worded())
    for step, following in zip(at, (*at, None)[1:], strict=True):
        if "oneOf" in node:
            is_kind, node = step in node["kinds"], _of_kind(node, step)
            if is_kind:
                continue
        if step == KEY and "propertyNames" not in node:
            break
        written = (*written, step)
        if isinstance(step, int):
            node = {"description": node["description"], **_resolve(node["items"])}
        elif "properties" in node:
            node = _resolve(node["properties"][step])
        else:
            node = node["propertyNames" if following == KEY else "additionalProperties"]
    return written, node


def _of_kind(node: Node, step: str | int) -> Node:
    """Choose among kinds: by pydantic's name of one, else by the step that leads into it."""
    kinds: list[Node] = [
        {"description": node["description"], **_resolve(each)} for each in node["oneOf"]
    ]
    if step in node["kinds"]:
        position: int = node["kinds"].index(step)
        return kinds[position]
    inside = "items" if isinstance(step, int) else "properties"
    return next(
        each for each in kinds if inside in each and (inside == "items" or step in each[inside])
    )


def _choice(node: Node) -> Node:
    """Make the node of the key that tells a node's kinds apart."""
    key = _resolve(node["oneOf"][0])["properties"][node["key"]]
    return {"enum": node["kinds"], "description": key["description"]}


def _resolve(node: Node) -> Node:
    """Follow a reference: the field's description wins, the table's own stays under `table`."""
    target = worded()["$defs"][node["$ref"].rsplit("/", 1)[-1]] if "$ref" in node else node
    return {**target, **node, "table": target.get("description", "")}
