"""Which operation a REST request is: by its path, its query and its headers."""

import functools
import re
from collections.abc import Mapping
from typing import NamedTuple

from botocore.model import OperationModel, ServiceModel


class Request(NamedTuple):
    """A request as the emulator answers it."""

    service: str
    method: str
    path: str
    headers: Mapping[str, str]
    query: Mapping[str, list[str]]
    body: bytes


class Route(NamedTuple):
    """How an operation is asked for."""

    name: str
    path: re.Pattern[str]
    literals: Mapping[str, str]
    needed: tuple[tuple[str, str], ...]


def routed(request: Request, model: ServiceModel) -> str:
    """The operation whose path fits and of whose query and headers most is there."""
    best, name = -1, ""
    for each in _by_method(model).get(request.method, ()):
        if not each.path.fullmatch(request.path):
            continue
        there = (
            *(_says(request, key, value) for key, value in each.literals.items()),
            *(_is_there(request, place, key) for place, key in each.needed),
        )
        score = 100 * each.path.pattern.count("/") + len(there) if all(there) else -1
        if score > best:
            best, name = score, each.name
    return name


def _says(request: Request, name: str, value: str) -> bool:
    return name in request.query and (not value or request.query[name][0] == value)


def _is_there(request: Request, place: str, name: str) -> bool:
    return name in request.query if place == "querystring" else name.lower() in request.headers


@functools.cache
def _by_method(model: ServiceModel) -> dict[str, list[Route]]:
    routes: dict[str, list[Route]] = {}
    for name in model.operation_names:
        operation = model.operation_model(name)
        routes.setdefault(operation.http["method"], []).append(route(operation))
    return routes


@functools.cache
def route(operation: OperationModel) -> Route:
    """How the operation is asked for."""
    path, _, query = operation.http["requestUri"].partition("?")
    pairs = [each.partition("=") for each in query.split("&") if each]
    literals = {key: value for key, _, value in pairs if key != "x-id" and "{" not in value}
    # A label of S3 is one part of the path; elsewhere ARNs with slashes come unescaped.
    label = "[^/]+" if operation.service_model.service_name == "s3" else ".+?"
    parts = re.split(r"\{(\w+)(\+?)\}", path)
    pattern = "".join(
        re.escape(text) if at % 3 == 0 else f"(?P<{text}>{'.+' if parts[at + 1] else label})"
        for at, text in enumerate(parts)
        if at % 3 != 2  # noqa: PLR2004 - every third is the plus sign of the label before it
    )
    shape = operation.input_shape
    needed = [
        (member.serialization["location"], member.serialization.get("name", name))
        for name, member in (shape.members.items() if shape is not None else ())
        if name in shape.required_members
        and member.serialization.get("location") in ("querystring", "header")
    ]
    whole = re.compile(f"{pattern.rstrip('/')}/?")
    return Route(operation.name, whole, literals, tuple(needed))
