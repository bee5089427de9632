"""AWS as the gate meets it: real botocore clients, answered where the request would be sent.

botocore validates every request, and every answer is held against the service's model, so a wrong
parameter or an answer that AWS could not give fails the test. Time is virtual.
"""

import io
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import botocore.session
from botocore import xform_name
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
LATER = {"DeploymentId": "d-1", "LifecycleEventHookExecutionId": "e-2"}
EVENTS = {"pre_traffic": EVENT, "post_traffic": LATER}
RECORD = "decisions/orders/d-1.json"
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CANARY_MINUTES = 15


@dataclass(frozen=True)
class Reply:
    """What a function's answer is, in place of the usual one."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class AwsError:
    """An error answer, by its code and HTTP status."""

    code: str
    status: int = 400
    message: str = "as injected"


@dataclass(frozen=True)
class ArrivesAndThen:
    """The request takes effect, but its answer is lost."""

    error: BaseException


@dataclass(frozen=True)
class Answer:
    """An answer in place of the usual one."""

    content: dict[str, Any]


Fault = Reply | AwsError | ArrivesAndThen | Answer | BaseException


@dataclass(frozen=True, kw_only=True)
class Served:
    """What a version served in a minute."""

    requests: int = 0
    errors: int = 0
    slow: int = 0
    http_5xx: int | None = None


class Context:
    """Lambda's context object: one invocation, which began now and ends in some seconds."""

    def __init__(self, world: "World", seconds: float) -> None:
        self._world, self._ends = world, world.elapsed + seconds

    def get_remaining_time_in_millis(self) -> int:
        return int(self.left_seconds * 1000)

    @property
    def left_seconds(self) -> float:
        return self._ends - self._world.elapsed

    @property
    def overran(self) -> bool:
        return self.left_seconds < 0


