"""A new version gets a canary's traffic first, and only while alarms and hooks watch it."""

from collections.abc import Iterator
from typing import Any

import pytest

from stacks import names
from tests.assembly import Assembly
from tests.stacks.target import ALIAS, Target, targets_of

OLDEST_PYTHON = (3, 13)


@pytest.fixture
def targets(assembly: Assembly) -> list[Target]:
    return targets_of(assembly)


def metrics(alarm: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The metrics that an alarm on an expression reads."""
    for query in alarm["Metrics"]:
        if "MetricStat" in query:
            yield query["MetricStat"]["Metric"]


def test_every_function_runs_on_arm64_and_a_recent_python(targets: list[Target]) -> None:
    for target in targets:
        functions = target.all("AWS::Lambda::Function")
        generates = any(
            secret.origin == "generated" and secret.used_by == "function"
            for secret in target.service.secrets
        )
        # The workload, two hooks and a watch; what rotates its secrets.
        assert len(functions) == 4 + generates
        for function in functions.values():
            assert function["Properties"]["Architectures"] == ["arm64"]
            runtime = function["Properties"]["Runtime"].removeprefix("python")
            assert tuple(map(int, runtime.split("."))) >= OLDEST_PYTHON


def test_the_function_runs_what_the_delivery_file_says(targets: list[Target]) -> None:
    for target in targets:
        [function] = [
            f["Properties"]
            for f in target.all("AWS::Lambda::Function").values()
            if f["Properties"]["FunctionName"] == target.stack
        ]
        service = target.service
        assert function["Handler"] == service.handler
        assert function["MemorySize"] == service.memory_mb
        assert function["Timeout"] == service.timeout_seconds


def test_the_alias_live_stands_on_the_new_version_of_the_function(targets: list[Target]) -> None:
    for target in targets:
        version_id, version = target.one("AWS::Lambda::Version")
        alias = target.properties("AWS::Lambda::Alias")
        assert alias["Name"] == ALIAS
        assert alias["FunctionVersion"] == {"Fn::GetAtt": [version_id, "Version"]}
        assert alias["FunctionName"] == version["Properties"]["FunctionName"]
        function = target.resources[alias["FunctionName"]["Ref"]]["Properties"]
        assert function["FunctionName"] == target.stack


def test_an_old_version_is_kept_unless_its_own_release_failed(targets: list[Target]) -> None:
    for target in targets:
        _, version = target.one("AWS::Lambda::Version")
        assert version["DeletionPolicy"] == "RetainExceptOnCreate"
        assert version["UpdateReplacePolicy"] == "Retain"


def test_the_canary_is_the_delivery_files(targets: list[Target]) -> None:
    for target in targets:
        config_id, config = target.one("AWS::CodeDeploy::DeploymentConfig")
        canary = target.service.canary
        assert config["Properties"]["TrafficRoutingConfig"] == {
            "Type": "TimeBasedCanary",
            "TimeBasedCanary": {
                "CanaryPercentage": canary.percent,
                "CanaryInterval": canary.minutes,
            },
        }
        group = target.properties("AWS::CodeDeploy::DeploymentGroup")
        assert group["DeploymentConfigName"] == {"Ref": config_id}


def test_another_canary_gets_another_name_as_codedeploy_cannot_change_one(
    full: Assembly,
) -> None:
    orders, invoices = (Target(full, service, "prod") for service in full.delivery.services)
    named = [
        target.properties("AWS::CodeDeploy::DeploymentConfig")["DeploymentConfigName"]
        for target in (orders, invoices)
    ]
    assert named == ["acme-orders-prod-5pct-30min", "acme-invoices-prod-10pct-15min"]


def test_a_deployment_rolls_back_on_failure_on_an_alarm_and_on_a_stop(
    targets: list[Target],
) -> None:
    for target in targets:
        rollback = target.properties("AWS::CodeDeploy::DeploymentGroup")[
            "AutoRollbackConfiguration"
        ]
        assert rollback["Enabled"] is True
        assert set(rollback["Events"]) == {
            "DEPLOYMENT_FAILURE",
            "DEPLOYMENT_STOP_ON_ALARM",
            "DEPLOYMENT_STOP_ON_REQUEST",
        }


def test_a_deployment_stops_where_its_alarms_cannot_be_read(targets: list[Target]) -> None:
    for target in targets:
        alarms = target.properties("AWS::CodeDeploy::DeploymentGroup")["AlarmConfiguration"]
        assert alarms["Enabled"] is True
        assert alarms["IgnorePollAlarmFailure"] is False


def test_the_group_watches_errors_and_slow_requests(targets: list[Target]) -> None:
    for target in targets:
        read = {metric["MetricName"] for a in target.measures.values() for metric in metrics(a)}
        assert len(target.measures) == 2
        assert len(target.group_alarms) == 3
        assert read == {"Errors", "Duration", "Invocations"}


def test_the_groups_alarms_read_the_new_version_behind_the_alias_and_nothing_wider(
    targets: list[Target],
) -> None:
    for target in targets:
        version_id, _ = target.one("AWS::Lambda::Version")
        assert target.measures
        for alarm in target.measures.values():
            assert "Dimensions" not in alarm
            read = list(metrics(alarm))
            assert len(read) == 2
            for metric in read:
                assert {d["Name"]: d["Value"] for d in metric["Dimensions"]} == {
                    "FunctionName": target.stack,
                    "Resource": f"{target.stack}:{ALIAS}",
                    "ExecutedVersion": {"Fn::GetAtt": [version_id, "Version"]},
                }


def test_slow_is_what_the_delivery_file_calls_slow(targets: list[Target]) -> None:
    for target in targets:
        [slow] = [
            query["MetricStat"]["Stat"]
            for alarm in target.measures.values()
            for query in alarm["Metrics"]
            if query.get("MetricStat", {}).get("Metric", {}).get("MetricName") == "Duration"
        ]
        assert slow == f"TC({target.service.objectives.latency_ms}:)"


def test_the_alias_moves_after_its_alarms_its_group_and_its_hooks(targets: list[Target]) -> None:
    for target in targets:
        _, alias = target.one("AWS::Lambda::Alias")
        group_id, _ = target.one("AWS::CodeDeploy::DeploymentGroup")
        assert len(set(target.hooks.values())) == 2
        before = {group_id, *target.group_alarms, *target.hooks.values()}
        assert before <= set(alias["DependsOn"])


def test_both_hooks_stand_in_the_alias_update_policy(targets: list[Target]) -> None:
    for target in targets:
        _, alias = target.one("AWS::Lambda::Alias")
        application_id, _ = target.one("AWS::CodeDeploy::Application")
        group_id, _ = target.one("AWS::CodeDeploy::DeploymentGroup")
        update = alias["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]
        assert update["ApplicationName"] == {"Ref": application_id}
        assert update["DeploymentGroupName"] == {"Ref": group_id}
        handlers = {
            hook: target.resources[function]["Properties"]["Handler"]
            for hook, function in target.hooks.items()
        }
        assert handlers == {
            "BeforeAllowTrafficHook": "pre_traffic.handle",
            "AfterAllowTrafficHook": "post_traffic.handle",
        }


def hook_alarms(target: Target) -> list[dict[str, Any]]:
    """The alarms on one metric that are not the group's, nor of what rotates secrets."""
    return [
        alarm["Properties"]
        for logical_id, alarm in target.gate_alarms.items()
        if "Dimensions" in alarm["Properties"] and logical_id not in target.group_alarms
    ]


def test_a_hook_that_dies_raises_an_alarm_of_its_own(targets: list[Target]) -> None:
    for target in targets:
        watched = {
            alarm["Dimensions"][0]["Value"]["Ref"]: alarm["MetricName"]
            for alarm in hook_alarms(target)
        }
        assert watched == dict.fromkeys(target.hooks.values(), "Errors")


def test_a_hook_alarm_stops_no_deployment(targets: list[Target]) -> None:
    """It is not in the group: a hook of the last release must not keep its repair out."""
    for target in targets:
        watched = {
            dimension["Value"].get("Ref")
            for alarm in target.group_alarms.values()
            for dimension in alarm.get("Dimensions", [])
            if isinstance(dimension["Value"], dict)
        }
        assert not watched & set(target.hooks.values())
        assert len(hook_alarms(target)) == 2


def test_the_group_is_the_alias_own_in_the_application_of_its_function(
    targets: list[Target],
) -> None:
    for target in targets:
        application_id, application = target.one("AWS::CodeDeploy::Application")
        group = target.properties("AWS::CodeDeploy::DeploymentGroup")
        assert application["Properties"]["ApplicationName"] == target.stack
        assert group["ApplicationName"] == {"Ref": application_id}
        assert group["DeploymentGroupName"] == ALIAS


def test_traffic_is_shifted_and_never_just_switched(targets: list[Target]) -> None:
    for target in targets:
        group = target.properties("AWS::CodeDeploy::DeploymentGroup")
        assert group["DeploymentStyle"] == {
            "DeploymentOption": "WITH_TRAFFIC_CONTROL",
            "DeploymentType": "BLUE_GREEN",
        }
        for kind in ("AWS::CodeDeploy::Application", "AWS::CodeDeploy::DeploymentConfig"):
            assert target.properties(kind)["ComputePlatform"] == "Lambda"


def test_the_groups_alarms_judge_each_minute_of_lambdas_own_metrics(
    targets: list[Target],
) -> None:
    """One minute above the objective is enough, and the alarm is on the expression alone."""
    for target in targets:
        for alarm in target.measures.values():
            [expression] = [q for q in alarm["Metrics"] if "Expression" in q]
            read = {q["Id"]: q["MetricStat"] for q in alarm["Metrics"] if "MetricStat" in q}
            assert set(read) == {"bad", "requests"}
            for stat in read.values():
                assert stat["Metric"]["Namespace"] == "AWS/Lambda"
                assert stat["Period"] == 60
            assert read["requests"]["Metric"]["MetricName"] == "Invocations"
            assert read["requests"]["Stat"] == "Sum"
            if read["bad"]["Metric"]["MetricName"] == "Errors":
                assert read["bad"]["Stat"] == "Sum"
            returned = [q["Id"] for q in alarm["Metrics"] if q.get("ReturnData", True)]
            assert returned == [expression["Id"]]
            assert alarm["DatapointsToAlarm"] == 1
            assert alarm["EvaluationPeriods"] >= 1
            assert alarm["TreatMissingData"] == "notBreaching"


ONE_ERROR = {
    "Namespace": "AWS/Lambda",
    "MetricName": "Errors",
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 0,
    "ComparisonOperator": "GreaterThanThreshold",
    "TreatMissingData": "notBreaching",
}


def test_one_error_of_a_hook_raises_its_alarm(targets: list[Target]) -> None:
    for target in targets:
        found = hook_alarms(target)
        assert len(found) == 2
        for alarm in found:
            assert [dimension["Name"] for dimension in alarm["Dimensions"]] == ["FunctionName"]
            assert {key: alarm[key] for key in ONE_ERROR} == ONE_ERROR


def test_every_alarm_of_a_target_tells_the_deliverys_topic(
    assembly: Assembly, targets: list[Target]
) -> None:
    for target in targets:
        for alarm in target.all("AWS::CloudWatch::Alarm").values():
            [action] = alarm["Properties"]["AlarmActions"]
            arn = action if isinstance(action, str) else action["Fn::Join"][1][-1]
            assert arn.rpartition(":")[2] == names.topic(assembly.delivery)


def test_each_function_writes_structured_logs_to_a_group_of_its_own(
    targets: list[Target],
) -> None:
    for target in targets:
        groups = []
        for function in target.all("AWS::Lambda::Function").values():
            logging = function["Properties"]["LoggingConfig"]
            assert logging["LogFormat"] == "JSON"
            groups.append(logging["LogGroup"]["Ref"])
        assert sorted(groups) == sorted(target.all("AWS::Logs::LogGroup"))


def test_a_hook_has_minutes_and_not_lambdas_three_seconds(targets: list[Target]) -> None:
    """CodeDeploy waits an hour for its report; Lambda ends it after 15 minutes at most."""
    for target in targets:
        for hook in target.hooks.values():
            assert 60 <= target.resources[hook]["Properties"]["Timeout"] <= 900
