"""Each call is on record, with what IAM decided; nothing secret is, and nothing is missing."""

import json
from collections.abc import Mapping
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from rehearsal.world.calls import Call, Unused, calls, denied, policies, unused
from rehearsal.world.world import World
from tests.rehearsal.world.conftest import Client
from tests.rehearsal.world.lambdas import package

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
            "Action": "sts:AssumeRole",
        }
    ],
}


def role(aws: Client, name: str, *statements: Mapping[str, Any]) -> str:
    """A role that the account's own users may assume."""
    made = aws("iam").create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))
    if statements:
        document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
        aws("iam").put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=document)
    return str(made["Role"]["Arn"])


def acting(world: World, aws: Client, arn: str) -> Client:
    """Clients that act as the role."""
    keys = aws("sts").assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
    session = boto3.Session(
        keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], world.region
    )
    return lambda service: world.client(service, session)


def bucket(world: World, aws: Client, name: str) -> None:
    where = {"LocationConstraint": world.region}
    aws("s3").create_bucket(Bucket=name, CreateBucketConfiguration=where)


def last(world: World) -> Call:
    return list(calls(world.folder))[-1]


def test_a_call_is_on_record_as_cloudtrail_has_it(world: World, aws: Client) -> None:
    arn = role(aws, "named")
    event = aws("iam").get_role(RoleName="named") and last(world).event
    assert (event["eventSource"], event["eventName"]) == ("iam.amazonaws.com", "GetRole")
    assert event["requestParameters"] == {"roleName": "named"}
    assert event["userIdentity"]["type"] == "Root"
    assert event["readOnly"] is True
    assert event["eventVersion"] == "1.11"
    with pytest.raises(ClientError):
        acting(world, aws, arn)("ec2").describe_instances()
    event = last(world).event
    issuer = event["userIdentity"]["sessionContext"]["sessionIssuer"]
    assert (event["userIdentity"]["type"], issuer["arn"]) == ("AssumedRole", arn)
    assert event["errorCode"] == "Client.UnauthorizedOperation"


def test_operations_have_cloudtrail_s_names(world: World, aws: Client) -> None:
    bucket(world, aws, "kinds")
    here = {"Bucket": "kinds"}
    for service, operation, parameters, name, category in (
        ("s3", "put_object", {**here, "Key": "a/b", "Body": b""}, "PutObject", "Data"),
        ("s3", "list_objects_v2", here, "ListObjects", "Data"),
        ("s3", "get_bucket_acl", here, "GetBucketAcl", "Management"),
        ("s3", "get_public_access_block", here, "GetBucketPublicAccessBlock", "Management"),
        ("lambda", "list_functions", {}, "ListFunctions20150331", "Management"),
        ("cloudwatch", "describe_alarms", {}, "DescribeAlarms", "Management"),
        ("codecommit", "list_repositories", {}, "ListRepositories", "Management"),
    ):
        getattr(aws(service), operation)(**parameters)
        event = last(world).event
        assert (event["eventName"], event["eventCategory"]) == (name, category)
        assert "errorCode" not in event


def test_nothing_secret_is_on_record(world: World, aws: Client) -> None:
    aws("secretsmanager").create_secret(Name="secret", SecretString="TELL-NOBODY")
    aws("ssm").put_parameter(Name="parameter", Value="TELL-NOBODY", Type="SecureString")
    arn = role(aws, "keeps")
    keys = aws("sts").assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
    aws("lambda").create_function(
        FunctionName="secretive",
        Role=arn,
        Runtime="python3.13",
        Handler="handler.handle",
        Code={"ZipFile": package("handle = 'TELL-NOBODY'")},
        Environment={"Variables": {"KEY": "TELL-NOBODY"}},
    )
    text = (world.folder / "calls.jsonl").read_text()
    assert last(world).event["requestParameters"]["functionName"] == "secretive"
    for secret in ("TELL-NOBODY", keys["SecretAccessKey"], keys["SessionToken"]):
        assert secret not in text


def test_what_is_denied_and_what_is_not_needed(world: World, aws: Client) -> None:
    bucket(world, aws, "needed")
    arn = role(
        aws,
        "uses",
        {"Effect": "Allow", "Action": ["s3:List*", "s3:Get*"], "Resource": "arn:aws:s3:::needed*"},
        {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::other"},
        {"Effect": "Deny", "Action": "s3:Put*", "Resource": "*"},
    )
    s3 = acting(world, aws, arn)("s3")
    s3.list_objects_v2(Bucket="needed")
    with pytest.raises(ClientError):
        s3.put_object(Bucket="needed", Key="key", Body=b"")
    refused = [call for call in denied(calls(world.folder)) if call.role == arn]
    assert [(call.name, call.error) for call in refused] == [("s3:PutObject", "AccessDenied")]
    spare = unused(calls(world.folder), {arn: policies(aws("iam"))[arn]})
    assert spare == [
        Unused(role=arn, policy="own", statement=0, action="s3:Get*"),
        Unused(role=arn, policy="own", statement=1, action="s3:ListBucket"),
    ]
