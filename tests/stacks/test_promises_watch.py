"""While a canary is live somebody looks, may stop it, tells of it, and is missed when gone."""

import ast
import json
import re
import runpy
from typing import Any

import pytest

from lockgate.watch_loop import definition
from stacks import names
from stacks.app import GATE, JOBS, PROVENANCE, RELEASE, ROOT, ROTATION, SOURCE
from tests.assembly import Assembly
from tests.iam.policies import text
from tests.stacks.target import ALIAS, Target, targets_of

LAMBDA = ROOT / "lambda"
MACHINE, FUNCTION, RULE, ALARM = (
    "AWS::StepFunctions::StateMachine",
    "AWS::Lambda::Function",
    "AWS::Events::Rule",
    "AWS::CloudWatch::Alarm",
)


@pytest.fixture
def targets(assembly: Assembly) -> list[Target]:
    return targets_of(assembly)


def part(target: Target, entry: str) -> tuple[str, dict[str, Any]]:
    """The function of the gate that a module handles: its logical id and its properties."""
    [found] = [
        (logical_id, function["Properties"])
        for logical_id, function in target.all(FUNCTION).items()
        if function["Properties"]["Handler"] == f"{entry}.handle"
    ]
    return found


def constant(file: str, name: str) -> object:
    """A constant of the gate's package, which runs without the rest of the project."""
    for node in ast.parse((LAMBDA / file).read_text()).body:
        match node:
            case ast.AnnAssign(target=ast.Name(id=found), value=ast.Constant(value=value)):
                if found == name:
                    return value
    raise LookupError(f"{file} has no constant {name}")


def test_every_environment_has_a_watch(targets: list[Target]) -> None:
    for target in targets:
        machine = target.properties(MACHINE)
        function_id, function = part(target, "watch")
        assert machine["StateMachineName"] == function["FunctionName"] == f"{target.stack}-watch"
        states = json.loads(text(machine["DefinitionString"]))
        assert states == definition(
            function_arn=f"<{function_id}.Arn>", minutes=target.service.canary.minutes
        )


def test_a_watch_may_last_as_long_as_its_canary(targets: list[Target]) -> None:
    """An Express execution would end after five minutes."""
    for target in targets:
        assert target.properties(MACHINE)["StateMachineType"] == "STANDARD"


def test_a_canary_begins_only_when_all_that_watches_it_is_there(targets: list[Target]) -> None:
    for target in targets:
        _, alias = target.one("AWS::Lambda::Alias")
        watching = {
            part(target, "watch")[0],
            *target.all(MACHINE),
            *target.all(RULE),
            *target.all("AWS::CodeDeploy::DeploymentGroup"),
            *target.gate_alarms,
        }
        assert watching <= set(alias["DependsOn"])


def watch_alarm(target: Target) -> dict[str, Any]:
    """The one alarm that reads Step Functions' metrics."""
    [found] = [
        alarm["Properties"]
        for alarm in target.all(ALARM).values()
        if "AWS/States" in json.dumps(alarm)
    ]
    return dict(found)


def total(alarm: dict[str, Any], minute: dict[str, float]) -> float:
    """The value of an alarm's expression in a minute; a metric that is left out has no data."""
    [expression] = [q["Expression"] for q in alarm["Metrics"] if q.get("ReturnData", True)]
    read = {
        query["Id"]: query["MetricStat"]["Metric"]["MetricName"]
        for query in alarm["Metrics"]
        if "MetricStat" in query
    }
    terms = [re.fullmatch(r"FILL\((\w+),0\)", term) for term in expression.split("+")]
    return sum(minute.get(read[term[1]], 0) for term in terms if term)


@pytest.mark.parametrize("metric", ["ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted"])
def test_a_watch_that_ends_before_its_canary_raises_an_alarm(
    targets: list[Target], metric: str
) -> None:
    for target in targets:
        alarm = watch_alarm(target)
        assert alarm["ComparisonOperator"] == "GreaterThanThreshold"
        assert total(alarm, {metric: 1}) > alarm["Threshold"]
        assert not total(alarm, {"ExecutionsSucceeded": 1}) > alarm["Threshold"]


