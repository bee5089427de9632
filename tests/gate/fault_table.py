"""The faults of the matrix, each with its one correct outcome for every handler.

The groups are those of the platform's failure modes: F1 exceptions, F2 time, F3 calls, F4 and F5
what a function answers, F6 and F7 metrics, F8 the report, F9 events, F10 settings and clocks,
F11 alarms, F12 keys, F15 hands in between.
"""

import importlib.util
import io
import json
import math
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import ModuleType
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError, NoCredentialsError

from tests.gate.conftest import PLAN, Gate
from tests.gate.fake_aws import (
    EVENTS,
    RECORD,
    ArrivesAndThen,
    AwsError,
    Fault,
    Reply,
    Served,
    World,
    usual_reply,
)
from tests.gate.faults import ANSWERS, BROKEN, CLOSED, DENIED, REPORT, SLOW, THROTTLED, URL

PRE, POST, WATCH = "pre_traffic", "post_traffic", "watch"
SUCCEEDED, FAILED, TOO_LATE = "Succeeded", "Failed", "too late"
GOES_ON, OVER, RAISED = "goes on", "over", "raised"
STOPPED, STOPPED_RAISED = "stopped", "stopped, and raised what was not done"


@dataclass
class Scene:
    """A handler about to be called, and all that a fault may change."""

    entry: str
    world: World
    gate: Gate
    patch: pytest.MonkeyPatch
    event: object = None
    deliveries: int = 1
    handle: Callable[..., object] | None = None


Happens = Callable[[Scene], None]


@dataclass(frozen=True)
class Row:
    """A fault, and what follows: for either hook, for a healthy canary and for a degraded one."""

    group: str
    name: str
    happens: Happens
    before_traffic: str
    after_traffic: str
    healthy: str
    degraded: str

    def __str__(self) -> str:
        return f"{self.group} {self.name}"


Outcomes = tuple[str, str, str, str]
UNTOUCHED: Outcomes = (SUCCEEDED, SUCCEEDED, GOES_ON, STOPPED)
NOTHING_WORKS: Outcomes = (FAILED, FAILED, RAISED, RAISED)
NEITHER_HOOK: Outcomes = (FAILED, FAILED, GOES_ON, STOPPED)
NO_RECORD: Outcomes = (FAILED, FAILED, GOES_ON, STOPPED_RAISED)
NO_COUNTS: Outcomes = (SUCCEEDED, FAILED, RAISED, RAISED)
NO_DATA: Outcomes = (SUCCEEDED, FAILED, GOES_ON, GOES_ON)
NOBODY_TO_TELL: Outcomes = (RAISED, RAISED, GOES_ON, STOPPED)
NOT_OURS: Outcomes = (RAISED, RAISED, RAISED, RAISED)
ENDED: Outcomes = (TOO_LATE, TOO_LATE, OVER, OVER)

# What follows where one operation is never answered.
UNANSWERED: dict[str, Outcomes] = {
    "GetDeployment": NOTHING_WORKS,
    "ListDeploymentTargets": NOTHING_WORKS,
    "GetDeploymentTarget": NOTHING_WORKS,
    "GetAlias": NEITHER_HOOK,
    "Invoke": NEITHER_HOOK,
    "StartExecution": (FAILED, SUCCEEDED, GOES_ON, STOPPED),
    "GetMetricData": NO_COUNTS,
    "GetObject": (SUCCEEDED, FAILED, GOES_ON, STOPPED_RAISED),
    "PutObject": NO_RECORD,
    "PutEvents": (SUCCEEDED, SUCCEEDED, GOES_ON, STOPPED_RAISED),
    "PutMetricData": (SUCCEEDED, SUCCEEDED, GOES_ON, STOPPED_RAISED),
    "StopDeployment": (SUCCEEDED, SUCCEEDED, GOES_ON, RAISED),
    REPORT: NOBODY_TO_TELL,
}
GROUPS = {"GetMetricData": "F6", REPORT: "F8"}
FOR_EVER: dict[str, Fault] = {
    "is throttled for ever": THROTTLED,
    "is denied": DENIED,
    "answers 500 for ever": BROKEN,
    "never answers in time": SLOW,
    "has no endpoint": EndpointConnectionError(endpoint_url=URL),
    "closes every connection": CLOSED,
}
FOR_A_WHILE: dict[str, Fault] = {"is throttled twice": THROTTLED, "answers 500 twice": BROKEN}


