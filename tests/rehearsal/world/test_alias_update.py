"""A stack moves its alias to a new version by CodeDeploy, and rolls back when that fails."""

import json
from typing import Any

import pytest

from rehearsal.world.world import World
from tests.rehearsal.world.conftest import Client
from tests.rehearsal.world.lambdas import TRUST

CODE = "def handle(event, context): return {!r}"
# Reports after a minute: yes, but for a release that calls itself bad.
HOOK = """
import boto3, json, time

def handle(event, context):
    time.sleep(60)
    codedeploy, client = boto3.client("codedeploy"), boto3.client("lambda")
    of = {"deploymentId": event["DeploymentId"]}
    (target,) = codedeploy.list_deployment_targets(**of)["targetIds"]
    found = codedeploy.get_deployment_target(**of, targetId=target)["deploymentTarget"]
    version = found["lambdaTarget"]["lambdaFunctionInfo"]["targetVersion"]
    answer = client.invoke(FunctionName="app", Qualifier=version, Payload="{}")["Payload"].read()
    codedeploy.put_lifecycle_event_hook_execution_status(
        **of,
        lifecycleEventHookExecutionId=event["LifecycleEventHookExecutionId"],
        status="Failed" if json.loads(answer) == "bad" else "Succeeded",
    )
"""


def role(service: str, *statements: dict[str, Any]) -> dict[str, Any]:
    trust = json.loads(json.dumps(TRUST).replace("lambda.", f"{service}."))
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    policies = [{"PolicyName": "inline", "PolicyDocument": document}] if statements else []
    properties = {"AssumeRolePolicyDocument": trust, "Policies": policies}
    return {"Type": "AWS::IAM::Role", "Properties": properties}


def allow(resource: object, *actions: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource}


def arn(logical_id: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [logical_id, "Arn"]}


def function(name: str, code: str, role_id: str) -> dict[str, Any]:
    properties = {
        "FunctionName": name,
        "Role": arn(role_id),
        "Runtime": "python3.13",
        "Handler": "index.handle",
        "Timeout": 300,
        "Code": {"ZipFile": code},
    }
    return {"Type": "AWS::Lambda::Function", "Properties": properties}


def template(answer: str, extra: dict[str, Any] | None = None) -> str:
    """A function that answers so, its version, and its alias behind hook, canary and alarm."""
    version = f"Version{answer.capitalize()}"
    group = {
        "ApplicationName": {"Ref": "Application"},
        "DeploymentGroupName": "live",
        "DeploymentConfigName": {"Ref": "Shift"},
        "ServiceRoleArn": arn("ShiftingRole"),
        "DeploymentStyle": {
            "DeploymentOption": "WITH_TRAFFIC_CONTROL",
            "DeploymentType": "BLUE_GREEN",
        },
        "AlarmConfiguration": {
            "Enabled": True,
            "Alarms": [{"Name": {"Ref": "Alarm"}}],
            "IgnorePollAlarmFailure": False,
        },
        "AutoRollbackConfiguration": {
            "Enabled": True,
            "Events": ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"],
        },
    }
    shift = {
        "ComputePlatform": "Lambda",
        "TrafficRoutingConfig": {
            "Type": "TimeBasedCanary",
            "TimeBasedCanary": {"CanaryPercentage": "20", "CanaryInterval": 15},
        },
    }
    alarm = {
        "AlarmName": "trouble",
        "Namespace": "N",
        "MetricName": "bad",
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 0,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
    }
    service = allow("*", "lambda:*", "cloudwatch:DescribeAlarms")
    resources: dict[str, Any] = {
        "AppRole": role("lambda"),
        "App": function("app", CODE.format(answer), "AppRole"),
        version: {
            "Type": "AWS::Lambda::Version",
            "DeletionPolicy": "RetainExceptOnCreate",
            "UpdateReplacePolicy": "Retain",
            "Properties": {"FunctionName": {"Ref": "App"}},
        },
        "Alias": {
            "Type": "AWS::Lambda::Alias",
            "Properties": {
                "FunctionName": {"Ref": "App"},
                "FunctionVersion": {"Fn::GetAtt": [version, "Version"]},
                "Name": "live",
            },
            "UpdatePolicy": {
                "CodeDeployLambdaAliasUpdate": {
                    "ApplicationName": {"Ref": "Application"},
                    "DeploymentGroupName": {"Ref": "Group"},
                    "BeforeAllowTrafficHook": {"Ref": "Hook"},
                }
            },
            "DependsOn": ["HookRole"],
        },
        "HookRole": role("lambda", allow("*", "codedeploy:*", "lambda:InvokeFunction")),
        "Hook": function("hook", HOOK, "HookRole"),
        "ShiftingRole": role("codedeploy", service),
        "Alarm": {"Type": "AWS::CloudWatch::Alarm", "Properties": alarm},
        "Application": {
            "Type": "AWS::CodeDeploy::Application",
            "Properties": {"ComputePlatform": "Lambda"},
        },
        "Shift": {"Type": "AWS::CodeDeploy::DeploymentConfig", "Properties": shift},
        "Group": {"Type": "AWS::CodeDeploy::DeploymentGroup", "Properties": group},
        **(extra or {}),
    }
    return json.dumps({"Resources": resources})


