"""A deployment for Lambda: shifted by the minute, held by hooks and alarms, and taken back."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.world.inside.plugins.codedeploy.deployment import read_app_spec
from rehearsal.world.inside.plugins.codedeploy.traffic import predefined, steps
from rehearsal.world.world import World
from tests.rehearsal.world.conftest import Client
from tests.rehearsal.world.lambdas import function, role

SOURCE = "def handle(event, context): return context.function_version"
# Reports after two minutes what its name says, as who it is.
HOOK = """
import boto3, os, time

def handle(event, context):
    time.sleep(120)
    if context.function_name == "silent":
        return
    boto3.client("codedeploy").put_lifecycle_event_hook_execution_status(
        deploymentId=event["DeploymentId"],
        lifecycleEventHookExecutionId=event["LifecycleEventHookExecutionId"],
        status="Failed" if context.function_name == "refusing" else "Succeeded",
    )
"""
REPORT = {"Effect": "Allow", "Action": "codedeploy:PutLifecycle*", "Resource": "*"}
SERVICE = {
    "Effect": "Allow",
    "Action": ["lambda:*", "cloudwatch:DescribeAlarms"],
    "Resource": "*",
}
MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def group(aws: Client) -> str:
    """A deployment group for a function with two versions and an alias on the first."""
    client, codedeploy = aws("lambda"), aws("codedeploy")
    function(aws, "service", SOURCE)
    client.publish_version(FunctionName="service")
    client.update_function_configuration(FunctionName="service", Description="second")
    client.publish_version(FunctionName="service")
    client.create_alias(FunctionName="service", Name="live", FunctionVersion="1")
    for hook in ("agreeing", "refusing", "silent", "forbidden"):
        function(aws, hook, HOOK, *([REPORT] if hook != "forbidden" else []))
    aws("cloudwatch").put_metric_alarm(
        AlarmName="guard",
        Namespace="N",
        MetricName="bad",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="notBreaching",
    )
    codedeploy.create_application(applicationName="app", computePlatform="Lambda")
    codedeploy.create_deployment_group(
        applicationName="app",
        deploymentGroupName="group",
        serviceRoleArn=role(aws, "deployer", SERVICE, service="codedeploy"),
        deploymentConfigName="CodeDeployDefault.LambdaCanary10Percent5Minutes",
        alarmConfiguration={"enabled": True, "alarms": [{"name": "guard"}]},
        autoRollbackConfiguration={
            "enabled": True,
            "events": ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"],
        },
    )
    return "group"


@pytest.fixture(autouse=True)
def _from_the_first_version(world: World, aws: Client, group: str) -> None:
    world.clock.sleep(180)
    place(aws, "1")
    assert group


def place(aws: Client, version: str) -> None:
    aws("lambda").update_alias(
        FunctionName="service",
        Name="live",
        FunctionVersion=version,
        RoutingConfig={"AdditionalVersionWeights": {}},
    )


def alias(aws: Client) -> tuple[str, dict[str, float]]:
    found = aws("lambda").get_alias(FunctionName="service", Name="live")
    weights = (found.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
    return found["FunctionVersion"], weights


def deploy(aws: Client, before: str = "", after: str = "", config: str | None = None) -> str:
    hooks = {"BeforeAllowTraffic": before, "AfterAllowTraffic": after}
    spec = {
        "version": 0.0,
        "Resources": [
            {
                "service": {
                    "Type": "AWS::Lambda::Function",
                    "Properties": {
                        "Name": "service",
                        "Alias": "live",
                        "CurrentVersion": "1",
                        "TargetVersion": "2",
                    },
                }
            }
        ],
        "Hooks": [{event: name} for event, name in hooks.items() if name],
    }
    content = {"content": json.dumps(spec)}
    more = {"deploymentConfigName": config} if config else {}
    started: str = aws("codedeploy").create_deployment(
        applicationName="app",
        deploymentGroupName="group",
        revision={"revisionType": "AppSpecContent", "appSpecContent": content},
        **more,
    )["deploymentId"]
    return started


def info(aws: Client, deployment: str) -> dict[str, Any]:
    found: dict[str, Any] = aws("codedeploy").get_deployment(deploymentId=deployment)
    content: dict[str, Any] = found["deploymentInfo"]
    return content


def target(aws: Client, deployment: str) -> dict[str, Any]:
    codedeploy = aws("codedeploy")
    (only,) = codedeploy.list_deployment_targets(deploymentId=deployment)["targetIds"]
    found = codedeploy.get_deployment_target(deploymentId=deployment, targetId=only)
    content: dict[str, Any] = found["deploymentTarget"]["lambdaTarget"]
    return content


def events(aws: Client, deployment: str) -> dict[str, tuple[str, datetime | None, datetime | None]]:
    return {
        event["lifecycleEventName"]: (
            event["status"],
            event.get("startTime"),
            event.get("endTime"),
        )
        for event in target(aws, deployment)["lifecycleEvents"]
    }


def test_a_good_release_is_shifted_after_the_hook_and_the_canary(world: World, aws: Client) -> None:
    with world.clock.busy():
        began = world.clock.now()
        deployment = deploy(aws, "agreeing", "agreeing")
        world.clock.sleep(60)
        assert alias(aws) == ("1", {})
        assert events(aws, deployment)["BeforeAllowTraffic"] == ("InProgress", began, None)
        world.clock.sleep(120)
        assert alias(aws) == ("1", {"2": 0.1})
        about = target(aws, deployment)["lambdaFunctionInfo"]
        assert about == {
            "functionName": "service",
            "functionAlias": "live",
            "currentVersion": "1",
            "targetVersion": "2",
            "targetVersionWeight": 0.1,
        }
        world.clock.sleep(600)
    shift, end = began + 2 * MINUTE, began + 7 * MINUTE
    assert info(aws, deployment)["status"] == "Succeeded"
    assert alias(aws) == ("2", {})
    assert events(aws, deployment) == {
        "BeforeAllowTraffic": ("Succeeded", began, shift),
        "AllowTraffic": ("Succeeded", shift, end),
        "AfterAllowTraffic": ("Succeeded", end, end + 2 * MINUTE),
    }


def test_a_linear_release_grows_by_the_minute(world: World, aws: Client) -> None:
    with world.clock.busy():
        deployment = deploy(aws, config="CodeDeployDefault.LambdaLinear10PercentEvery1Minute")
        seen: list[float | None] = []
        for _ in range(10):
            world.clock.sleep(60 if seen else 30)
            seen.append(alias(aws)[1].get("2"))
    assert seen == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, None])
    assert info(aws, deployment)["status"] == "Succeeded"
    assert events(aws, deployment)["BeforeAllowTraffic"] == ("Skipped", None, None)


@pytest.mark.parametrize(("hook", "minutes"), [("refusing", 3), ("silent", 70), ("forbidden", 70)])
def test_a_hook_that_refuses_or_does_not_report_keeps_all_traffic_where_it_is(
    world: World, aws: Client, hook: str, minutes: int
) -> None:
    with world.clock.busy():
        deployment = deploy(aws, hook)
        world.clock.sleep(60 * minutes)
    ended = info(aws, deployment)
    assert ended["status"] == "Failed"
    assert ended["errorInformation"]["code"] == "HOOK_EXECUTION_FAILURE"
    assert events(aws, deployment)["BeforeAllowTraffic"][0] == "Failed"
    assert events(aws, deployment)["AllowTraffic"] == ("Pending", None, None)
    assert alias(aws) == ("1", {})


def test_a_red_alarm_stops_the_canary_and_takes_it_back(world: World, aws: Client) -> None:
    with world.clock.busy():
        began = world.clock.now()
        deployment = deploy(aws)
        world.clock.sleep(90)
        assert alias(aws) == ("1", {"2": 0.1})
        aws("cloudwatch").put_metric_data(
            Namespace="N", MetricData=[{"MetricName": "bad", "Value": 1}]
        )
        world.clock.sleep(100)
    ended = info(aws, deployment)
    assert (ended["status"], ended["errorInformation"]["code"]) == ("Stopped", "ALARM_ACTIVE")
    assert ended["completeTime"] - began < 3 * MINUTE
    assert alias(aws) == ("1", {})
    back = info(aws, ended["rollbackInfo"]["rollbackDeploymentId"])
    assert (back["status"], back["creator"]) == ("Succeeded", "codeDeployRollback")
    assert back["rollbackInfo"]["rollbackTriggeringDeploymentId"] == deployment


def test_each_end_is_told_on_the_event_bus(world: World, aws: Client) -> None:
    told = aws("sqs").create_queue(QueueName="ends")["QueueUrl"]
    arn = f"arn:aws:sqs:{world.region}:{world.account}:ends"
    pattern = {"source": ["aws.codedeploy", "aws.cloudwatch"]}
    aws("events").put_rule(Name="ends", EventPattern=json.dumps(pattern))
    aws("events").put_targets(Rule="ends", Targets=[{"Id": "queue", "Arn": arn}])
    with world.clock.busy():
        deployment = deploy(aws, "refusing")
        world.clock.sleep(200)
    found = aws("sqs").receive_message(QueueUrl=told, MaxNumberOfMessages=10)["Messages"]
    details = [json.loads(each["Body"])["detail"] for each in found]
    assert [each["state"] for each in details] == ["START", "FAILURE", "START", "SUCCESS"]
    back = info(aws, deployment)["rollbackInfo"]["rollbackDeploymentId"]
    assert [each["deploymentId"] for each in details] == [deployment, deployment, back, back]


def test_a_red_alarm_at_the_start_lets_nothing_begin(world: World, aws: Client) -> None:
    aws("cloudwatch").set_alarm_state(AlarmName="guard", StateValue="ALARM", StateReason="test")
    with world.clock.busy():
        deployment = deploy(aws)
        world.clock.sleep(1)
    assert info(aws, deployment)["errorInformation"]["code"] == "ALARM_ACTIVE"
    assert alias(aws) == ("1", {})


@pytest.mark.parametrize("left", [{}, {"2": 0.1}])
def test_who_stops_a_deployment_says_whether_it_is_taken_back(
    world: World, aws: Client, left: dict[str, float]
) -> None:
    with world.clock.busy():
        deployment = deploy(aws)
        world.clock.sleep(90)
        aws("codedeploy").stop_deployment(deploymentId=deployment, autoRollbackEnabled=not left)
        world.clock.sleep(1)
    ended = info(aws, deployment)
    assert (ended["status"], ended["errorInformation"]["code"]) == ("Stopped", "MANUAL_STOP")
    assert alias(aws) == ("1", left)
    with pytest.raises(ClientError, match="DeploymentAlreadyCompletedException"):
        aws("codedeploy").stop_deployment(deploymentId=deployment)


def test_the_service_role_needs_its_permissions(world: World, aws: Client) -> None:
    aws("codedeploy").create_deployment_group(
        applicationName="app",
        deploymentGroupName="poor",
        serviceRoleArn=role(aws, "poor", service="codedeploy"),
        deploymentConfigName="CodeDeployDefault.LambdaAllAtOnce",
    )
    spec = """