def always(operation: str, fault: Fault) -> Happens:
    def happens(scene: Scene) -> None:
        scene.world.always[operation] = fault
        if operation == REPORT and scene.entry != WATCH:
            scene.world.seconds = 150  # It is sent again until the time is out.

    return happens


def at_first(operation: str, *faults: Fault) -> Happens:
    def happens(scene: Scene) -> None:
        scene.world.faults[operation] = list(faults)

    return happens


def calls() -> Iterator[Row]:
    for operation, outcomes in UNANSWERED.items():
        group = GROUPS.get(operation, "F3")
        for words, fault in FOR_EVER.items():
            yield Row(group, f"{operation} {words}", always(operation, fault), *outcomes)
        for words, fault in FOR_A_WHILE.items():
            happens = at_first(operation, fault, fault)
            yield Row(group, f"{operation} {words}", happens, *UNTOUCHED)
    for name in ("StartExecution", "PutObject", "PutEvents", "PutMetricData", "StopDeployment"):
        lost = at_first(name, ArrivesAndThen(SLOW))
        yield Row("F3", f"{name} arrives and its answer is lost", lost, *UNTOUCHED)
    credentials = at_first("GetDeployment", NoCredentialsError())
    yield Row("F3", "there are no credentials", credentials, *NOTHING_WORKS)
    yield Row(
        "F3",
        "the watch runs already",
        at_first("StartExecution", AwsError("ExecutionAlreadyExists")),
        *UNTOUCHED,
    )


def raising(fault: BaseException) -> Happens:
    def judge(*_: object, **__: object) -> None:
        raise fault

    def happens(scene: Scene) -> None:
        for module in ("trial", "synthetic"):
            scene.patch.setattr(scene.gate[module], "judge", judge)

    return happens


def not_importable(name: str) -> Happens:
    """Load everything anew, but for one module that cannot be."""

    def happens(scene: Scene) -> None:
        for module in ("checks", "examination", "final", "synthetic"):
            scene.patch.delitem(sys.modules, module, raising=False)
        scene.patch.setitem(sys.modules, name, None)
        file = scene.gate[scene.entry].__file__
        assert file is not None

        def handle(event: object, context: object) -> object:
            spec = importlib.util.spec_from_file_location("loaded_anew", file)
            assert spec is not None
            assert spec.loader is not None
            module: ModuleType = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            return module.handle(event, context)

        scene.handle = handle

    return happens


def stdout_is_closed(scene: Scene) -> None:
    stream = io.StringIO()
    stream.close()
    scene.patch.setattr(sys, "stdout", stream)
    scene.patch.setattr("logging.raiseExceptions", False)


def exceptions() -> Iterator[Row]:
    for fault in (ZeroDivisionError(), MemoryError(), RecursionError(), SystemExit(0)):
        name = f"the judge raises {type(fault).__name__}"
        yield Row("F1", name, raising(fault), *NOTHING_WORKS)
    for module in ("judge", "deployment", "decision", "plan", "notice"):
        happens = not_importable(module)
        yield Row("F1", f"{module} cannot be imported", happens, *NOTHING_WORKS)
    happens = not_importable("examination")
    yield Row("F1", "examination cannot be imported", happens, *NEITHER_HOOK)
    for operation in ("GetDeployment", "GetDeploymentTarget"):
        for exit_ in (MemoryError(), SystemExit(0), KeyboardInterrupt()):
            name = f"{type(exit_).__name__} in {operation}"
            yield Row("F1", name, at_first(operation, exit_), *NOTHING_WORKS)
    yield Row("F1", "standard output is closed", stdout_is_closed, *UNTOUCHED)


def with_seconds(seconds: float) -> Happens:
    def happens(scene: Scene) -> None:
        scene.world.seconds = seconds

    return happens


