"""CodeDeploy's applications, groups and configurations, by the API and by templates."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.world.world import World
from tests.rehearsal.world.conftest import Client
from tests.rehearsal.world.lambdas import function, role

MAY = {"Effect": "Allow", "Action": ["lambda:*", "cloudwatch:DescribeAlarms"], "Resource": "*"}
CANARY = {
    "type": "TimeBasedCanary",
    "timeBasedCanary": {"canaryPercentage": 25, "canaryInterval": 2},
}


@pytest.fixture(scope="module")
def trusted(aws: Client) -> str:
    """A role that CodeDeploy may assume, and an application with a function to deploy."""
    function(aws, "service", "def handle(event, context): return 1")
    for description in ("first", "second"):
        aws("lambda").update_function_configuration(FunctionName="service", Description=description)
        aws("lambda").publish_version(FunctionName="service")
    aws("codedeploy").create_application(applicationName="app", computePlatform="Lambda")
    return role(aws, "trusted", MAY, service="codedeploy")


def group(aws: Client, name: str, role_arn: str, **more: object) -> None:
    of = {"applicationName": "app", "deploymentGroupName": name, "serviceRoleArn": role_arn}
    aws("codedeploy").create_deployment_group(**of, **more)


def deploy(aws: Client, name: str, current: str = "1", target: str = "2") -> str:
    moved = {"Name": "service", "Alias": name, "CurrentVersion": current, "TargetVersion": target}
    resource = {"service": {"Type": "AWS::Lambda::Function", "Properties": moved}}
    content = {"content": json.dumps({"version": 0.0, "Resources": [resource]})}
    started: str = aws("codedeploy").create_deployment(
        applicationName="app",
        deploymentGroupName=name,
        revision={"revisionType": "AppSpecContent", "appSpecContent": content},
    )["deploymentId"]
    return started


def ended(world: World, aws: Client, name: str, **versions: str) -> dict[str, Any]:
    """How a deployment ended that had ten minutes."""
    aws("lambda").create_alias(FunctionName="service", Name=name, FunctionVersion="1")
    with world.clock.busy():
        deployment = deploy(aws, name, **versions)
        world.clock.sleep(600)
    found = aws("codedeploy").get_deployment(deploymentId=deployment)["deploymentInfo"]
    return {"status": found["status"], "code": found.get("errorInformation", {}).get("code")}


def test_what_is_made_is_listed_changed_and_deleted(aws: Client, trusted: str) -> None:
    codedeploy = aws("codedeploy")
    codedeploy.create_deployment_config(
        deploymentConfigName="quarter", computePlatform="Lambda", trafficRoutingConfig=CANARY
    )
    assert "quarter" in codedeploy.list_deployment_configs()["deploymentConfigsList"]
    found = codedeploy.get_deployment_config(deploymentConfigName="quarter")
    assert found["deploymentConfigInfo"]["trafficRoutingConfig"] == CANARY
    group(aws, "kept", trusted, deploymentConfigName="quarter", tags=[{"Key": "k", "Value": "v"}])
    codedeploy.update_deployment_group(
        applicationName="app",
        currentDeploymentGroupName="kept",
        newDeploymentGroupName="renamed",
        autoRollbackConfiguration={"enabled": True, "events": ["DEPLOYMENT_FAILURE"]},
    )
    assert codedeploy.list_deployment_groups(applicationName="app")["deploymentGroups"] == [
        "renamed"
    ]
    of = {"applicationName": "app", "deploymentGroupName": "renamed"}
    shown = codedeploy.get_deployment_group(**of)["deploymentGroupInfo"]
    assert shown["autoRollbackConfiguration"]["enabled"]
    assert shown["deploymentConfigName"] == "quarter"
    with pytest.raises(ClientError, match="DeploymentConfigInUseException"):
        codedeploy.delete_deployment_config(deploymentConfigName="quarter")
    codedeploy.delete_deployment_group(**of)
    codedeploy.delete_deployment_config(deploymentConfigName="quarter")
    with pytest.raises(ClientError, match="DeploymentGroupDoesNotExistException"):
        codedeploy.get_deployment_group(**of)
    codedeploy.update_application(applicationName="app", newApplicationName="other")
    assert codedeploy.list_applications()["applications"] == ["other"]
    codedeploy.update_application(applicationName="other", newApplicationName="app")


def test_a_role_must_trust_codedeploy_for_that_group(aws: Client, trusted: str) -> None:
    other = role(aws, "other", MAY, service="lambda")
    with pytest.raises(ClientError, match="InvalidRoleException"):
        group(aws, "untrusted", other)
    trust = aws("iam").get_role(RoleName="trusted")["Role"]["AssumeRolePolicyDocument"]
    trust["Statement"][0]["Condition"] = {
        "ArnLike": {"aws:SourceArn": "arn:aws:codedeploy:*:*:deploymentgroup:app/this"}
    }
    created = aws("iam").create_role(RoleName="narrow", AssumeRolePolicyDocument=json.dumps(trust))
    group(aws, "this", created["Role"]["Arn"])
    with pytest.raises(ClientError, match="InvalidRoleException"):
        group(aws, "that", created["Role"]["Arn"])
    assert trusted


@pytest.mark.parametrize(
    ("ignore", "status", "code"), [(False, "Stopped", "ALARM_ACTIVE"), (True, "Succeeded", None)]
)
def test_an_alarm_that_cannot_be_read_stops_unless_that_is_ignored(
    world: World, aws: Client, trusted: str, *, ignore: bool, status: str, code: str | None
) -> None:
    name = f"unread-{ignore}".lower()
    alarms = {
        "enabled": True,
        "alarms": [{"name": "not-there"}],
        "ignorePollAlarmFailure": ignore,
    }
    group(aws, name, trusted, alarmConfiguration=alarms)
    assert ended(world, aws, name) == {"status": status, "code": code}


@pytest.mark.parametrize(("current", "target"), [("2", "1"), ("1", "1")])
def test_the_alias_must_be_where_the_app_spec_says_and_go_somewhere(
    world: World, aws: Client, trusted: str, current: str, target: str
) -> None:
    name = f"from-{current}-to-{target}"
    group(aws, name, trusted)
    found = ended(world, aws, name, current=current, target=target)
    assert found == {"status": "Failed", "code": "INVALID_LAMBDA_CONFIGURATION"}


def test_a_group_has_one_deployment_at_a_time(world: World, aws: Client, trusted: str) -> None:
    config = "CodeDeployDefault.LambdaCanary10Percent5Minutes"
    group(aws, "busy", trusted, deploymentConfigName=config)
    aws("lambda").create_alias(FunctionName="service", Name="busy", FunctionVersion="1")
    with world.clock.busy():
        deploy(aws, "busy")
        with pytest.raises(ClientError, match="DeploymentLimitExceededException"):
            deploy(aws, "busy")
        world.clock.sleep(600)
        second = deploy(aws, "busy", current="2", target="1")
    assert second in aws("codedeploy").list_deployments()["deployments"]


def test_a_template_makes_changes_and_removes_a_group(
    world: World, aws: Client, trusted: str
) -> None:
    properties: dict[str, Any] = {
        "ApplicationName": {"Ref": "Application"},
        "DeploymentGroupName": "live",
        "ServiceRoleArn": trusted,
        "AutoRollbackConfiguration": {"Enabled": "true", "Events": ["DEPLOYMENT_FAILURE"]},
        "Tags": [{"Key": "team", "Value": "orders"}],
    }
    application = {"ApplicationName": "made", "ComputePlatform": "Lambda"}
    kind = "AWS::CodeDeploy"
    body = {
        "Resources": {
            "Application": {"Type": f"{kind}::Application", "Properties": application},
            "Group": {"Type": f"{kind}::DeploymentGroup", "Properties": properties},
        }
    }
    codedeploy, cloudformation = aws("codedeploy"), aws("cloudformation")

    def stack(change: Callable[..., object]) -> str:
        with world.clock.busy():
            change(StackName="made", TemplateBody=json.dumps(body))
            world.clock.sleep(1)
        found = cloudformation.describe_stacks(StackName="made")["Stacks"]
        return str(found[0]["StackStatus"])

    def shown() -> dict[str, Any]:
        of = {"applicationName": "made", "deploymentGroupName": "live"}
        found: dict[str, Any] = codedeploy.get_deployment_group(**of)["deploymentGroupInfo"]
        return found

    assert stack(cloudformation.create_stack) == "CREATE_COMPLETE"
    assert shown()["autoRollbackConfiguration"]["events"] == ["DEPLOYMENT_FAILURE"]
    arn = f"arn:aws:codedeploy:{world.region}:{world.account}:deploymentgroup:made/live"
    tags = codedeploy.list_tags_for_resource(ResourceArn=arn)["Tags"]
    assert {"Key": "team", "Value": "orders"} in tags
    del properties["AutoRollbackConfiguration"]
    properties["DeploymentConfigName"] = "CodeDeployDefault.LambdaCanary10Percent5Minutes"
    assert stack(cloudformation.update_stack) == "UPDATE_COMPLETE"
    assert shown()["autoRollbackConfiguration"] == {"enabled": False}
    assert shown()["deploymentConfigName"] == properties["DeploymentConfigName"]
    properties["TriggerConfigurations"] = [{"TriggerName": "t", "TriggerEvents": []}]
    assert stack(cloudformation.update_stack) == "UPDATE_ROLLBACK_COMPLETE"
    with world.clock.busy():
        cloudformation.delete_stack(StackName="made")
        world.clock.sleep(1)
    assert "made" not in codedeploy.list_applications()["applications"]
