"""CloudFormation makes, changes and removes repositories, and one seed gives the same ids."""

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, WaiterError

from rehearsal.world.world import World
from tests.rehearsal.world.conftest import Client
from tests.rehearsal.world.repositories import Clone, address

OUTPUTS = {
    "Ref": {"Ref": "Repository"},
    **{name: {"Fn::GetAtt": ["Repository", name]} for name in ("Arn", "Name", "CloneUrlHttp")},
}


def template(name: str, policy: str = "Delete", **properties: object) -> str:
    repository = {
        "Type": "AWS::CodeCommit::Repository",
        "DeletionPolicy": policy,
        "Properties": {"RepositoryName": name, **properties},
    }
    outputs = {name: {"Value": value} for name, value in OUTPUTS.items()}
    return json.dumps({"Resources": {"Repository": repository}, "Outputs": outputs})


def stack(aws: Client, name: str) -> dict[str, Any]:
    found: dict[str, Any] = aws("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
    return found


def outputs(aws: Client, name: str) -> dict[str, str]:
    return {each["OutputKey"]: each["OutputValue"] for each in stack(aws, name)["Outputs"]}


def deploy(aws: Client, name: str, body: str, *, update: bool = False) -> str:
    """Deploy a stack, and return the status that it gets to."""
    verb = "update" if update else "create"
    cloudformation = aws("cloudformation")
    getattr(cloudformation, f"{verb}_stack")(StackName=name, TemplateBody=body)
    waiter = cloudformation.get_waiter(f"stack_{verb}_complete")
    # Where it fails, the status says so.
    with contextlib.suppress(WaiterError):
        waiter.wait(StackName=name, WaiterConfig={"Delay": 0.1, "MaxAttempts": 50})
    return str(stack(aws, name)["StackStatus"])


def exists(aws: Client, repository: str) -> bool:
    try:
        aws("codecommit").get_repository(repositoryName=repository)
    except ClientError:
        return False
    return True


def delete(aws: Client, name: str) -> None:
    aws("cloudformation").delete_stack(StackName=name)
    waiter = aws("cloudformation").get_waiter("stack_delete_complete")
    waiter.wait(StackName=name, WaiterConfig={"Delay": 0.1, "MaxAttempts": 50})


def test_a_stack_makes_changes_and_removes_a_repository(aws: Client, world: World) -> None:
    tags = [{"Key": "team", "Value": "a"}]
    body = template("made", RepositoryDescription="first", Tags=tags)
    assert deploy(aws, "makes", body) == "CREATE_COMPLETE"
    metadata = aws("codecommit").get_repository(repositoryName="made")["repositoryMetadata"]
    assert outputs(aws, "makes") == {
        "Ref": metadata["repositoryId"],
        "Arn": metadata["Arn"],
        "Name": "made",
        "CloneUrlHttp": f"{world.endpoint}/v1/repos/made",
    }
    assert metadata["repositoryDescription"] == "first"
    found = aws("codecommit").list_tags_for_resource(resourceArn=metadata["Arn"])["tags"]
    assert found["team"] == "a"
    assert found["aws:cloudformation:stack-name"] == "makes"

    body = template("renamed", RepositoryDescription="second")
    assert deploy(aws, "makes", body, update=True) == "UPDATE_COMPLETE"
    changed = aws("codecommit").get_repository(repositoryName="renamed")["repositoryMetadata"]
    assert changed["repositoryId"] == metadata["repositoryId"]
    assert changed["repositoryDescription"] == "second"
    assert outputs(aws, "makes")["Name"] == "renamed"
    delete(aws, "makes")
    assert not exists(aws, "renamed")


def test_a_repository_that_is_to_stay_stays(aws: Client) -> None:
    assert deploy(aws, "leaves", template("stays", "Retain")) == "CREATE_COMPLETE"
    delete(aws, "leaves")
    assert exists(aws, "stays")


@pytest.mark.parametrize(
    ("name", "body", "why"),
    [
        ("taken", template("taken"), "taken already exists"),
        ("filled", template("code", Code={"S3": {"Bucket": "b", "Key": "k"}}), "has no Code"),
    ],
)
def test_what_cannot_be_made_fails_the_stack(aws: Client, name: str, body: str, why: str) -> None:
    if not exists(aws, "taken"):
        aws("codecommit").create_repository(repositoryName="taken")
    assert deploy(aws, name, body) == "ROLLBACK_COMPLETE"
    events = aws("cloudformation").describe_stack_events(StackName=name)["StackEvents"]
    assert any(why in each.get("ResourceStatusReason", "") for each in events)
    assert exists(aws, "taken")


def test_the_same_seed_and_pushes_give_the_same_ids(world: World, tmp_path: Path) -> None:
    def ids(world: World, where: str) -> list[str]:
        codecommit, here = world.client("codecommit"), {"repositoryName": "same"}
        made = codecommit.create_repository(**here)["repositoryMetadata"]["repositoryId"]
        clone = Clone(world, tmp_path / where)
        pushed = clone.commit("first", a="one")
        clone.git("push", address(world, "same"), "main")
        by_api = codecommit.create_commit(
            **here,
            branchName="main",
            parentCommitId=pushed,
            putFiles=[{"filePath": "b", "fileContent": b"two"}],
        )["commitId"]
        return [made, pushed, by_api]

    with World(seed=world.seed, start=world.clock.now()) as other:
        assert ids(world, "one") == ids(other, "other")
