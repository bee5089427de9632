"""Values of AWS JSON 1.1 against the shapes of botocore's models, in both directions."""

import base64
import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from botocore.model import OperationModel, Shape
from botocore.validate import ParamValidator


def problems(request: dict[str, Any], model: OperationModel) -> Iterator[tuple[str, str]]:
    """The code and message of each error that the request deserves.

    A service that has a name for it gets that name (`RepositoryNameRequiredException`,
    `InvalidBranchNameException`), and any other `ValidationException`.
    """
    if model.input_shape is None:
        return
    members, named = model.input_shape.members, {shape.name for shape in model.error_shapes}

    def code(name: str) -> str:
        return name if name in named else "ValidationException"

    for name in model.input_shape.required_members:
        if request.get(name) is None:
            yield code(f"{_capital(name)}RequiredException"), f"{name} is required"
    for name, value in request.items():
        if name not in members:
            yield "ValidationException", f"{model.name} takes no {name}"
        elif wrong := _undecodable(value, members[name], name):
            yield code(f"Invalid{_capital(name)}Exception"), wrong


def _undecodable(value: Any, shape: Shape, name: str) -> str:
    try:
        return "; ".join(broken(_walk(value, shape, _from_wire), shape, name))
    except ValueError as error:
        return f"{name}: {error}"


def decoded(request: dict[str, Any], shape: Shape | None) -> dict[str, Any]:
    """A checked request with blobs as bytes and times as datetimes."""
    values: dict[str, Any] = _walk(request, shape, _from_wire) if shape is not None else {}
    return values


def encoded(content: dict[str, Any] | None, shape: Shape | None) -> bytes:
    """An answer on the wire.

    Raises:
        ValueError: the shape does not allow it.
    """
    if shape is None:
        if content:
            raise ValueError(f"there is no answer, and this is one: {content}")
        return b""
    if wrong := list(broken(content or {}, shape, "answer")):
        raise ValueError("; ".join(wrong))
    return json.dumps(_walk(content or {}, shape, _to_wire)).encode()


def broken(value: Any, shape: Shape, name: str) -> Iterator[str]:
    """What is wrong with a value: its types and what it lacks, and if these are right its text."""
    report = ParamValidator().validate(value, shape)
    if report.has_errors():
        yield f"{name}: {report.generate_report()}"
    else:
        yield from _broken_texts(value, shape, name)


def _broken_texts(value: Any, shape: Shape, name: str) -> Iterator[str]:
    """What botocore does not look at: choices, patterns and upper limits."""
    if shape.type_name == "structure":
        for member, each in value.items():
            yield from _broken_texts(each, shape.members[member], f"{name}.{member}")
    elif shape.type_name in ("list", "map"):
        is_list = shape.type_name == "list"
        for each in value if is_list else value.values():
            yield from _broken_texts(each, shape.member if is_list else shape.value, name)
    elif shape.type_name == "string":
        yield from _broken_text(value, shape, name)


def _broken_text(value: str, shape: Shape, name: str) -> Iterator[str]:
    if shape.enum and value not in shape.enum:
        yield f"{name}: {value!r} is none of {', '.join(shape.enum)}"
    if len(value) > shape.metadata.get("max", len(value)):
        yield f"{name}: longer than {shape.metadata['max']}"
    if not _fits(shape.metadata.get("pattern", ""), value):
        yield f"{name}: {value!r} is not like {shape.metadata['pattern']}"


def _fits(pattern: str, value: str) -> bool:
    try:
        return not pattern or re.fullmatch(pattern, value) is not None
    except re.error:
        # Some are in Java's own dialect.
        return True


def _walk(value: Any, shape: Shape, convert: Callable[[Any, str], Any]) -> Any:
    if shape.type_name == "structure" and isinstance(value, dict):
        return {
            name: _walk(each, shape.members[name], convert) if name in shape.members else each
            for name, each in value.items()
        }
    if shape.type_name == "list" and isinstance(value, list | tuple):
        return [_walk(each, shape.member, convert) for each in value]
    if shape.type_name == "map" and isinstance(value, dict):
        return {key: _walk(each, shape.value, convert) for key, each in value.items()}
    return convert(value, shape.type_name)


def _from_wire(value: Any, kind: str) -> Any:
    if kind == "blob" and isinstance(value, str):
        return base64.b64decode(value, validate=True)
    if kind == "timestamp" and isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC)
    return value


def _to_wire(value: Any, kind: str) -> Any:
    if kind == "blob" and isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if kind == "timestamp" and isinstance(value, datetime):
        return value.timestamp()
    return value


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]