def calls_take(seconds: float, invocations: float) -> Happens:
    def happens(scene: Scene) -> None:
        services = {
            "codedeploy": UNANSWERED.keys() - {"StopDeployment"},
            "monitoring": {"GetMetricData", "PutMetricData"},
            "s3": {"GetObject", "PutObject"},
            "states": {"StartExecution"},
            "events": {"PutEvents"},
        }
        for service, operations in services.items():
            for operation in operations:
                scene.world.seconds_by_operation[f"{service}:{operation}"] = seconds
        scene.world.seconds_by_operation[f"codedeploy:{REPORT}"] = min(seconds, 1)
        scene.world.seconds_by_operation["codedeploy:StopDeployment"] = seconds
        scene.world.seconds_by_operation["lambda:Invoke"] = invocations
        scene.world.seconds_by_operation["lambda:GetAlias"] = invocations

    return happens


def times() -> Iterator[Row]:
    for seconds in (0.5, 3, 8):
        yield Row("F2", f"{seconds} s are left", with_seconds(seconds), *NOTHING_WORKS)
    for seconds in (12, 19, 21, 44, 46, 60, 74):
        yield Row("F2", f"{seconds} s are left", with_seconds(seconds), *NEITHER_HOOK)
    yield Row("F2", "every call takes its longest", calls_take(7, 30), *UNTOUCHED)
    yield Row("F2", "every call takes a second", calls_take(1, 1), *UNTOUCHED)


def old_version(fault: AwsError) -> Happens:
    def reply(version: str, path: str) -> Reply | AwsError:
        return fault if version == "41" else usual_reply(version, path)

    def happens(scene: Scene) -> None:
        scene.world.reply = reply

    return happens


def answers() -> Iterator[Row]:
    for name, fault in ANSWERS.items():
        group = "F4" if name.startswith("function error") else "F5"
        yield Row(group, f"the function answers: {name}", always("Invoke", fault), *NEITHER_HOOK)
    once = at_first("Invoke", ANSWERS["wrong status"])
    yield Row("F12", "a secret is rotated, one answer is wrong", once, *NEITHER_HOOK)


def changed(change: Callable[[dict[str, Any]], None]) -> Happens:
    """Change every result of CloudWatch's answers."""

    def happens(scene: Scene) -> None:
        usual = scene.world.get_metric_data

        def get_metric_data(request: dict[str, Any]) -> dict[str, Any]:
            answer = usual(request)
            for result in answer["MetricDataResults"]:
                change(result)
            return answer

        scene.patch.setattr(scene.world, "get_metric_data", get_metric_data)

    return happens


def status(code: str) -> Happens:
    return changed(lambda result: result.update(StatusCode=code))


def values(metric: str, value: float) -> Happens:
    def change(result: dict[str, Any]) -> None:
        if result["Id"].endswith(metric):
            result["Values"] = [value] * len(result["Values"])

    return changed(change)


def without_points(metric: str = "") -> Happens:
    def change(result: dict[str, Any]) -> None:
        if result["Id"].endswith(metric):
            result.update(Timestamps=[], Values=[])

    return changed(change)


def without_end(scene: Scene) -> None:
    page = {"MetricDataResults": [], "NextToken": "more"}
    scene.patch.setattr(scene.world, "get_metric_data", lambda _: page)


def a_result_is_missing(scene: Scene) -> None:
    usual = scene.world.get_metric_data
    scene.patch.setattr(
        scene.world,
        "get_metric_data",
        lambda request: {"MetricDataResults": usual(request)["MetricDataResults"][1:]},
    )


def in_pages(scene: Scene) -> None:
    scene.world.points_a_page = 150


def no_customers(scene: Scene) -> None:
    scene.world.customers = 0


def old_metrics_only(scene: Scene) -> None:
    """Let nobody be served by the new version, as far as CloudWatch knows."""
    usual = scene.world.usually_served

    def serve(version: str, minute: datetime) -> Served:
        return usual(version, minute) if version == "41" else Served()

    scene.world.serve = serve


def unpublished(scene: Scene) -> None:
    scene.patch.setenv("PLAN", json.dumps(PLAN | {"http_5xx": True}))