class World:
    """A deployment's surroundings: time, customers, AWS and what it remembers."""

    def __init__(self, *, seconds: float = 900) -> None:
        self.seconds = seconds
        self.elapsed = 0.0
        self.overran = False
        self.lock = threading.RLock()
        self.calls: list[str] = []
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self.sent: list[str] = []
        self.completions: dict[str, str] = {}
        self.waits: list[float] = []
        self.faults: dict[str, list[Fault]] = {}
        self.always: dict[str, Fault] = {}
        self.consumed: list[tuple[str, Fault]] = []
        self.seconds_by_operation: dict[str, float] = {}
        self.deployment: dict[str, Any] = {
            "deploymentId": "d-1",
            "creator": "CloudFormation",
            "status": "InProgress",
        }
        self.targets: dict[str, Any] = {"targetIds": ["orders:live"]}
        self.function_info = {
            "functionName": "orders",
            "functionAlias": "live",
            "currentVersion": "41",
            "targetVersion": "42",
        }
        self.stops_at_once = True
        self.alias: dict[str, Any] = {"FunctionVersion": "41"}
        self.shift_began: datetime | None = None
        self.shift_ended: datetime | None = None
        self.shift_status = "Succeeded"
        self.customers = 600
        # The service is young: a whole day of counts takes longer to make than to judge.
        self.customers_since = NOON - timedelta(hours=1)
        self.errors = {"41": 0, "42": 0}
        self.slow = {"41": 0, "42": 0}
        self.http_5xx: dict[str, int] | None = None
        self.serve: Callable[[str, datetime], Served] = self.usually_served
        self.reply: Callable[[str, str], Reply | AwsError | BaseException] = usual_reply
        self.asked: list[tuple[str, str]] = []
        self.points_a_page = 100_000
        self.objects: dict[str, tuple[int, bytes]] = {}
        self.executions: dict[str, str] = {}
        self.metrics: list[dict[str, Any]] = []
        self.told: list[dict[str, Any]] = []

    @property
    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.elapsed)

    @property
    def record(self) -> dict[str, Any]:
        """The decision record."""
        found = json.loads(self.objects[RECORD][1])
        assert isinstance(found, dict)
        return found

    @property
    def completed(self) -> str | None:
        """The status that CodeDeploy has taken, of the one hook execution there was."""
        assert len(self.completions) <= 1
        return next(iter(self.completions.values()), None)

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        with self.lock:
            self.waits.append(seconds)
            self.elapsed += seconds

    def operations(self) -> set[str]:
        """The distinct calls made, as IAM and botocore name them: ``service:Operation``."""
        return set(self.calls)

    def usually_served(self, version: str, minute: datetime) -> Served:
        """Serve all by the current version before the shift, a tenth by the target, then all."""
        requests = self._requests(version, minute)
        if not requests or minute < self.customers_since:
            return Served()
        http_5xx = None if self.http_5xx is None else self.http_5xx[version]
        return Served(
            requests=requests,
            errors=min(requests, self.errors[version]),
            slow=min(requests, self.slow[version]),
            http_5xx=http_5xx,
        )

    def _requests(self, version: str, minute: datetime) -> int:
        began = self.shift_began or datetime.max.replace(tzinfo=UTC)
        ended = self.shift_ended or datetime.max.replace(tzinfo=UTC)
        part = 0.0 if minute < began else 1.0 if minute >= ended else 0.1
        share = part if version == self.function_info["targetVersion"] else 1 - part
        return round(self.customers * share)

    def answer(self, operation: str, request: dict[str, Any]) -> dict[str, Any] | AwsError:
        with self.lock:
            return self._answer(operation, request)

    def _answer(self, operation: str, request: dict[str, Any]) -> dict[str, Any] | AwsError:
        self.calls.append(operation)
        self.requests.append((operation, request))
        self.elapsed += self.seconds_by_operation.get(operation, 0.05)
        name = operation.partition(":")[2]
        if name == "PutLifecycleEventHookExecutionStatus":
            self.sent.append(request["status"])
        usual: Callable[[dict[str, Any]], dict[str, Any] | AwsError] = getattr(
            self, xform_name(name)
        )
        match fault := self._fault(name):
            case None:
                return usual(request)
            case ArrivesAndThen(error=error):
                usual(request)
                raise error
            case Reply():
                return invocation(fault, request)
            case Answer(content=content):
                return content
            case AwsError():
                return fault
            case _:
                raise fault

    def _fault(self, name: str) -> Fault | None:
        queued = self.faults.get(name)
        fault = queued.pop(0) if queued else self.always.get(name)
        if fault is not None:
            self.consumed.append((name, fault))
        return fault

    def get_deployment(self, _: dict[str, Any]) -> dict[str, Any]:
        return {"deploymentInfo": dict(self.deployment)}

    def list_deployment_targets(self, _: dict[str, Any]) -> dict[str, Any]:
        return self.targets

    def get_deployment_target(self, _: dict[str, Any]) -> dict[str, Any]:
        shift: dict[str, Any] = {"lifecycleEventName": "AllowTraffic", "status": "Pending"}
        if self.shift_began is not None:
            shift |= {"startTime": self.shift_began, "status": "InProgress"}
        if self.shift_ended is not None:
            shift |= {"endTime": self.shift_ended, "status": self.shift_status}
        before = {"lifecycleEventName": "BeforeAllowTraffic", "status": "InProgress"}
        target = {"lambdaFunctionInfo": self.function_info, "lifecycleEvents": [before, shift]}
        kind = {"deploymentTargetType": "LambdaTarget", "lambdaTarget": target}
        return {"deploymentTarget": kind}

    def put_lifecycle_event_hook_execution_status(
        self, request: dict[str, Any]
    ) -> dict[str, Any] | AwsError:
        execution_id = request["lifecycleEventHookExecutionId"]
        if execution_id in self.completions:
            return AwsError("LifecycleEventAlreadyCompletedException")
        self.completions[execution_id] = request["status"]
        return {"lifecycleEventHookExecutionId": execution_id}

    def stop_deployment(self, request: dict[str, Any]) -> dict[str, Any] | AwsError:
        if self.deployment["status"] != "InProgress":
            return AwsError("DeploymentAlreadyCompletedException")
        assert request["autoRollbackEnabled"], "else the alias stays weighted for ever"
        if self.stops_at_once:
            self.end("Stopped", "MANUAL_STOP")
        return {"status": "Succeeded" if self.stops_at_once else "Pending"}

    def end(self, status: str, code: str | None = None) -> None:
        """End the deployment, as CodeDeploy, an alarm or a person would."""
        self.deployment["status"] = status
        if code is not None:
            self.deployment["errorInformation"] = {"code": code}
        if self.shift_began is not None and self.shift_ended is None:
            self.shift_ended, self.shift_status = self.now, "Skipped"

    def get_alias(self, _: dict[str, Any]) -> dict[str, Any]:
        return self.alias

    def invoke(self, request: dict[str, Any]) -> dict[str, Any] | AwsError:
        version, event = request["Qualifier"], json.loads(request["Payload"])
        self.asked.append((version, event["requestContext"]["requestId"]))
        match reply := self.reply(version, event["rawPath"]):
            case Reply():
                return invocation(reply, request)
            case AwsError():
                return reply
            case _:
                raise reply

    def get_metric_data(self, request: dict[str, Any]) -> dict[str, Any]:
        points = [
            (query["Id"], minute, value)
            for query in request["MetricDataQueries"]
            for minute in self._minutes(request["StartTime"], request["EndTime"])
            if (value := self._counted(query["MetricStat"], minute)) is not None
        ]
        first = int(request.get("NextToken", "0"))
        page = points[first : first + self.points_a_page]
        more = first + self.points_a_page < len(points)
        results = [
            {
                "Id": query["Id"],
                "Timestamps": [at for name, at, _ in page if name == query["Id"]],
                "Values": [float(value) for name, _, value in page if name == query["Id"]],
                "StatusCode": "PartialData" if more else "Complete",
            }
            for query in request["MetricDataQueries"]
        ]
        token = {"NextToken": str(first + self.points_a_page)} if more else {}
        return {"MetricDataResults": results, **token}

    def _minutes(self, start: datetime, end: datetime) -> Iterator[datetime]:
        assert start.second == end.second == 0, "CloudWatch would round"
        if self.serve == self.usually_served:
            start = max(start, self.customers_since)
        while start < end:
            yield start
            start += MINUTE

    def _counted(self, wanted: dict[str, Any], minute: datetime) -> int | None:
        assert wanted["Period"] == 60
        metric = wanted["Metric"]
        dimensions = {each["Name"]: each["Value"] for each in metric["Dimensions"]}
        assert dimensions["FunctionName"] == "orders"
        assert dimensions["Resource"] == "orders:live", "synthetic requests must not be counted"
        executed = dimensions.get("ExecutedVersion")
        versions = ["41", "42"] if executed is None else [executed]
        served = [self.serve(version, minute) for version in versions]
        total = sum(each.requests for each in served)
        counts = {
            ("AWS/Lambda", "Invocations", "Sum"): total,
            ("AWS/Lambda", "Errors", "Sum"): sum(each.errors for each in served),
            ("AWS/Lambda", "Duration", "TC(1000:)"): sum(each.slow for each in served) or None,
            ("Lockgate", "Http5xx", "Sum"): _sum(each.http_5xx for each in served),
        }
        value = counts[metric["Namespace"], metric["MetricName"], wanted["Stat"]]
        return value if total else None

    def put_metric_data(self, request: dict[str, Any]) -> dict[str, Any]:
        assert request["Namespace"] == "Lockgate"
        self.metrics += request["MetricData"]
        return {}

    def get_object(self, request: dict[str, Any]) -> dict[str, Any] | AwsError:
        if request["Key"] not in self.objects:
            return AwsError("AccessDenied", 403)
        version, content = self.objects[request["Key"]]
        return {"ETag": f'"{version}"', "Body": io.BytesIO(content)}

    def put_object(self, request: dict[str, Any]) -> dict[str, Any] | AwsError:
        version, _ = self.objects.get(request["Key"], (0, b""))
        wanted = f'"{version}"' if version else None
        if request.get("IfMatch") != wanted or (request.get("IfNoneMatch") and version):
            return AwsError("PreconditionFailed", 412)
        assert "IfMatch" in request or request["IfNoneMatch"] == "*", "must be conditional"
        body = request["Body"]
        content = body if isinstance(body, bytes) else body.read()
        self.objects[request["Key"]] = version + 1, content
        return {"ETag": f'"{version + 1}"'}

    def start_execution(self, request: dict[str, Any]) -> dict[str, Any] | AwsError:
        if self.executions.setdefault(request["name"], request["input"]) != request["input"]:
            return AwsError("ExecutionAlreadyExists")
        arn = f"{request['stateMachineArn']}:{request['name']}"
        return {"executionArn": arn, "startDate": NOON}

    def put_events(self, request: dict[str, Any]) -> dict[str, Any]:
        for entry in request["Entries"]:
            assert (entry["Source"], entry["DetailType"]) == ("lockgate", "Canary Verdict")
            self.told.append(json.loads(entry["Detail"]))
        return {"FailedEntryCount": 0, "Entries": [{"EventId": "1"}] * len(request["Entries"])}