def test_the_alarm_reads_each_minute_of_this_watch_and_again_when_it_came_late(
    targets: list[Target],
) -> None:
    """A minute that is not reported yet counts as 0: an alarm on the newest alone would miss it."""
    for target in targets:
        machine_id, _ = target.one(MACHINE)
        alarm = watch_alarm(target)
        stats = [query["MetricStat"] for query in alarm["Metrics"] if "MetricStat" in query]
        for stat in stats:
            assert (stat["Period"], stat["Stat"]) == (60, "Sum")
            [dimension] = stat["Metric"]["Dimensions"]
            assert dimension["Name"] == "StateMachineArn"
            assert text(dimension["Value"]) == f"<{machine_id}.Arn>"
        assert alarm["TreatMissingData"] == "notBreaching"
        assert alarm["DatapointsToAlarm"] == 1 < alarm["EvaluationPeriods"]


def test_a_watch_that_ended_stops_no_deployment(targets: list[Target]) -> None:
    """No look is no evidence against a release; the hook behind the canary judges all of it."""
    for target in targets:
        assert watch_alarm(target) not in target.group_alarms.values()


def test_codedeploy_itself_stops_on_the_verdict_of_the_watch(targets: list[Target]) -> None:
    """The alarm reads what the watch puts, for the version of this release alone."""
    for target in targets:
        version_id, _ = target.one("AWS::Lambda::Version")
        [alarm] = [a for a in target.group_alarms.values() if "Metrics" not in a]
        assert alarm["Namespace"] == constant("canary/traffic.py", "NAMESPACE")
        assert alarm["MetricName"] == constant("watch/watch.py", "METRIC")
        assert {d["Name"]: text(d["Value"]) for d in alarm["Dimensions"]} == {
            "FunctionName": target.stack,
            "ExecutedVersion": f"<{version_id}.Version>",
        }


def test_one_verdict_is_enough(targets: list[Target]) -> None:
    expected = {
        "Statistic": "Maximum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 0,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
    }
    for target in targets:
        [alarm] = [a for a in target.group_alarms.values() if "Metrics" not in a]
        assert alarm.get("DatapointsToAlarm", 1) == 1
        assert {key: alarm[key] for key in expected} == expected


def variables(target: Target, entry: str) -> dict[str, Any]:
    return dict(part(target, entry)[1]["Environment"]["Variables"])


@pytest.mark.parametrize("entry", ["pre_traffic", "watch", "post_traffic"])
def test_each_part_of_the_gate_is_told_what_it_needs_and_no_more(
    assembly: Assembly, targets: list[Target], entry: str
) -> None:
    store = {"Fn::ImportValue": names.export(assembly.delivery, names.ARTIFACTS)}
    for target in targets:
        told = variables(target, entry)
        more = {"WATCH"} if entry == "pre_traffic" else set()
        assert set(told) == {"FUNCTION_NAME", "ALIAS", "PLAN", "RECORDS", *more}
        assert (told["FUNCTION_NAME"], told["ALIAS"]) == (target.stack, ALIAS)
        assert told["RECORDS"] == store


def test_all_parts_of_a_gate_have_one_plan_which_is_the_delivery_files(
    targets: list[Target],
) -> None:
    for target in targets:
        service = target.service
        plans = {variables(target, e)["PLAN"] for e in ("pre_traffic", "watch", "post_traffic")}
        [plan] = plans
        assert json.loads(plan) == {
            "errors_percent": service.objectives.errors_percent,
            "http_5xx": service.canary.http_5xx,
            "inconclusive": service.inconclusive_in(target.environment),
            "latency_ms": service.objectives.latency_ms,
            "minutes": service.canary.minutes,
            "percent": service.canary.percent,
            "synthetic_requests": service.synthetic_requests_planned,
            "timeout_seconds": service.timeout_seconds,
        }
        assert plan == json.dumps(json.loads(plan), sort_keys=True, separators=(",", ":"))


def test_the_gate_accepts_its_plan(targets: list[Target], monkeypatch: pytest.MonkeyPatch) -> None:
    """By its own reader, which refuses a key too many and one too few."""
    plan = runpy.run_path(str(LAMBDA / "canary" / "plan.py"))["Plan"]
    for target in targets:
        monkeypatch.setenv("PLAN", variables(target, "watch")["PLAN"])
        assert plan.of_environment().as_record() == json.loads(variables(target, "watch")["PLAN"])


