"""A world that goes on from another one's memory is as that one would be."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rehearsal.world.calls import calls
from rehearsal.world.server import WorldError
from rehearsal.world.world import World
from tests.rehearsal.world.lambdas import call, function, package, role
from tests.rehearsal.world.repositories import Clone, address

READ = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::first/*"}
# Tells which version it is, and asks S3 as its role.
SOURCE = """
import boto3
def handle(event, context):
    if event is None:
        return {'version': context.function_version}
    found = boto3.client('s3').get_object(Bucket='first', Key=event)
    return {'read': found['Body'].read().decode()}
"""


SPEC = "version: 0.2\nphases: {build: {commands: [':']}}"


def fill(world: World, folder: Path) -> None:
    """Some of what is kept: in memory, on disk, by keys and by chance."""
    world.client("s3").create_bucket(
        Bucket="first", CreateBucketConfiguration={"LocationConstraint": world.region}
    )
    world.client("s3").put_object(Bucket="first", Key="a", Body=b"said before")
    world.client("sqs").create_queue(QueueName="q")
    world.client("codecommit").create_repository(repositoryName="r")
    clone = Clone(world, folder / "clone")
    clone.commit("One", a="a")
    clone.git("push", "--quiet", address(world, "r"), "HEAD:refs/heads/main")
    key = world.client("kms").create_key(KeyUsage="SIGN_VERIFY", KeySpec="ECC_NIST_P256")
    world.client("kms").create_alias(AliasName="alias/k", TargetKeyId=key["KeyMetadata"]["KeyId"])
    function(world.client, "f", SOURCE, READ)
    functions = world.client("lambda")
    functions.publish_version(FunctionName="f")
    functions.update_function_code(FunctionName="f", ZipFile=package(SOURCE + "# another"))
    functions.publish_version(FunctionName="f")
    functions.create_alias(
        FunctionName="f",
        Name="live",
        FunctionVersion="1",
        RoutingConfig={"AdditionalVersionWeights": {"2": 0.5}},
    )
    world.client("codedeploy").create_application(applicationName="a", computePlatform="Lambda")
    world.client("codebuild").create_project(
        name="builds",
        source={
            "type": "NO_SOURCE",
            "buildspec": SPEC,
        },
        artifacts={"type": "NO_ARTIFACTS"},
        environment={
            "type": "LINUX_CONTAINER",
            "image": "aws/codebuild/standard:7.0",
            "computeType": "BUILD_GENERAL1_SMALL",
        },
        serviceRole=role(world.client, "builds", service="codebuild"),
    )
    asked(world)


def asked(world: World) -> list[Any]:
    """What is done and answered from then on, but for what each world has of its own."""
    weighted = [call(world.client, "f:live")["version"] for _ in range(12)]
    signature = world.client("kms").sign(
        KeyId="alias/k", Message=b"m", SigningAlgorithm="ECDSA_SHA_256"
    )["Signature"]
    deployed = world.client("codedeploy").get_application(applicationName="a")["application"]
    build = world.client("codebuild").start_build(projectName="builds")["build"]
    commit = world.client("codecommit").get_branch(repositoryName="r", branchName="main")
    return [
        weighted,
        world.client("kms").verify(
            KeyId="alias/k", Message=b"m", Signature=signature, SigningAlgorithm="ECDSA_SHA_256"
        )["SignatureValid"],
        call(world.client, "f", "a"),
        (deployed["applicationId"], deployed["createTime"]),
        (build["id"], build["buildNumber"]),
        commit["branch"],
        world.clock.now(),
    ]


@pytest.fixture(scope="module")
def remembered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, list[Any], str]]:
    """A world's memory, what came afterwards in that world, and where it was."""
    folder = tmp_path_factory.mktemp("memory")
    with World(seed=7) as world, world.clock.busy():
        fill(world, folder)
        world.clock.sleep(60)
        world.remember(folder / "kept")
        yield folder / "kept", asked(world), world.endpoint


def test_it_goes_on_as_the_other_does(remembered: tuple[Path, list[Any], str]) -> None:
    kept, expected, _ = remembered
    with World(seed=7, recalled=kept) as world, world.clock.busy():
        assert asked(world) == expected


def test_several_go_on_from_one_memory(remembered: tuple[Path, list[Any], str]) -> None:
    kept, expected, _ = remembered
    with (
        World(seed=7, recalled=kept) as one,
        World(seed=7, recalled=kept) as two,
        one.clock.busy(),
    ):
        one.client("s3").delete_object(Bucket="first", Key="a")
        with two.clock.busy():
            assert asked(two) == expected
        # Who may not list a bucket is not told that there is no such key.
        with pytest.raises(RuntimeError, match="AccessDenied"):
            call(one.client, "f", "a")


def test_it_has_an_address_of_its_own(remembered: tuple[Path, list[Any], str]) -> None:
    kept, _, endpoint = remembered
    with World(seed=7, recalled=kept) as world:
        url = world.client("sqs").get_queue_url(QueueName="q")["QueueUrl"]
        repository = world.client("codecommit").get_repository(repositoryName="r")
        assert world.endpoint != endpoint
        assert url.startswith(f"{world.endpoint}/")
        cloned = repository["repositoryMetadata"]["cloneUrlHttp"]
        assert cloned.startswith(f"{world.endpoint}/")


def test_its_record_of_calls_goes_on(remembered: tuple[Path, list[Any], str]) -> None:
    kept, _, _ = remembered
    with World(seed=7, recalled=kept) as world:
        world.client("s3").head_bucket(Bucket="first")
        names = [each.name for each in calls(world.folder)]
    assert names[0] == "s3:CreateBucket"
    assert "kms:CreateAlias" in names
    assert names[-1] == "s3:HeadBucket"


def test_roles_may_do_what_they_might(remembered: tuple[Path, list[Any], str]) -> None:
    kept, _, _ = remembered
    with World(seed=7, recalled=kept) as world:
        world.client("iam").delete_role_policy(RoleName="f-role", PolicyName="inline")
        with pytest.raises(RuntimeError, match="AccessDenied"):
            call(world.client, "f", "a")


def test_a_world_that_is_remembered_and_goes_on_can_be_remembered(
    remembered: tuple[Path, list[Any], str], tmp_path: Path
) -> None:
    kept, expected, _ = remembered
    with World(seed=7, recalled=kept) as world, world.clock.busy():
        world.remember(tmp_path / "again")
    with World(seed=7, recalled=tmp_path / "again") as world, world.clock.busy():
        assert asked(world) == expected


def test_nothing_is_remembered_of_a_world_that_is_not_at_rest(tmp_path: Path) -> None:
    waits = {"StartAt": "w", "States": {"w": {"Type": "Wait", "Seconds": 60, "End": True}}}
    with World() as world, world.clock.busy():
        machines = world.client("stepfunctions")
        machine = machines.create_state_machine(
            name="m",
            roleArn=role(world.client, "m", service="states"),
            definition=json.dumps(waits),
        )
        machines.start_execution(stateMachineArn=machine["stateMachineArn"])

        with pytest.raises(WorldError, match="not at rest"):
            world.remember(tmp_path / "kept")
        assert not (tmp_path / "kept").exists()

        world.clock.sleep(61)
        world.remember(tmp_path / "kept")