def before_traffic(*, seconds: float = 900) -> World:
    """Give the world of the pre-traffic hook."""
    return World(seconds=seconds)


def in_canary(*, minutes: float = 10, seconds: float = 120) -> World:
    """Give the world of the watch, so many minutes after the shift began."""
    world = World(seconds=seconds)
    world.shift_began = NOON - minutes * MINUTE
    routing = {"AdditionalVersionWeights": {"42": 0.1}}
    world.alias = {"FunctionVersion": "41", "RoutingConfig": routing}
    return world


def after_traffic(*, minutes: float = 0.5, seconds: float = 900) -> World:
    """Give the world of the post-traffic hook, so many minutes after the shift ended."""
    world = World(seconds=seconds)
    world.shift_ended = NOON - minutes * MINUTE
    world.shift_began = world.shift_ended - CANARY_MINUTES * MINUTE
    world.alias = {"FunctionVersion": "42"}
    return world


def settled(*, seconds: float = 900) -> World:
    """Give the world of a post-traffic hook that has nothing left to wait for."""
    return after_traffic(minutes=8, seconds=seconds)


def world_of(entry: str, *, seconds: float = 900) -> World:
    """Give the world in which a handler is called."""
    makers = {"pre_traffic": before_traffic, "watch": in_canary, "post_traffic": after_traffic}
    return makers[entry](seconds=seconds)