@pytest.fixture(scope="module")
def stack(world: World, aws: Client) -> str:
    """A stack whose alias is on version 1, which was never deployed by CodeDeploy."""
    with world.clock.busy():
        create = aws("cloudformation").create_stack
        create(StackName="app", TemplateBody=template("one"), Capabilities=["CAPABILITY_IAM"])
        wait(world, aws)
    assert status(aws) == "CREATE_COMPLETE"
    assert alias(aws) == ("1", {})
    assert aws("codedeploy").list_deployments()["deployments"] == []
    return "app"


def update(aws: Client, body: str) -> None:
    change = aws("cloudformation").update_stack
    change(StackName="app", TemplateBody=body, Capabilities=["CAPABILITY_IAM"])


def status(aws: Client) -> str:
    (found,) = aws("cloudformation").describe_stacks(StackName="app")["Stacks"]
    return str(found["StackStatus"])


def wait(world: World, aws: Client) -> None:
    for _ in range(60):
        if not status(aws).endswith("IN_PROGRESS"):
            return
        world.clock.sleep(60)


def alias(aws: Client) -> tuple[str, dict[str, float]]:
    found = aws("lambda").get_alias(FunctionName="app", Name="live")
    weights = (found.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
    return found["FunctionVersion"], weights


def versions(aws: Client) -> list[str]:
    found = aws("lambda").list_versions_by_function(FunctionName="app")["Versions"]
    return [each["Version"] for each in found]


def live(aws: Client) -> object:
    answer = aws("lambda").invoke(FunctionName="app", Qualifier="live", Payload="{}")
    return json.loads(answer["Payload"].read())


def newest(aws: Client) -> dict[str, Any]:
    """The newest deployment that was no rollback."""
    for identity in aws("codedeploy").list_deployments()["deployments"]:
        found = aws("codedeploy").get_deployment(deploymentId=identity)["deploymentInfo"]
        if found["creator"] == "CloudFormation":
            return dict(found)
    raise LookupError("CloudFormation has deployed nothing")


def why(aws: Client, logical_id: str) -> str:
    found = aws("cloudformation").describe_stack_events(StackName="app")["StackEvents"]
    for event in found:
        if event["LogicalResourceId"] == logical_id and event["ResourceStatus"] == "UPDATE_FAILED":
            return str(event["ResourceStatusReason"])
    raise LookupError(f"{logical_id} has not failed")


def test_a_good_release_is_shifted_behind_hook_and_canary(
    world: World, aws: Client, stack: str
) -> None:
    with world.clock.busy():
        began = world.clock.now()
        update(aws, template("two"))
        world.clock.sleep(30)
        seen = [alias(aws)]
        for _ in range(16):
            world.clock.sleep(60)
            seen.append(alias(aws))
        assert status(aws) == "UPDATE_COMPLETE"
    # After the hook's minute, for a quarter of an hour.
    assert seen == [("1", {}), *[("1", {"2": 0.2})] * 15, ("2", {})], stack
    deployment = newest(aws)
    assert deployment["status"] == "Succeeded"
    assert (deployment["completeTime"] - began).total_seconds() == 16 * 60
    assert versions(aws) == ["$LATEST", "1", "2"]
    assert live(aws) == "two"


def test_a_hook_that_refuses_rolls_the_stack_back(world: World, aws: Client, stack: str) -> None:
    with world.clock.busy():
        before = alias(aws), versions(aws), live(aws)
        update(aws, template("bad"))
        wait(world, aws)
    assert status(aws) == "UPDATE_ROLLBACK_COMPLETE", stack
    assert (alias(aws), versions(aws), live(aws)) == before
    assert newest(aws)["errorInformation"]["code"] == "HOOK_EXECUTION_FAILURE"
    assert "HOOK_EXECUTION_FAILURE" in why(aws, "Alias")


def test_a_red_alarm_during_the_canary_rolls_the_stack_back(
    world: World, aws: Client, stack: str
) -> None:
    with world.clock.busy():
        before = alias(aws), versions(aws), live(aws)
        update(aws, template("three"))
        world.clock.sleep(300)
        assert list(alias(aws)[1].values()) == [0.2]
        data = [{"MetricName": "bad", "Value": 1}]
        aws("cloudwatch").put_metric_data(Namespace="N", MetricData=data)
        world.clock.sleep(120)
        assert status(aws) == "UPDATE_ROLLBACK_COMPLETE", stack
    assert (alias(aws), versions(aws), live(aws)) == before
    assert newest(aws)["errorInformation"]["code"] == "ALARM_ACTIVE"


def test_what_fails_after_the_shift_puts_the_alias_back(
    world: World, aws: Client, stack: str
) -> None:
    broken = {
        "Broken": {
            "Type": "AWS::Lambda::Alias",
            "DependsOn": ["Alias"],
            "Properties": {"FunctionName": "app", "FunctionVersion": "1", "Name": "live"},
        }
    }
    with world.clock.busy():
        world.clock.sleep(180)
        before = alias(aws), versions(aws), live(aws)
        update(aws, template("four", broken))
        wait(world, aws)
    assert status(aws) == "UPDATE_ROLLBACK_COMPLETE", stack
    assert newest(aws)["status"] == "Succeeded"
    assert (alias(aws), versions(aws), live(aws)) == before
