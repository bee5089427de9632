"""What AWS asks for beside a call: the role that is passed, and the key."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from rehearsal.world.world import World
from tests.rehearsal.world.conftest import Client
from tests.rehearsal.world.lambdas import package
from tests.rehearsal.world.roles import (
    ACCOUNT,
    REGION,
    Statement,
    acting,
    allow,
    arn,
    assert_decides,
    denial,
    document,
    role_for,
    session,
)

Call = Callable[[Client], object]
MACHINE = json.dumps({"StartAt": "a", "States": {"a": {"Type": "Succeed"}}})


def passed(service: str, role: str = "*") -> Statement:
    return allow("iam:PassRole", role, StringEquals={"iam:PassedToService": service})


def role_arn(name: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:role/{name}"


PASSING: dict[str, tuple[str, str, Call]] = {
    "lambda": (
        "lambda:CreateFunction",
        "lambda.amazonaws.com",
        lambda aws: aws("lambda").create_function(
            FunctionName="f",
            Role=role_arn("for-lambda"),
            Runtime="python3.13",
            Handler="handler.handle",
            Code={"ZipFile": package("")},
        ),
    ),
    "states": (
        "states:CreateStateMachine",
        "states.amazonaws.com",
        lambda aws: aws("stepfunctions").create_state_machine(
            name="m", roleArn=role_arn("for-states"), definition=MACHINE
        ),
    ),
    "cloudformation": (
        "cloudformation:CreateChangeSet",
        "cloudformation.amazonaws.com",
        lambda aws: aws("cloudformation").create_change_set(
            StackName="s",
            ChangeSetName="c",
            ChangeSetType="CREATE",
            TemplateBody="{}",
            RoleARN=role_arn("for-cloudformation"),
        ),
    ),
    "codebuild": (
        "codebuild:CreateProject",
        "codebuild.amazonaws.com",
        lambda aws: aws("codebuild").create_project(
            name="project",
            serviceRole=role_arn("for-codebuild"),
            source={"type": "NO_SOURCE", "buildspec": "version: 0.2"},
            artifacts={"type": "NO_ARTIFACTS"},
            environment={
                "type": "LINUX_CONTAINER",
                "image": "i",
                "computeType": "BUILD_GENERAL1_SMALL",
            },
        ),
    ),
    "codedeploy": (
        "codedeploy:CreateDeploymentGroup",
        "codedeploy.amazonaws.com",
        lambda aws: aws("codedeploy").create_deployment_group(
            applicationName="a",
            deploymentGroupName="g",
            serviceRoleArn=role_arn("for-codedeploy"),
        ),
    ),
    "events": (
        "events:PutTargets",
        "events.amazonaws.com",
        lambda aws: aws("events").put_targets(
            Rule="r",
            Targets=[
                {
                    "Id": "1",
                    "Arn": arn("states", "stateMachine:m"),
                    "RoleArn": role_arn("for-events"),
                }
            ],
        ),
    ),
}


@pytest.fixture(scope="module")
def things(world: World, aws: Client) -> World:
    for name in PASSING:
        role_for(world, f"{name}.amazonaws.com", name=f"for-{name}")
    aws("codedeploy").create_application(applicationName="a", computePlatform="Lambda")
    aws("events").put_rule(Name="r", ScheduleExpression="rate(1 day)")
    for bucket in ("plain", "sealed", "keyed"):
        place = {"LocationConstraint": REGION}
        aws("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration=place)
    policy = [
        administered(),
        {
            **allow("kms:GenerateDataKey kms:Decrypt", "*"),
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
            "Condition": {
                "StringEquals": {
                    "kms:ViaService": [
                        f"{each}.{REGION}.amazonaws.com" for each in ("s3", "secretsmanager", "sns")
                    ]
                }
            },
        },
    ]
    key = aws("kms").create_key(Policy=document(*policy))["KeyMetadata"]["Arn"]
    aws("kms").create_alias(AliasName="alias/seal", TargetKeyId=key)
    for bucket, by_bucket in (("sealed", False), ("keyed", True)):
        default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
        rule = {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": by_bucket}
        aws("s3").put_bucket_encryption(
            Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]}
        )
        aws("s3").put_object(Bucket=bucket, Key="there", Body=b"1")
    aws("s3").put_object(Bucket="plain", Key="there", Body=b"1")
    aws("secretsmanager").create_secret(Name="s", SecretString="x", KmsKeyId=key)
    aws("sns").create_topic(Name="t", Attributes={"KmsMasterKeyId": "alias/seal"})
    return world


def administered() -> Statement:
    return {
        **allow("kms:CreateAlias kms:PutKeyPolicy kms:DescribeKey", "*"),
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
    }


@pytest.mark.parametrize("service", PASSING)
def test_a_role_is_passed_only_by_whom_it_may_be(things: World, service: str) -> None:
    action, principal, call = PASSING[service]
    may = allow(action, "*")
    right = [may, passed(principal, role_arn(f"for-{service}"))]
    assert_decides(things, call, right, [may], "iam:PassRole")
    assert "iam:PassRole" in denial(lambda: call(acting(things, may, passed("ec2.amazonaws.com"))))
    other = passed(principal, role_arn("other"))
    assert "iam:PassRole" in denial(lambda: call(acting(things, may, other)))


def of_key(action: str, context: str = "", via: str = "s3") -> Statement:
    conditions: dict[str, Any] = {
        "StringEquals": {"kms:ViaService": f"{via}.{REGION}.amazonaws.com"}
    }
    if context:
        conditions["ArnLike"] = {"kms:EncryptionContext:aws:s3:arn": context}
    return allow(action, arn("kms", "key/*"), **conditions)


OBJECTS = allow("s3:GetObject s3:PutObject", "arn:aws:s3:::*")


def read(bucket: str) -> Call:
    return lambda aws: aws("s3").get_object(Bucket=bucket, Key="there")


def write(bucket: str, **more: str) -> Call:
    return lambda aws: aws("s3").put_object(Bucket=bucket, Key="new", Body=b"1", **more)


def uploaded(aws: Client) -> object:
    """A multipart upload."""
    where = {"Bucket": "sealed", "Key": "big"}
    upload = aws("s3").create_multipart_upload(**where)["UploadId"]
    part = aws("s3").upload_part(**where, UploadId=upload, PartNumber=1, Body=b"1")
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    return aws("s3").complete_multipart_upload(**where, UploadId=upload, MultipartUpload=parts)


@pytest.mark.parametrize(
    ("call", "right", "wrong", "action"),
    [
        (
            read("sealed"),
            of_key("kms:Decrypt", "arn:aws:s3:::sealed/*"),
            of_key("kms:GenerateDataKey"),
            "Decrypt",
        ),
        (
            read("sealed"),
            of_key("kms:Decrypt", "arn:aws:s3:::sealed/there"),
            of_key("kms:Decrypt", "arn:aws:s3:::sealed"),
            "Decrypt",
        ),
        (
            read("keyed"),
            of_key("kms:Decrypt", "arn:aws:s3:::keyed"),
            of_key("kms:Decrypt", "arn:aws:s3:::keyed/*"),
            "Decrypt",
        ),
        (write("sealed"), of_key("kms:GenerateDataKey"), of_key("kms:Decrypt"), "GenerateDataKey"),
        (
            write("keyed"),
            of_key("kms:GenerateDataKey"),
            of_key("kms:GenerateDataKey", via="sns"),
            "GenerateDataKey",
        ),
        (
            write("plain", ServerSideEncryption="aws:kms", SSEKMSKeyId="alias/seal"),
            of_key("kms:GenerateDataKey"),
            of_key("kms:Decrypt"),
            "GenerateDataKey",
        ),
        (
            write("sealed", ServerSideEncryption="aws:kms"),
            of_key("kms:GenerateDataKey"),
            of_key("kms:Decrypt"),
            "GenerateDataKey",
        ),
        (
            uploaded,
            of_key("kms:GenerateDataKey kms:Decrypt"),
            of_key("kms:GenerateDataKey"),
            "Decrypt",
        ),
    ],
)
def test_objects_need_their_key(
    things: World, call: Call, right: Statement, wrong: Statement, action: str
) -> None:
    assert_decides(things, call, [OBJECTS, right], [OBJECTS, wrong], f"kms:{action}")


def test_what_is_not_encrypted_by_a_key_needs_none(things: World) -> None:
    for call in (read("plain"), write("plain"), write("sealed", ServerSideEncryption="AES256")):
        assert denial(lambda call=call: call(acting(things, OBJECTS))) == ""  # type: ignore[misc]


def test_secrets_and_topics_need_their_key(things: World) -> None:
    for call, may, via, action in (
        (
            lambda aws: aws("secretsmanager").get_secret_value(SecretId="s"),
            "secretsmanager:GetSecretValue",
            "secretsmanager",
            "Decrypt",
        ),
        (
            lambda aws: aws("sns").publish(TopicArn=arn("sns", "t"), Message="m"),
            "sns:Publish",
            "sns",
            "GenerateDataKey",
        ),
    ):
        key = of_key("kms:GenerateDataKey kms:Decrypt", via=via)
        direct = allow("kms:GenerateDataKey kms:Decrypt", "*", StringEquals={"kms:ViaService": "x"})
        assert_decides(
            things, call, [allow(may, "*"), key], [allow(may, "*"), direct], f"kms:{action}"
        )


def test_the_key_s_own_policy_has_its_say(things: World) -> None:
    anything = allow("kms:*", "*")
    call: Call = lambda aws: aws("kms").generate_data_key(KeyId="alias/seal", KeySpec="AES_256")  # noqa: E731
    assert "kms:GenerateDataKey" in denial(lambda: call(acting(things, anything)))


def test_code_and_templates_are_read_by_whoever_names_them(things: World) -> None:
    call: Call = lambda aws: aws("cloudformation").create_stack(  # noqa: E731
        StackName="t", TemplateURL=f"{things.endpoint}/sealed/there"
    )
    may, key = allow("cloudformation:CreateStack", "*"), of_key("kms:Decrypt")
    reads = allow("s3:GetObject", "arn:aws:s3:::sealed/*")
    assert_decides(things, call, [may, reads, key], [may, key], "s3:GetObject")
    assert "kms:Decrypt" in denial(lambda: call(acting(things, may, reads)))


def test_a_boundary_and_a_deny_limit_what_a_role_may(things: World, aws: Client) -> None:
    aws("iam").create_policy(
        PolicyName="only-plain", PolicyDocument=document(allow("s3:*", "arn:aws:s3:::plain/*"))
    )
    arn_of = role_for(things, "", OBJECTS, of_key("kms:Decrypt"), name="limited")
    aws("iam").put_role_permissions_boundary(
        RoleName="limited", PermissionsBoundary=f"arn:aws:iam::{ACCOUNT}:policy/only-plain"
    )
    limited = session(things, arn_of)
    assert denial(lambda: read("plain")(limited)) == ""
    assert "s3:GetObject" in denial(lambda: read("sealed")(limited))