def _sum(values: Iterator[int | None]) -> int | None:
    given = [value for value in values if value is not None]
    return sum(given) if given else None


def http_answer(status: int, body: object) -> dict[str, Any]:
    return {"statusCode": status, "headers": {}, "body": json.dumps(body)}


def function_reply(payload: object, **headers: str) -> Reply:
    """Lambda's answer to Invoke; bytes go out as they are."""
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(headers=given, body=body)


def usual_reply(_: str, path: str) -> Reply:
    """Give any version's answer to a request of the contract."""
    if path == "/health":
        return function_reply(http_answer(200, {"status": "ok"}))
    return function_reply(http_answer(404, {"message": "not found"}))


def invocation(reply: Reply, request: dict[str, Any]) -> dict[str, Any]:
    """What botocore makes of a function's answer."""
    fault = reply.headers.get("x-amz-function-error")
    answer = {
        "StatusCode": reply.status,
        "ExecutedVersion": reply.headers.get("x-amz-executed-version", request["Qualifier"]),
        "Payload": io.BytesIO(reply.body),
    }
    return answer if fault is None else answer | {"FunctionError": fault}


class Wire:
    """Stands where botocore would send the request."""

    def __init__(self) -> None:
        self.world = World()
        self._request = threading.local()

    def now(self) -> datetime:
        """Stand in for the clock."""
        return self.world.now

    def sleep(self, seconds: float) -> None:
        """Stand in for waiting."""
        self.world.sleep(seconds)

    def attach(self, session: botocore.session.Session) -> None:
        session.register("before-parameter-build", self._remember)
        session.register("before-call", self._answer)

    def _remember(self, params: dict[str, Any], **_: object) -> None:
        self._request.given = dict(params)

    def _answer(self, model: OperationModel, **_: object) -> tuple[Any, dict[str, Any]]:
        service = model.service_model.endpoint_prefix
        answer = self.world.answer(f"{service}:{model.name}", self._request.given)
        if isinstance(answer, AwsError):
            error = {"Code": answer.code, "Message": answer.message}
            metadata = {"HTTPStatusCode": answer.status}
            response = {"Error": error, "ResponseMetadata": metadata}
            return SimpleNamespace(status_code=answer.status), response
        if model.output_shape is not None:
            validate_parameters(answer, model.output_shape)
        return SimpleNamespace(status_code=200), answer
