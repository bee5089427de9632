"""A new version gets a canary's traffic first, and only while alarms and hooks watch it."""

from collections.abc import Iterator
from typing import Any

import pytest

from delivery import Service
from stacks import names
from tests.assembly import Assembly

ALIAS = "live"
OLDEST_PYTHON = (3, 13)


class Target:
    """The Lambda target of one service in one environment."""

    def __init__(self, assembly: Assembly, service: Service, environment: str) -> None:
        self.service = service
        self.stack = names.service_stack(assembly.delivery, service, environment)
        self.resources: dict[str, dict[str, Any]] = assembly.templates[self.stack]["Resources"]

    def all(self, resource_type: str) -> dict[str, dict[str, Any]]:
        """The resources of a type, whole, by logical id."""
        return {i: r for i, r in self.resources.items() if r["Type"] == resource_type}

    def one(self, resource_type: str) -> tuple[str, dict[str, Any]]:
        [found] = self.all(resource_type).items()
        return found

    def properties(self, resource_type: str) -> dict[str, Any]:
        return dict(self.one(resource_type)[1]["Properties"])

    @property
    def group_alarms(self) -> dict[str, dict[str, Any]]:
        """The alarms that the deployment group watches."""
        watched = self.properties("AWS::CodeDeploy::DeploymentGroup")["AlarmConfiguration"]
        ids = [alarm["Name"]["Ref"] for alarm in watched["Alarms"]]
        return {i: self.resources[i]["Properties"] for i in ids}

    @property
    def hooks(self) -> dict[str, str]:
        """The logical ids of the hooks' functions, by what the alias calls them."""
        _, alias = self.one("AWS::Lambda::Alias")
        update = alias["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]
        return {key: value["Ref"] for key, value in update.items() if key.endswith("Hook")}


@pytest.fixture
def targets(assembly: Assembly) -> list[Target]:
    found = [
        Target(assembly, service, environment)
        for service in assembly.delivery.services
        for environment in service.promotion
    ]
    assert len(found) >= 2
    return found


def metrics(alarm: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The metrics that an alarm on an expression reads."""
    for query in alarm["Metrics"]:
        if "MetricStat" in query:
            yield query["MetricStat"]["Metric"]


def test_every_function_runs_on_arm64_and_a_recent_python(targets: list[Target]) -> None:
    for target in targets:
        functions = target.all("AWS::Lambda::Function")
        assert len(functions) == 3
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
        read = {metric["MetricName"] for a in target.group_alarms.values() for metric in metrics(a)}
        assert len(target.group_alarms) == 2
        assert read == {"Errors", "Duration", "Invocations"}


def test_the_groups_alarms_read_the_new_version_behind_the_alias_and_nothing_wider(
    targets: list[Target],
) -> None:
    for target in targets:
        version_id, _ = target.one("AWS::Lambda::Version")
        for alarm in target.group_alarms.values():
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
            for alarm in target.group_alarms.values()
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


def test_a_hook_that_dies_raises_an_alarm_of_its_own(targets: list[Target]) -> None:
    for target in targets:
        watched = {
            alarm["Properties"]["Dimensions"][0]["Value"]["Ref"]: alarm["Properties"]["MetricName"]
            for alarm in target.all("AWS::CloudWatch::Alarm").values()
            if "Dimensions" in alarm["Properties"]
        }
        assert watched == dict.fromkeys(target.hooks.values(), "Errors")


def test_a_hook_alarm_stops_no_deployment(targets: list[Target]) -> None:
    """It is not in the group: a hook of the last release must not keep its repair out."""
    for target in targets:
        assert len(target.all("AWS::CloudWatch::Alarm")) == len(target.group_alarms) + 2


def test_hooks_are_told_which_function_and_alias_they_test(targets: list[Target]) -> None:
    for target in targets:
        for hook in target.hooks.values():
            variables = target.resources[hook]["Properties"]["Environment"]["Variables"]
            assert variables == {"FUNCTION_NAME": target.stack, "ALIAS": ALIAS}


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
        for alarm in target.group_alarms.values():
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
        found = [
            alarm["Properties"]
            for alarm in target.all("AWS::CloudWatch::Alarm").values()
            if "Dimensions" in alarm["Properties"]
        ]
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
