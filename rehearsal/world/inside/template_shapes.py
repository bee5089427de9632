"""A template's properties as a service's own API has them.

CloudFormation spells each name with a capital and may give numbers and booleans as text; for the
rest most resource types take what the operation that makes the resource takes.
"""

import json
from typing import Any

from botocore.model import Shape

from rehearsal.world.inside.json_shapes import broken


def as_request(properties: dict[str, Any], shape: Shape, name: str) -> dict[str, Any]:
    """The request that the properties make.

    Args:
        properties: with nothing in them left to resolve.
        shape: the input of the operation that makes the resource.
        name: what it is, for the error.

    Raises:
        ValueError: the operation knows no such property, or not that value.
    """
    request: dict[str, Any] = _fitted(properties, shape)
    strange = [f"there is no {each}" for each in sorted(set(request) - set(shape.members))]
    if wrong := [*strange, *(() if strange else broken(request, shape, name))]:
        raise ValueError(f"{name}: {'; '.join(wrong)}")
    return request


def _fitted(value: Any, shape: Shape) -> Any:
    fitted = value
    match shape.type_name, value:
        case "structure", dict():
            fitted = dict(_member(name, each, shape) for name, each in value.items())
        case "list", list():
            fitted = [_fitted(each, shape.member) for each in value]
        case "map", dict():
            fitted = {name: _fitted(each, shape.value) for name, each in value.items()}
        case "string", bool() | int():
            fitted = json.dumps(value)
        case "integer" | "long", str() if value.isdigit():
            fitted = int(value)
        case "boolean", "true" | "false":
            fitted = value == "true"
    return fitted


def _member(name: str, value: Any, shape: Shape) -> tuple[str, Any]:
    found = name if name in shape.members else name[:1].lower() + name[1:]
    return found, _fitted(value, shape.members[found]) if found in shape.members else value
