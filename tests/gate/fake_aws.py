"""AWS as the hooks meet it: real botocore clients, answered where the connection would begin.

botocore validates and writes every request, and reads every answer, so a wrong parameter or an
answer that AWS could not give fails the test.
"""

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import botocore.session
from botocore import xform_name
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.model import OperationModel
from botocore.validate import validate_parameters

CONTRACT = {
    "cases": [
        {
            "name": "health",
            "request": {"method": "GET", "path": "/health"},
            "expect": {"status": 200, "body": {"status": "ok"}},
        },
        {
            "name": "unknown path",
            "request": {"method": "GET", "path": "/nowhere"},
            "expect": {"status": 404, "body": {"message": {"$type": "string"}}},
        },
    ]
}


EVENT = {"DeploymentId": "d-1", "LifecycleEventHookExecutionId": "e-1"}


@dataclass(frozen=True)
class Reply:
    """What goes over the wire in place of the usual answer."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class AwsError:
    """An error answer, by its code and HTTP status."""

    code: str
    status: int = 400


@dataclass(frozen=True)
class ArrivesAndThen:
    """The request takes effect, but its answer is lost."""

    error: BaseException


Fault = Reply | AwsError | ArrivesAndThen | BaseException


class _Raw(io.BytesIO):
    def stream(self, **_: object) -> Iterator[bytes]:
        yield self.read()


class World:
    """One invocation's surroundings: time, AWS, CodeDeploy's memory of what was reported."""

    def __init__(self, *, seconds: float = 300) -> None:
        self.left_seconds = seconds
        self.calls: list[str] = []
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self.sent: list[str] = []
        self.completed: str | None = None
        self.waits: list[float] = []
        self.overran = False
        self.faults: dict[str, list[Fault]] = {}
        self.always: dict[str, Fault] = {}
        self.consumed: list[tuple[str, Fault]] = []
        self.seconds_by_operation: dict[str, float] = {}
        self.deployment: dict[str, Any] = {"deploymentId": "d-1", "creator": "CloudFormation"}
        self.targets: dict[str, Any] = {"targetIds": ["orders:live"]}
        self.function_info = {
            "functionName": "orders",
            "functionAlias": "live",
            "currentVersion": "41",
            "targetVersion": "42",
        }
        self.alias: dict[str, Any] = {"FunctionVersion": "42"}

    def get_remaining_time_in_millis(self) -> int:
        return int(self.left_seconds * 1000)

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.waits.append(seconds)
        self.spend(seconds)

    def spend(self, seconds: float) -> None:
        self.left_seconds -= seconds
        self.overran |= self.left_seconds < 0

    def operations(self) -> set[str]:
        """The distinct calls made, as IAM and botocore name them: ``service:Operation``."""
        return set(self.calls)

    def answer(self, operation: str, request: dict[str, Any]) -> dict[str, Any] | Reply:
        self.calls.append(operation)
        self.requests.append((operation, request))
        self.spend(self.seconds_by_operation.get(operation, 0.05))
        name = operation.partition(":")[2]
        if name == "PutLifecycleEventHookExecutionStatus":
            self.sent.append(request["status"])
        fault = self._fault(name)
        if isinstance(fault, ArrivesAndThen):
            self.completed = request["status"]
            raise fault.error
        if isinstance(fault, BaseException):
            raise fault
        if isinstance(fault, Reply):
            return fault
        if isinstance(fault, AwsError):
            return error_reply(fault)
        usual: Callable[[dict[str, Any]], dict[str, Any] | Reply] = getattr(self, xform_name(name))
        return usual(request)

    def _fault(self, name: str) -> Fault | None:
        queued = self.faults.get(name)
        fault = queued.pop(0) if queued else self.always.get(name)
        if fault is not None:
            self.consumed.append((name, fault))
        return fault

    def get_deployment(self, _: dict[str, Any]) -> dict[str, Any]:
        return {"deploymentInfo": self.deployment}

    def list_deployment_targets(self, _: dict[str, Any]) -> dict[str, Any]:
        return self.targets

    def get_deployment_target(self, _: dict[str, Any]) -> dict[str, Any]:
        lambda_target = {"lambdaFunctionInfo": self.function_info}
        target = {"deploymentTargetType": "LambdaTarget", "lambdaTarget": lambda_target}
        return {"deploymentTarget": target}

    def put_lifecycle_event_hook_execution_status(
        self, request: dict[str, Any]
    ) -> dict[str, Any] | Reply:
        if self.completed is not None:
            return error_reply(AwsError("LifecycleEventAlreadyCompletedException"))
        self.completed = request["status"]
        execution_id = request["lifecycleEventHookExecutionId"]
        return {"lifecycleEventHookExecutionId": execution_id}

    def get_alias(self, _: dict[str, Any]) -> dict[str, Any]:
        return self.alias

    def invoke(self, request: dict[str, Any]) -> Reply:
        if json.loads(request["Payload"])["rawPath"] == "/health":
            return function_reply(http_answer(200, {"status": "ok"}))
        return function_reply(http_answer(404, {"message": "not found"}))


def http_answer(status: int, body: object) -> dict[str, Any]:
    return {"statusCode": status, "headers": {}, "body": json.dumps(body)}


def function_reply(payload: object, **headers: str) -> Reply:
    """Lambda's answer to Invoke; bytes go out as they are."""
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(headers={"x-amz-executed-version": "42"} | given, body=body)


def error_reply(error: AwsError) -> Reply:
    body = json.dumps({"__type": error.code, "message": "as injected"}).encode()
    return Reply(status=error.status, headers={"x-amzn-errortype": error.code}, body=body)


class Wire:
    """Stands where botocore would open a connection."""

    def __init__(self) -> None:
        self.world = World()
        self._model: OperationModel | None = None
        self._request: dict[str, Any] = {}

    def sleep(self, seconds: float) -> None:
        """Stand in for time.sleep."""
        self.world.sleep(seconds)

    def attach(self, session: botocore.session.Session) -> None:
        session.register("before-parameter-build", self._remember)
        session.register("before-send", self._answer)

    def _remember(self, params: dict[str, Any], model: OperationModel, **_: object) -> None:
        self._model, self._request = model, dict(params)

    def _answer(self, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        assert self._model is not None
        service = self._model.service_model.endpoint_prefix
        answer = self.world.answer(f"{service}:{self._model.name}", self._request)
        if not isinstance(answer, Reply):
            validate_parameters(answer, self._model.output_shape)
            answer = Reply(body=json.dumps(answer).encode())
        return AWSResponse(request.url, answer.status, answer.headers, _Raw(answer.body))
