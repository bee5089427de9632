"""A template's function needs its code, and its version the code that it was made for."""

import base64
import hashlib
import json
from typing import Any

import pytest

from rehearsal.world.world import World
from tests.rehearsal.world.conftest import Client
from tests.rehearsal.world.lambdas import package, role

SOURCES = {name: package(f"def handle(event, context): return {name!r}") for name in ("one", "two")}


@pytest.fixture(scope="module")
def executor(world: World, aws: Client) -> str:
    """A role for the functions, whose code is in a bucket."""
    where = {"LocationConstraint": world.region}
    aws("s3").create_bucket(Bucket="code", CreateBucketConfiguration=where)
    for name, content in SOURCES.items():
        aws("s3").put_object(Bucket="code", Key=name, Body=content)
    return role(aws, "executor")


def deploy(world: World, aws: Client, executor: str, key: str, digest_of: str) -> str:
    """A stack of a function with one version; which code the version was made for is told."""
    digest = hashlib.sha256(SOURCES[digest_of]).digest()
    function = {
        "FunctionName": "app",
        "Role": executor,
        "Runtime": "python3.13",
        "Handler": "handler.handle",
        "Code": {"S3Bucket": "code", "S3Key": key},
    }
    version = {"FunctionName": {"Ref": "App"}, "CodeSha256": base64.b64encode(digest).decode()}
    resources: dict[str, Any] = {
        "App": {"Type": "AWS::Lambda::Function", "Properties": function},
        f"Version{digest_of}": {
            "Type": "AWS::Lambda::Version",
            "DeletionPolicy": "RetainExceptOnCreate",
            "Properties": version,
        },
    }
    cloudformation, body = aws("cloudformation"), json.dumps({"Resources": resources})
    exists = "app" in str(cloudformation.list_stacks()["StackSummaries"])
    change = cloudformation.update_stack if exists else cloudformation.create_stack
    with world.clock.busy():
        change(StackName="app", TemplateBody=body)
        world.clock.sleep(1)
    return str(cloudformation.describe_stacks(StackName="app")["Stacks"][0]["StackStatus"])


def answers(aws: Client) -> dict[str, object]:
    """What each version answers."""
    found = aws("lambda").list_versions_by_function(FunctionName="app")["Versions"]
    return {
        each["Version"]: json.loads(
            aws("lambda").invoke(FunctionName="app", Qualifier=each["Version"])["Payload"].read()
        )
        for each in found
    }


def test_each_version_keeps_its_code_and_is_of_the_code_it_was_made_for(
    world: World, aws: Client, executor: str
) -> None:
    assert deploy(world, aws, executor, "one", "one") == "CREATE_COMPLETE"
    assert deploy(world, aws, executor, "two", "two") == "UPDATE_COMPLETE"
    kept = {"$LATEST": "two", "1": "one", "2": "two"}
    assert answers(aws) == kept
    # The version of other code than the function has: nothing stays of the update.
    assert deploy(world, aws, executor, "two", "one") == "UPDATE_ROLLBACK_COMPLETE"
    assert answers(aws) == kept
    # Code that is not there.
    assert deploy(world, aws, executor, "three", "two") == "UPDATE_ROLLBACK_COMPLETE"
    assert answers(aws) == kept


def test_a_new_function_needs_its_code(world: World, aws: Client, executor: str) -> None:
    properties = {
        "Role": executor,
        "Runtime": "python3.13",
        "Handler": "handler.handle",
        "Code": {"S3Bucket": "code", "S3Key": "three"},
    }
    resources = {"App": {"Type": "AWS::Lambda::Function", "Properties": properties}}
    with world.clock.busy():
        body = json.dumps({"Resources": resources})
        aws("cloudformation").create_stack(StackName="empty", TemplateBody=body)
        world.clock.sleep(1)
    found = aws("cloudformation").describe_stacks(StackName="empty")["Stacks"]
    assert found[0]["StackStatus"] == "ROLLBACK_COMPLETE"