version: 0.0
Resources:
  - service:
      Type: AWS::Lambda::Function
      Properties: {Name: service, Alias: live, CurrentVersion: "1", TargetVersion: "2"}
"""
    with world.clock.busy():
        deployment = aws("codedeploy").create_deployment(
            applicationName="app",
            deploymentGroupName="poor",
            revision={"revisionType": "AppSpecContent", "appSpecContent": {"content": spec}},
        )["deploymentId"]
        world.clock.sleep(1)
    ended = info(aws, deployment)
    assert ended["status"] == "Failed"
    assert "AccessDenied" in ended["errorInformation"]["message"]


def test_what_there_is_not_is_refused_by_its_own_name(aws: Client) -> None:
    with pytest.raises(ClientError, match="DeploymentDoesNotExistException"):
        info(aws, "d-NOTTHERE1")
    with pytest.raises(ClientError, match="UnknownOperationException"):
        aws("codedeploy").list_git_hub_account_token_names()
    with pytest.raises(ValueError, match="no AppSpec"):
        read_app_spec("version: 0.0")


def test_a_predefined_configuration_does_what_its_name_says() -> None:
    routing = predefined()
    canary = routing["CodeDeployDefault.LambdaCanary10Percent15Minutes"]
    linear = routing["CodeDeployDefault.LambdaLinear10PercentEvery2Minutes"]
    assert list(steps(canary)) == [(0.1, 900.0)]
    assert [weight for weight, _ in steps(linear)] == pytest.approx([n / 10 for n in range(1, 10)])
    assert {seconds for _, seconds in steps(linear)} == {120.0}
    assert list(steps(routing["CodeDeployDefault.LambdaAllAtOnce"])) == []
