"""An AWS service that ministack lacks, spoken in AWS JSON 1.1 and held to botocore's own model.

A plug-in names the service, gives one plain function for each operation (a dict in, a dict or
nothing out) and says which resource an operation is about. The rest is as with ministack's own
services: signatures are checked, IAM decides on the resource, and the request is a party of the
clock. Blobs are bytes and times are seconds since 1970 or datetimes on the plug-in's side.

A wrong request gets the error that the service's model has for it. A wrong answer, or an error
that the model does not have, is a mistake of ours: the caller gets a 500 that says so.

>>> register(world, JsonService(
...     name="codedeploy",
...     operations={"GetApplication": get_application},
...     resource=lambda operation, request: f"arn:aws:codedeploy:…:{request['applicationName']}",
... ))
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import botocore.session
from botocore.model import OperationModel, ServiceModel

from rehearsal.world.inside.json_shapes import decoded, encoded, problems
from rehearsal.world.inside.setting import Setting

Operation = Callable[[dict[str, Any]], dict[str, Any] | None]
Answer = tuple[int, dict[str, str], bytes]
# Errors of every AWS JSON service, whether its model names them or not.
COMMON = frozenset({"SerializationException", "UnknownOperationException", "ValidationException"})


class ServiceError(Exception):
    """What a service refuses, by the name that its model has for it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class NotAsModelledError(RuntimeError):
    """A plug-in answers what AWS never would."""


@dataclass(frozen=True, kw_only=True)
class JsonService:
    """A service to be added.

    Attributes:
        name: as botocore and IAM have it.
        operations: what it can do; any other is answered with UnknownOperationException.
        resource: the ARN on which IAM decides, of an operation and a request not yet checked.
        tags: the ARN and tags of each resource, for policies that ask for `aws:ResourceTag`.
    """

    name: str
    operations: Mapping[str, Operation]
    resource: Callable[[str, Mapping[str, Any]], str]
    tags: Callable[[], Iterable[tuple[str, Mapping[str, str]]]] = tuple


def register(world: Setting, service: JsonService) -> None:
    """Let the world have the service.

    Raises:
        NotAsModelledError: AWS has no such operation.
    """
    model = botocore.session.get_session().get_service_model(service.name)
    if strange := sorted(set(service.operations) - set(model.operation_names)):
        raise NotAsModelledError(f"AWS's {service.name} has no {', '.join(strange)}")
    seams = world.seams
    seams.get("router.SERVICE_PATTERNS")[service.name] = {
        "host_patterns": [rf"{service.name}\."],
        "target_prefixes": [f"{model.metadata['targetPrefix']}."],
        "credential_scope": service.name,
    }
    seams.get("iam_actions.SERVICE_TO_IAM_NAMESPACE")[service.name] = service.name
    seams.get("tagging._RESOURCE_TAG_COLLECTORS")[service.name] = lambda: [
        (arn, [{"Key": key, "Value": value} for key, value in tags.items()])
        for arn, tags in service.tags()
    ]
    seams.get("app.SERVICE_HANDLERS")[service.name] = _handler(service, model)
    seams.wrap("iam_actions.extract_resource_arn", lambda stock: _resource_finder(service, stock))


def _handler(service: JsonService, model: ServiceModel) -> Callable[..., Awaitable[Answer]]:
    def answered(target: str, body: bytes) -> bytes:
        operation = service.operations.get(target)
        if operation is None:
            raise ServiceError("UnknownOperationException", f"{service.name} has no {target}")
        return answer(model.operation_model(target), operation, body)

    async def handle(_method: str, _path: str, headers: Any, body: bytes, _query: Any) -> Answer:
        kind = {"Content-Type": "application/x-amz-json-1.1"}
        try:
            return 200, kind, await asyncio.to_thread(answered, _target(headers), body)
        except ServiceError as error:
            content = {"__type": error.code, "message": str(error)}
            return 400, kind, json.dumps(content).encode()

    return handle


def _resource_finder(service: JsonService, stock: Callable[..., str]) -> Callable[..., str]:
    def find(name: str, method: str, path: str, headers: Any, body: bytes, *more: Any) -> str:
        if name != service.name:
            return stock(name, method, path, headers, body, *more)
        try:
            return service.resource(_target(headers), _parsed(body))
        except (ServiceError, AttributeError, LookupError, TypeError):
            # A request that is not even formed right: if IAM lets it in, it gets its error.
            return "*"

    return find


def answer(model: OperationModel, operation: Operation, body: bytes) -> bytes:
    """What goes back for a request, by the operation's model.

    Raises:
        ServiceError: the request is refused.
        NotAsModelledError: the operation does not do what AWS's does.
    """
    request = _parsed(body)
    for code, message in problems(request, model):
        raise ServiceError(code, message)
    try:
        content = operation(decoded(request, model.input_shape))
    except ServiceError as error:
        if error.code not in COMMON | {shape.name for shape in model.error_shapes}:
            raise NotAsModelledError(f"AWS's {model.name} has no error {error.code}") from error
        raise
    try:
        return encoded(content, model.output_shape)
    except ValueError as error:
        raise NotAsModelledError(f"{model.name} answers what AWS does not: {error}") from error


def _target(headers: Mapping[str, str]) -> str:
    return headers.get("x-amz-target", "").rpartition(".")[2]


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        request = json.loads(body or b"{}")
    except ValueError:
        request = None
    if not isinstance(request, dict):
        raise ServiceError("SerializationException", "the request is not a JSON object")
    return request