def metrics() -> Iterator[Row]:
    for code in ("PartialData", "InternalError", "Forbidden"):
        yield Row("F7", f"results are {code}", status(code), *NO_COUNTS)
    for value in (math.nan, math.inf, -1.0, 0.5):
        yield Row("F7", f"requests are {value}", values("_requests", value), *NO_COUNTS)
        yield Row("F7", f"errors are {value}", values("_errors", value), *NO_COUNTS)
    yield Row("F7", "requests are too many", values("_requests", 1e15), *NO_COUNTS)
    yield Row("F7", "pages have no end", without_end, *NO_COUNTS)
    yield Row("F7", "a result is missing", a_result_is_missing, *NO_COUNTS)
    more = changed(lambda result: result.update(Values=[*result["Values"], 1.0]))
    yield Row("F7", "there are more values than times", more, *NO_COUNTS)
    unknown = changed(lambda result: result.update(Id="another"))
    yield Row("F7", "results are of something else", unknown, *NO_COUNTS)
    yield Row("F7", "answers come in pages", in_pages, *UNTOUCHED)
    yield Row("F7", "there is no data", without_points(), *NO_DATA)
    yield Row("F7", "there are no requests", without_points("_requests"), *NO_DATA)
    yield Row("F7", "there are no error counts", without_points("_errors"), *NO_DATA)
    yield Row("F7", "more errors than requests", values("_errors", 1000.0), *NO_DATA)
    yield Row("F7", "more slow than requests", slow_everywhere, *NO_DATA)
    yield Row("F7", "nobody comes", no_customers, *NO_DATA)
    yield Row("F7", "the new version has no counts", old_metrics_only, *NO_DATA)
    yield Row("F7", "HTTP 5xx are not published", unpublished, SUCCEEDED, FAILED, GOES_ON, STOPPED)


def slow_everywhere(scene: Scene) -> None:
    usual = scene.world.usually_served

    def serve(version: str, minute: datetime) -> Served:
        return Served(requests=usual(version, minute).requests, slow=1000)

    scene.world.serve = serve


def reports() -> Iterator[Row]:
    for name, fault in {"throttled": THROTTLED, "slow": SLOW, "closed": CLOSED}.items():
        yield Row(
            "F8", f"the report is {name} six times", at_first(REPORT, *[fault] * 6), *UNTOUCHED
        )
    for name, error in {"slow": SLOW, "closed": CLOSED}.items():
        lost = at_first(REPORT, ArrivesAndThen(error))
        yield Row("F8", f"the report arrives and its answer is {name}", lost, *UNTOUCHED)
    refusals = (
        "DeploymentDoesNotExistException",
        "InvalidLifecycleEventHookExecutionIdException",
        "UnsupportedActionForDeploymentTypeException",
    )
    for code in refusals:
        yield Row("F8", f"the report meets {code}", always(REPORT, AwsError(code)), *NOBODY_TO_TELL)
    yield Row(
        "F8",
        "another delivery has reported Failed",
        reported_failed,
        FAILED,
        FAILED,
        GOES_ON,
        STOPPED,
    )


def reported_failed(scene: Scene) -> None:
    if scene.entry in EVENTS:
        execution_id = EVENTS[scene.entry]["LifecycleEventHookExecutionId"]
        scene.world.completions[execution_id] = FAILED


def event_is(event: object) -> Happens:
    def happens(scene: Scene) -> None:
        scene.event = event

    return happens


def delivered_twice(scene: Scene) -> None:
    scene.deliveries = 2


def info(**changes: str) -> Happens:
    def happens(scene: Scene) -> None:
        scene.world.function_info |= changes

    return happens


def has_targets(targets: dict[str, Any]) -> Happens:
    def happens(scene: Scene) -> None:
        scene.world.targets = targets

    return happens


