"""Which operation of AWS a request is, and its parameters, by botocore's models.

All of AWS's protocols: JSON, query, EC2, CBOR, and REST by path, query and headers. XML bodies
are passed over, as CloudTrail passes over most of them.
"""

import contextvars
import functools
import gzip
import io
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qs

import botocore.parsers
import botocore.session
from botocore.exceptions import UnknownServiceError
from botocore.model import OperationModel, ServiceModel

from rehearsal.world.inside.plugins.cloudtrail.queries import unfolded
from rehearsal.world.inside.plugins.cloudtrail.routes import Request, route, routed

# What ministack calls a service, and whom botocore has for it, where that is another name.
MODELS = {
    "monitoring": ("cloudwatch",),
    "states": ("stepfunctions",),
    "elasticloadbalancing": ("elbv2",),
    "elasticfilesystem": ("efs",),
    "tagging": ("resourcegroupstaggingapi",),
    "ses": ("ses", "sesv2"),
    "apigateway": ("apigateway", "apigatewayv2"),
}
CBOR_PATH = re.compile(r"/service/[^/]+/operation/(\w+)")


class Spoken(NamedTuple):
    """An operation with the parameters of its request, and the protocol that they came in."""

    model: OperationModel
    protocol: str
    parameters: Mapping[str, Any]


# IAM asks before a request is answered, and CloudTrail after.
_LAST: contextvars.ContextVar[tuple[Request, Spoken | None] | None] = contextvars.ContextVar(
    "spoken", default=None
)


def spoken(request: Request) -> Spoken | None:
    """The operation; none where no model of botocore has it."""
    last = _LAST.get()
    if last and _same(last[0], request):
        return last[1]
    found = _spoken(request)
    _LAST.set((request, found))
    return found


def _same(one: Request, other: Request) -> bool:
    """Whether it is the same request; what is in its body may be among its query's fields."""
    content = one.headers is other.headers and one.body is other.body
    return content and one[:3] == other[:3]


def _spoken(request: Request) -> Spoken | None:
    if request.service != "s3" and request.headers.get("content-encoding") == "gzip":
        request = request._replace(body=gzip.decompress(request.body))
    for model in _models(request.service):
        name, protocol = _named(request, model)
        if name in model.operation_names:
            operation = model.operation_model(name)
            return Spoken(operation, protocol, _parameters(request, operation, protocol))
    return None


def _named(request: Request, model: ServiceModel) -> tuple[str, str]:
    if found := CBOR_PATH.fullmatch(request.path):
        return found[1], "cbor"
    if target := request.headers.get("x-amz-target", ""):
        return target.rpartition(".")[2], "json"
    form = _form(request)
    if "Action" in form:
        return form["Action"], "ec2" if model.metadata["protocol"] == "ec2" else "query"
    return routed(request, model), str(model.metadata["protocol"])


def _parameters(request: Request, model: OperationModel, protocol: str) -> dict[str, Any]:
    shape = model.input_shape
    if shape is None:
        return {}
    if protocol in ("query", "ec2"):
        found: dict[str, Any] = unfolded(shape, _form(request), ec2=protocol == "ec2") or {}
        return found
    if protocol == "cbor":
        stream = io.BufferedReader(io.BytesIO(request.body))
        return _mapping(botocore.parsers.RpcV2CBORParser().parse_data_item(stream))
    if protocol == "json":
        return _mapping(_json(request.body))
    return dict(_rest(request, model))


def _rest(request: Request, model: OperationModel) -> Iterator[tuple[str, Any]]:
    found = route(model).path.fullmatch(request.path)
    labels = found.groupdict() if found else {}
    members = model.input_shape.members
    payload = model.input_shape.serialization.get("payload", "")
    is_json = model.service_model.metadata["protocol"] == "rest-json"
    body = _mapping(_json(request.body)) if is_json else {}
    for name, shape in members.items():
        place, wire = shape.serialization.get("location"), shape.serialization.get("name", name)
        if place == "uri" and labels.get(wire):
            yield name, labels[wire]
        elif place == "querystring" and wire in request.query:
            values = request.query[wire]
            yield name, values if shape.type_name == "list" else values[0]
        elif place == "header" and wire.lower() in request.headers:
            yield name, request.headers[wire.lower()]
        elif place is None and wire in body:
            yield name, body[wire]
    if payload and members[payload].type_name == "string":
        yield payload, request.body.decode(errors="replace")
    elif payload and members[payload].type_name == "structure" and is_json:
        yield payload, body


@functools.cache
def _models(service: str) -> tuple[ServiceModel, ...]:
    session = _session()
    try:
        return tuple(session.get_service_model(name) for name in MODELS.get(service, (service,)))
    except UnknownServiceError:
        return ()


@functools.cache
def _session() -> botocore.session.Session:
    return botocore.session.get_session()


def _form(request: Request) -> dict[str, str]:
    found = {name: values[0] for name, values in request.query.items()}
    if request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        pairs = parse_qs(request.body.decode(errors="replace"), keep_blank_values=True)
        found = {**{name: values[0] for name, values in pairs.items()}, **found}
    return found


def _json(body: bytes) -> object:
    try:
        return json.loads(body or b"{}")
    except ValueError:
        return {}


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