def test_the_records_lie_where_the_gate_writes_them(targets: list[Target]) -> None:
    """What the roles may write is told in tests/iam; here it is compared with the code."""
    folder = constant("canary/decision.py", "FOLDER")
    for target in targets:
        resources = json.dumps(target.resources)
        assert f"/{folder}/{target.stack}/*" in resources


def verdict(target: Target, outcome: str) -> dict[str, Any]:
    """An event as the gate sends it."""
    return {
        "source": constant("canary/notice.py", "SOURCE"),
        "detail-type": constant("canary/notice.py", "DETAIL_TYPE"),
        "detail": {"function": target.stack, "outcome": outcome, "by": "watch"},
    }


def matches(pattern: dict[str, Any], event: dict[str, Any]) -> bool:
    """As EventBridge matches: each key of the pattern, one of its values."""
    return all(
        matches(wanted, event.get(key, {}))
        if isinstance(wanted, dict)
        else event.get(key) in wanted
        for key, wanted in pattern.items()
    )


@pytest.mark.parametrize(
    ("outcome", "told"), [("failed", True), ("stopped", True), ("warned", True), ("passed", False)]
)
def test_people_are_told_of_what_did_not_just_pass(
    targets: list[Target], outcome: str, *, told: bool
) -> None:
    for target in targets:
        rule = target.properties(RULE)
        assert rule["Name"] == f"{target.stack}-verdict"
        assert rule["State"] == "ENABLED"
        assert rule.get("EventBusName", "default") == "default"
        assert matches(rule["EventPattern"], verdict(target, outcome)) == told
        other = verdict(target, outcome) | {"source": "aws.codedeploy"}
        assert not matches(rule["EventPattern"], other)


def test_a_rule_tells_of_its_own_function_alone(full: Assembly) -> None:
    targets = targets_of(full)
    for target in targets:
        pattern = target.properties(RULE)["EventPattern"]
        matched = [other.stack for other in targets if matches(pattern, verdict(other, "failed"))]
        assert matched == [target.stack]


def sent_fields() -> set[str]:
    """What the gate puts into the detail of its event."""
    for node in ast.walk(ast.parse((LAMBDA / "canary" / "notice.py").read_text())):
        match node:
            case ast.Assign(targets=[ast.Name(id="detail")], value=ast.Dict(keys=keys)):
                return {str(key.value) for key in keys if isinstance(key, ast.Constant)}
    raise LookupError("notice.py has no detail")


def test_the_message_says_what_was_decided_why_and_where_the_record_is(
    assembly: Assembly, targets: list[Target]
) -> None:
    for target in targets:
        [sent] = target.properties(RULE)["Targets"]
        assert text(sent["Arn"]).endswith(f":{names.topic(assembly.delivery)}")
        paths = sent["InputTransformer"]["InputPathsMap"]
        message = sent["InputTransformer"]["InputTemplate"]
        named = {path.removeprefix("$.detail.") for path in paths.values()}
        assert named <= sent_fields()
        assert {"function", "deployment", "outcome", "verdict", "reason", "record"} <= named
        assert set(re.findall("<([^>]+)>", message)) == set(paths)
        assert "\n" not in json.loads(message)


def test_the_whole_gate_is_in_one_package(assembly: Assembly) -> None:
    folders = {f.name for f in LAMBDA.iterdir() if any(f.glob("*.py"))}
    assert set(GATE) == folders - {*SOURCE, RELEASE, ROTATION, PROVENANCE, JOBS}
    for target in targets_of(assembly):
        entries = ("pre_traffic", "watch", "post_traffic")
        assert len({json.dumps(part(target, entry)[1]["Code"]) for entry in entries}) == 1


def test_the_parts_of_the_gate_have_room_and_time(targets: list[Target]) -> None:
    """A hook behind the canary waits for the last minutes' counts, which settle in minutes."""
    for target in targets:
        limits = {
            entry: (p["MemorySize"], p["Timeout"])
            for entry in ("pre_traffic", "watch", "post_traffic")
            for _, p in [part(target, entry)]
        }
        assert limits == {
            "pre_traffic": (512, 900),
            "watch": (512, 120),
            "post_traffic": (512, 900),
        }