def events() -> Iterator[Row]:
    malformed: dict[str, object] = {
        "is empty": {},
        "is a list": [],
        "is a text": "d-1",
        "has empty ids": {
            "DeploymentId": "",
            "LifecycleEventHookExecutionId": "",
            "deployment_id": "",
            "now": "",
        },
        "has ids of other types": {
            "DeploymentId": 1,
            "LifecycleEventHookExecutionId": ["e-1"],
            "deployment_id": 1,
            "now": 1,
        },
        "has a time without a zone": {"deployment_id": "d-1", "now": "2026-11-23T12:00:00"},
    }
    for name, event in malformed.items():
        yield Row("F9", f"the event {name}", event_is(event), *NOT_OURS)
    gone = always("GetDeployment", AwsError("DeploymentDoesNotExistException"))
    yield Row("F9", "the deployment does not exist", gone, *NOTHING_WORKS)
    yield Row(
        "F9", "the event is delivered twice", delivered_twice, SUCCEEDED, SUCCEEDED, GOES_ON, OVER
    )
    others = {
        "another function": {"functionName": "payments"},
        "another alias": {"functionAlias": "beta"},
        "$LATEST": {"targetVersion": "$LATEST"},
        "one version for both": {"targetVersion": "41"},
        "no current version": {"currentVersion": ""},
    }
    for name, changes in others.items():
        yield Row("F9", f"the deployment is of {name}", info(**changes), *NOTHING_WORKS)
    for count in (0, 2):
        targets = has_targets({"targetIds": ["t"] * count})
        yield Row("F9", f"the deployment has {count} targets", targets, *NOTHING_WORKS)


def environment(name: str, value: str | None) -> Happens:
    def happens(scene: Scene) -> None:
        if value is None:
            scene.patch.delenv(name)
        else:
            scene.patch.setenv(name, value)

    return happens


def skewed(by: timedelta) -> Happens:
    def happens(scene: Scene) -> None:
        now = scene.gate.wire.now
        scene.patch.setattr(scene.gate["clock"], "now", lambda: now() + by)
        if scene.entry == WATCH:
            scene.event = {"deployment_id": "d-1", "now": (scene.world.now + by).isoformat()}

    return happens


def settings() -> Iterator[Row]:
    missing: dict[str, Outcomes] = {
        "FUNCTION_NAME": NOTHING_WORKS,
        "ALIAS": NOTHING_WORKS,
        "PLAN": NOTHING_WORKS,
        "RECORDS": NO_RECORD,
        "WATCH": (FAILED, SUCCEEDED, GOES_ON, STOPPED),
    }
    for name, outcomes in missing.items():
        yield Row("F10", f"{name} is not set", environment(name, None), *outcomes)
        yield Row("F10", f"{name} is empty", environment(name, ""), *outcomes)
    plans: dict[str, object] = {
        "null": None,
        "a list": [],
        "a text": "careful",
        "an empty object": {},
        **{f"without {key}": {k: PLAN[k] for k in PLAN if k != key} for key in PLAN},
        "with a key more": PLAN | {"more": 1},
        "of NaN errors": PLAN | {"errors_percent": math.nan},
        "of infinite errors": PLAN | {"errors_percent": math.inf},
        "of negative errors": PLAN | {"errors_percent": -1},
        "of errors as text": PLAN | {"errors_percent": "1"},
        "of no errors at all": PLAN | {"errors_percent": 0},
        "of true percent": PLAN | {"percent": True},
        "of all percent": PLAN | {"percent": 100},
        "of half a minute": PLAN | {"minutes": 0.5},
        "of no time-out": PLAN | {"timeout_seconds": None},
        "of http_5xx as a number": PLAN | {"http_5xx": 0},
        "of another policy": PLAN | {"inconclusive": "pass"},
        "of too many requests": PLAN | {"synthetic_requests": 3001},
    }
    for name, plan in plans.items():
        yield Row("F10", f"PLAN is {name}", environment("PLAN", json.dumps(plan)), *NOTHING_WORKS)
    for name, text in {"cut off": json.dumps(PLAN)[:-1], "nested": "[" * 100_000}.items():
        yield Row("F10", f"PLAN is {name}", environment("PLAN", text), *NOTHING_WORKS)
    ahead, behind = skewed(timedelta(hours=1)), skewed(timedelta(hours=-1))
    yield Row("F10", "the clock is an hour ahead", ahead, *UNTOUCHED)
    yield Row("F10", "the clock is an hour behind", behind, *NO_DATA)


