"""CloudFormation keeps every property of a project, as the API shows it afterwards."""

import json
from typing import Any

import pytest
from botocore.exceptions import WaiterError

from tests.rehearsal.world.conftest import Client

PROJECT = {
    "Name": "from-template",
    "Description": "what it is for",
    "Artifacts": {"Type": "CODEPIPELINE"},
    "Cache": {"Type": "NO_CACHE"},
    "EncryptionKey": "arn:aws:kms:eu-central-1:111122223333:key/one",
    "Environment": {
        "ComputeType": "BUILD_GENERAL1_SMALL",
        "EnvironmentVariables": [
            {"Name": "DELIVERY", "Type": "PLAINTEXT", "Value": "delivery.toml"},
            {"Name": "TOKEN", "Type": "SECRETS_MANAGER", "Value": "team/token"},
        ],
        "Image": "aws/codebuild/amazonlinux-aarch64-standard:3.0-25.03.03",
        "ImagePullCredentialsType": "CODEBUILD",
        "PrivilegedMode": False,
        "Type": "ARM_CONTAINER",
    },
    "LogsConfig": {"CloudWatchLogs": {"GroupName": "/kept", "Status": "ENABLED"}},
    "QueuedTimeoutInMinutes": 60,
    "ServiceRole": "arn:aws:iam::111122223333:role/lockgate/build",
    "Source": {"BuildSpec": "version: 0.2\nphases: {}\n", "Type": "CODEPIPELINE"},
    "TimeoutInMinutes": "30",
}


def deploy(aws: Client, stack: str, properties: dict[str, Any], *, update: bool = False) -> None:
    """Make or change a stack of one project."""
    resources = {"Project": {"Type": "AWS::CodeBuild::Project", "Properties": properties}}
    cloudformation = aws("cloudformation")
    change = cloudformation.update_stack if update else cloudformation.create_stack
    change(StackName=stack, TemplateBody=json.dumps({"Resources": resources}))
    waiter = cloudformation.get_waiter(f"stack_{'update' if update else 'create'}_complete")
    waiter.wait(StackName=stack, WaiterConfig={"Delay": 1, "MaxAttempts": 5})


def test_a_project_is_made_changed_and_removed_with_all_its_properties(aws: Client) -> None:
    codebuild = aws("codebuild")
    deploy(aws, "made", PROJECT)
    shown = codebuild.batch_get_projects(names=["from-template"])["projects"][0]
    assert shown["source"] == {"type": "CODEPIPELINE", "buildspec": PROJECT["Source"]["BuildSpec"]}  # type: ignore[index]
    assert shown["logsConfig"] == {"cloudWatchLogs": {"groupName": "/kept", "status": "ENABLED"}}
    assert (shown["timeoutInMinutes"], shown["queuedTimeoutInMinutes"]) == (30, 60)
    assert shown["encryptionKey"] == PROJECT["EncryptionKey"]
    assert shown["serviceRole"] == PROJECT["ServiceRole"]
    assert (shown["artifacts"], shown["cache"]) == ({"type": "CODEPIPELINE"}, {"type": "NO_CACHE"})
    environment = shown["environment"]
    assert environment["privilegedMode"] is False
    assert environment["environmentVariables"][1] == {
        "name": "TOKEN",
        "type": "SECRETS_MANAGER",
        "value": "team/token",
    }
    deploy(aws, "made", {**PROJECT, "TimeoutInMinutes": 45}, update=True)
    shown = codebuild.batch_get_projects(names=["from-template"])["projects"][0]
    assert shown["timeoutInMinutes"] == 45
    aws("cloudformation").delete_stack(StackName="made")
    gone = codebuild.batch_get_projects(names=["from-template"])
    assert gone["projectsNotFound"] == ["from-template"]


def test_a_property_that_the_api_does_not_know_fails_the_stack(aws: Client) -> None:
    with pytest.raises(WaiterError):
        deploy(aws, "wrong", {**PROJECT, "Name": "wrong", "Colour": "red"})
    events = aws("cloudformation").describe_stack_events(StackName="wrong")["StackEvents"]
    assert any("olour" in event.get("ResourceStatusReason", "") for event in events)
