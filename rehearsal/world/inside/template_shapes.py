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
    if shape.type_name == "structure" and isinstance(value, dict):
        fitted = {}
        for name, each in value.items():
            found = name if name in shape.members else name[:1].lower() + name[1:]
            known = found in shape.members
            fitted[found] = _fitted(each, shape.members[found]) if known else each
        return fitted
    if shape.type_name == "list" and isinstance(value, list):
        return [_fitted(each, shape.member) for each in value]
    if shape.type_name == "map" and isinstance(value, dict):
        return {name: _fitted(each, shape.value) for name, each in value.items()}
    if shape.type_name == "string" and isinstance(value, bool | int):
        return json.dumps(value)
    if shape.type_name in ("integer", "long") and isinstance(value, str) and value.isdigit():
        return int(value)
    if shape.type_name == "boolean" and value in ("true", "false"):
        return value == "true"
    return value