def ended(status_: str, code: str) -> Happens:
    def happens(scene: Scene) -> None:
        scene.world.end(status_, code)
        scene.world.always[REPORT] = AwsError("LifecycleEventAlreadyCompletedException")

    return happens


def keys() -> Iterator[Row]:
    disabled = AwsError("KMS.DisabledException")
    yield Row(
        "F12", "the artifact key is disabled to write", always("PutObject", disabled), *NO_RECORD
    )
    yield Row(
        "F12",
        "the artifact key is disabled to read",
        always("GetObject", disabled),
        *UNANSWERED["GetObject"],
    )
    key = AwsError("KMSDisabledException", 502)
    yield Row("F12", "the function's key is disabled", always("Invoke", key), *NEITHER_HOOK)


def alias(**content: object) -> Happens:
    def happens(scene: Scene) -> None:
        scene.world.alias = dict(content)

    return happens


def record(content: bytes) -> Happens:
    def happens(scene: Scene) -> None:
        scene.world.objects[RECORD] = 1, content

    return happens


def created_by(creator: str) -> Happens:
    def happens(scene: Scene) -> None:
        scene.world.deployment["creator"] = creator

    return happens


def not_started_yet(scene: Scene) -> None:
    scene.world.faults["GetDeploymentTarget"] = [AwsError("DeploymentNotStartedException")] * 3


def hands() -> Iterator[Row]:
    for status_, code in (
        ("Stopped", "ALARM_ACTIVE"),
        ("Stopped", "MANUAL_STOP"),
        ("Failed", "HEALTH_CONSTRAINTS"),
    ):
        group = "F11" if code == "ALARM_ACTIVE" else "F15"
        yield Row(group, f"the deployment has {status_}: {code}", ended(status_, code), *ENDED)
    yield Row("F15", "the deployment has succeeded", ended("Succeeded", "NONE"), *ENDED)
    for creator in ("codeDeployRollback", "CloudFormationRollback"):
        yield Row("F15", f"it is a {creator}", created_by(creator), *UNTOUCHED)
    yield Row("F15", "the deployment has not started yet", not_started_yet, *UNTOUCHED)
    yield Row("F15", "the alias was moved by hand", alias(FunctionVersion="40"), *NEITHER_HOOK)
    yield Row("F15", "the alias says nothing", alias(), *NEITHER_HOOK)
    shared = alias(FunctionVersion="41", RoutingConfig={"AdditionalVersionWeights": {"40": 0.5}})
    yield Row("F15", "the alias was shared by hand", shared, *NEITHER_HOOK)
    deleted = old_version(AwsError("ResourceNotFoundException", 404))
    yield Row("F15", "the old version was deleted", deleted, FAILED, SUCCEEDED, GOES_ON, STOPPED)
    texts = {"not JSON": b"{", "empty": b"", "a list": b"[]", "not text": b"\xff", "null": b"null"}
    for name, content in texts.items():
        yield Row("F15", f"the record is {name}", record(content), *NO_RECORD)
    strange = record(b'{"timeline": 5}')
    yield Row("F15", "the record's timeline is a number", strange, *NO_RECORD)
    yield Row(
        "F15", "the record was deleted", lambda scene: scene.world.objects.clear(), *UNTOUCHED
    )
    met = AwsError("PreconditionFailed", 412)
    yield Row(
        "F15", "others write the record in between", at_first("PutObject", met, met), *UNTOUCHED
    )
    yield Row("F15", "others keep writing the record", always("PutObject", met), *NO_RECORD)
    conflict = AwsError("ConditionalRequestConflict", 409)
    yield Row("F15", "another write is under way", at_first("PutObject", conflict), *UNTOUCHED)
    over = at_first("StopDeployment", AwsError("DeploymentAlreadyCompletedException"))
    yield Row(
        "F15",
        "the deployment ends before it is stopped",
        over,
        SUCCEEDED,
        SUCCEEDED,
        GOES_ON,
        GOES_ON,
    )


ROWS = tuple(
    row
    for rows in (
        exceptions(),
        times(),
        calls(),
        answers(),
        metrics(),
        reports(),
        events(),
        settings(),
        keys(),
        hands(),
    )
    for row in rows
)
