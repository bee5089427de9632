"""What a template says of a resource is there after the deployment."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from rehearsal.world.world import World
from tests.assembly import Assembly
from tests.rehearsal.world.conftest import Client
from tests.rehearsal.world.deployed import BETA, DEPLOYER, deploy, deployable, ended, foundation
from tests.rehearsal.world.roles import ACCOUNT


@pytest.fixture(scope="module")
def deployed(sample: Assembly) -> Iterator[World]:
    with foundation(sample.templates) as world:
        status, why = deploy(world, BETA, deployable(sample.templates[BETA]), DEPLOYER)
        assert status == "CREATE_COMPLETE", why
        yield world


def exported(world: World, name: str) -> str:
    exports = world.client("cloudformation").list_exports()["Exports"]
    return next(str(each["Value"]) for each in exports if each["Name"] == name)


def test_a_bucket_has_its_properties(deployed: World) -> None:
    s3, bucket = deployed.client("s3"), exported(deployed, "lockgate-artifacts")
    key = exported(deployed, "lockgate-artifact-key")
    [rule] = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    default = rule["ApplyServerSideEncryptionByDefault"]
    assert default == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    assert rule["BucketKeyEnabled"] is True
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    rules = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    assert [each["Filter"]["Prefix"] for each in rules] == ["", "decisions/", "reviews/"]
    assert rules[1]["Expiration"]["Days"] == 400
    assert s3.get_bucket_logging(Bucket=bucket)["LoggingEnabled"]["TargetPrefix"] == "artifacts/"
    [owner] = s3.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]["Rules"]
    assert owner == {"ObjectOwnership": "BucketOwnerEnforced"}
    block = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    assert all(block.values())
    assert "RecordsAreNotDeleted" in s3.get_bucket_policy(Bucket=bucket)["Policy"]
    assert s3.put_object(Bucket=bucket, Key="k", Body=b"1")["SSEKMSKeyId"] == key


def test_what_is_encrypted_has_its_key(deployed: World) -> None:
    topics = deployed.client("sns").list_topics()["Topics"]
    [arn] = [each["TopicArn"] for each in topics if "lockgate" in each["TopicArn"]]
    assert deployed.client("sns").get_topic_attributes(TopicArn=arn)["Attributes"]["KmsMasterKeyId"]
    groups = deployed.client("logs").describe_log_groups(logGroupNamePrefix=BETA)["logGroups"]
    assert len(groups) == 5
    assert all(each["kmsKeyId"] and each["retentionInDays"] for each in groups)
    secret = deployed.client("secretsmanager").describe_secret(
        SecretId="lockgate/orders/beta/receipt-signing-key"
    )
    assert secret["KmsKeyId"]


def test_a_generated_secret_is_rotated_by_its_function(deployed: World) -> None:
    secret = deployed.client("secretsmanager").describe_secret(
        SecretId="lockgate/orders/beta/receipt-signing-key"
    )
    assert secret["RotationEnabled"] is True
    assert secret["RotationRules"] == {"AutomaticallyAfterDays": 30}
    assert secret["RotationLambdaARN"].endswith(f":function:{BETA}-rotation")
    # The deployment itself has rotated nothing.
    assert list(secret["VersionIdsToStages"].values()) == [["AWSCURRENT"]]


def test_a_role_has_its_boundary(deployed: World) -> None:
    roles = deployed.client("iam").list_roles(PathPrefix="/lockgate/orders/beta/")["Roles"]
    assert len(roles) == 7
    for each in roles:
        role = deployed.client("iam").get_role(RoleName=each["RoleName"])["Role"]
        boundary = role["PermissionsBoundary"]["PermissionsBoundaryArn"]
        assert boundary == f"arn:aws:iam::{ACCOUNT}:policy/lockgate/boundary/lockgate-workload"


def stack(world: World, name: str, **resources: dict[str, Any]) -> tuple[str, str]:
    body = json.dumps({"Resources": resources})
    stacks = world.client("cloudformation")
    known = {each["StackName"] for each in stacks.describe_stacks()["Stacks"]}
    operate = stacks.update_stack if name in known else stacks.create_stack
    operate(StackName=name, TemplateBody=body, Capabilities=["CAPABILITY_NAMED_IAM"])
    return ended(world, name)


def test_a_bucket_that_is_not_empty_stays(world: World, aws: Client) -> None:
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "kept"}}
    assert stack(world, "full", Bucket=bucket)[0] == "CREATE_COMPLETE"
    aws("s3").put_object(Bucket="kept", Key="k", Body=b"1")
    aws("cloudformation").delete_stack(StackName="full")
    status, why = ended(world, "full")
    assert status == "DELETE_FAILED"
    assert "is not empty" in why


def test_a_boundary_comes_and_goes(world: World, aws: Client) -> None:
    trust = {"Version": "2012-10-17", "Statement": []}
    role: dict[str, Any] = {"RoleName": "bounded", "AssumeRolePolicyDocument": trust}
    boundary = "arn:aws:iam::aws:policy/AdministratorAccess"
    for properties, expected in (
        (role, None),
        ({**role, "PermissionsBoundary": boundary}, boundary),
        ({**role, "Description": "changed"}, None),
    ):
        made = {"Type": "AWS::IAM::Role", "Properties": properties}
        assert stack(world, "role", Role=made)[0] in ("CREATE_COMPLETE", "UPDATE_COMPLETE")
        found = aws("iam").get_role(RoleName="bounded")["Role"].get("PermissionsBoundary", {})
        assert found.get("PermissionsBoundaryArn") == expected


def test_a_function_has_its_concurrency_and_its_queue(world: World, aws: Client) -> None:
    queue = f"arn:aws:sqs:{world.region}:{ACCOUNT}:dead"
    function = {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "FunctionName": "limited",
            "Role": f"arn:aws:iam::{ACCOUNT}:role/none",
            "Runtime": "python3.13",
            "Handler": "index.b",
            "Code": {"ZipFile": "def b(event, context): return 1"},
            "ReservedConcurrentExecutions": 3,
            "DeadLetterConfig": {"TargetArn": queue},
        },
    }
    assert stack(world, "function", Function=function) == ("CREATE_COMPLETE", "")
    found = aws("lambda").get_function(FunctionName="limited")
    assert found["Concurrency"]["ReservedConcurrentExecutions"] == 3
    assert found["Configuration"]["DeadLetterConfig"] == {"TargetArn": queue}
