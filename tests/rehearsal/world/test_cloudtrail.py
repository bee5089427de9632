"""A trail delivers what it selects, under its own role; the audit stack's alarms see it."""

import contextlib
import gzip
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError, WaiterError

from rehearsal.world.calls import calls, denied
from rehearsal.world.world import World
from tests.rehearsal.world.conftest import Client
from tests.rehearsal.world.test_calls import acting, bucket, role

ACCOUNT = "111122223333"
ARN = f"arn:aws:cloudtrail:eu-central-1:{ACCOUNT}:trail/audit"
# Of the audit stack's template.
DENIED = '{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }'
CHANGED = (
    "{ ($.eventSource = iam.amazonaws.com) && ($.errorCode NOT EXISTS)"
    " && (($.eventName = AttachRolePolicy) || ($.eventName = PutRolePolicy)) }"
)
BY_TRAIL = {"StringEquals": {"aws:SourceArn": ARN, "aws:SourceAccount": ACCOUNT}}


def statement(action: str, resource: object) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Principal": {"Service": "cloudtrail.amazonaws.com"},
        "Action": action,
        "Resource": resource,
        "Condition": BY_TRAIL,
    }


def alarm(name: str, pattern: str, threshold: int) -> dict[str, Any]:
    metric = {"MetricName": name, "MetricNamespace": "Audit"}
    return {
        f"{name}Filter": {
            "Type": "AWS::Logs::MetricFilter",
            "Properties": {
                "LogGroupName": {"Ref": "Events"},
                "FilterPattern": pattern,
                "MetricTransformations": [{**metric, "MetricValue": "1"}],
            },
        },
        name: {
            "Type": "AWS::CloudWatch::Alarm",
            "Properties": {
                "AlarmName": name,
                "MetricName": name,
                "Namespace": "Audit",
                "ComparisonOperator": "GreaterThanOrEqualToThreshold",
                "EvaluationPeriods": 1,
                "Period": 300,
                "Statistic": "Sum",
                "Threshold": threshold,
                "TreatMissingData": "notBreaching",
            },
        },
    }


def template(*allowed: str) -> str:
    """The audit stack with two of its alarms; its role may do what is allowed."""
    whole = {"Fn::GetAtt": ["Bucket", "Arn"]}
    files = {"Fn::Join": ["", [whole, f"/AWSLogs/{ACCOUNT}/*"]]}
    statements = [statement("s3:GetBucketAcl", whole), statement("s3:PutObject", files)]
    trust = {"Service": "cloudtrail.amazonaws.com"}
    events = {"Fn::GetAtt": ["Events", "Arn"]}
    may = {"Effect": "Allow", "Action": list(allowed), "Resource": events}
    return json.dumps(
        {
            "Resources": {
                "Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "files"}},
                "Policy": {
                    "Type": "AWS::S3::BucketPolicy",
                    "Properties": {
                        "Bucket": {"Ref": "Bucket"},
                        "PolicyDocument": {"Version": "2012-10-17", "Statement": statements},
                    },
                },
                "Events": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "audit"}},
                "Role": {
                    "Type": "AWS::IAM::Role",
                    "Properties": {
                        "AssumeRolePolicyDocument": {
                            "Version": "2012-10-17",
                            "Statement": [
                                {"Effect": "Allow", "Principal": trust, "Action": "sts:AssumeRole"}
                            ],
                        },
                        "Policies": [
                            {
                                "PolicyName": "deliver",
                                "PolicyDocument": {"Version": "2012-10-17", "Statement": [may]},
                            }
                        ],
                    },
                },
                "Trail": {
                    "Type": "AWS::CloudTrail::Trail",
                    "DependsOn": ["Policy"],
                    "Properties": {
                        "TrailName": "audit",
                        "IsLogging": True,
                        "IsMultiRegionTrail": True,
                        "IncludeGlobalServiceEvents": True,
                        "S3BucketName": {"Ref": "Bucket"},
                        "CloudWatchLogsLogGroupArn": events,
                        "CloudWatchLogsRoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
                        "EventSelectors": [
                            {
                                "ReadWriteType": "All",
                                "IncludeManagementEvents": True,
                                "DataResources": [
                                    {
                                        "Type": "AWS::S3::Object",
                                        "Values": ["arn:aws:s3:::watched/"],
                                    }
                                ],
                            }
                        ],
                    },
                },
                **alarm("UnauthorizedCalls", DENIED, 5),
                **alarm("RoleChanged", CHANGED, 1),
            }
        }
    )


def deploy(aws: Client, body: str) -> str:
    """Deploy the stack, and return the status that it gets to."""
    stacks, capabilities = aws("cloudformation"), ["CAPABILITY_IAM"]
    stacks.create_stack(StackName="audit", TemplateBody=body, Capabilities=capabilities)
    # Where it fails, the status says so.
    with contextlib.suppress(WaiterError):
        waiter = stacks.get_waiter("stack_create_complete")
        waiter.wait(StackName="audit", WaiterConfig={"Delay": 0.1, "MaxAttempts": 50})
    return str(stacks.describe_stacks(StackName="audit")["Stacks"][0]["StackStatus"])


def delivered(aws: Client) -> list[dict[str, Any]]:
    pages = aws("logs").get_paginator("filter_log_events").paginate(logGroupName="audit")
    return [json.loads(each["message"]) for page in pages for each in page["events"]]


def states(aws: Client) -> dict[str, str]:
    found = aws("cloudwatch").describe_alarms()["MetricAlarms"]
    return {each["AlarmName"]: each["StateValue"] for each in found}


def test_the_audit_stack_s_alarms_fire(world: World, aws: Client) -> None:
    """A trail, its log group, two of the audit stack's filters and their alarms."""
    arn = role(aws, "curious")
    for name in ("watched", "unwatched"):
        bucket(world, aws, name)
    body = template("logs:CreateLogStream", "logs:PutLogEvents")
    assert deploy(aws, body) == "CREATE_COMPLETE"
    world.clock.sleep(360)
    assert states(aws) == {"UnauthorizedCalls": "OK", "RoleChanged": "OK"}

    for name in ("watched", "unwatched"):
        aws("s3").put_object(Bucket=name, Key="key", Body=b"")
    curious = acting(world, aws, arn)
    for _ in range(5):
        with pytest.raises(ClientError):
            curious("secretsmanager").list_secrets()
    world.clock.sleep(400)
    assert states(aws) == {"UnauthorizedCalls": "ALARM", "RoleChanged": "OK"}
    aws("iam").put_role_policy(RoleName="curious", PolicyName="own", PolicyDocument=ANYTHING)
    world.clock.sleep(400)
    assert states(aws)["RoleChanged"] == "ALARM"

    events = delivered(aws)
    written = [each for each in events if each["eventName"] == "PutObject"]
    assert [each["requestParameters"]["bucketName"] for each in written] == ["watched"]
    taken = [each for each in events if each["userIdentity"]["type"] == "AWSService"]
    assert taken[0]["userIdentity"]["invokedBy"] == "cloudtrail.amazonaws.com"
    files = aws("s3").list_objects_v2(Bucket="files", Prefix=f"AWSLogs/{ACCOUNT}/CloudTrail/")
    bodies = [
        aws("s3").get_object(Bucket="files", Key=each["Key"])["Body"].read()
        for each in files["Contents"]
    ]
    in_files = [each for body in bodies for each in json.loads(gzip.decompress(body))["Records"]]
    assert {each["eventID"] for each in in_files} <= {each["eventID"] for each in events}
    assert "PutRolePolicy" in {each["eventName"] for each in in_files}


ANYTHING = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
)


def test_events_are_looked_up_and_a_trail_says_how_it_is(world: World, aws: Client) -> None:
    trail = aws("cloudtrail")
    by_name = {"AttributeKey": "EventName", "AttributeValue": "ListSecrets"}
    found = trail.lookup_events(LookupAttributes=[by_name], MaxResults=2)
    assert len(found["Events"]) == 2
    assert found["Events"][0]["Username"] == "test"
    assert json.loads(found["Events"][0]["CloudTrailEvent"])["errorCode"] == "AccessDenied"
    status = trail.get_trail_status(Name="audit")
    assert status["IsLogging"]
    assert status["StartLoggingTime"] < status["LatestCloudWatchLogsDeliveryTime"]
    assert trail.get_trail(Name=ARN)["Trail"]["S3BucketName"] == "files"
    assert len(trail.get_event_selectors(TrailName="audit")["EventSelectors"]) == 1
    trail.stop_logging(Name="audit")
    aws("iam").list_users()
    world.clock.sleep(60)
    names = [each["eventName"] for each in delivered(aws)]
    assert "StopLogging" in names
    assert not trail.get_trail_status(Name="audit")["IsLogging"]


def test_a_trail_whose_role_may_not_write_says_so() -> None:
    with World() as world:
        assert deploy(world.client, template("logs:CreateLogStream")) == "CREATE_COMPLETE"
        world.client("iam").list_users()
        world.clock.sleep(60)
        status = world.client("cloudtrail").get_trail_status(Name="audit")
        assert status["LatestCloudWatchLogsDeliveryError"] == "AccessDeniedException"
        assert "logs:PutLogEvents" in {each.name for each in denied(calls(world.folder))}


def test_a_bucket_that_does_not_let_cloudtrail_in_gets_no_trail(world: World, aws: Client) -> None:
    bucket(world, aws, "closed")
    with pytest.raises(ClientError) as refused:
        aws("cloudtrail").create_trail(Name="other", S3BucketName="closed")
    assert refused.value.response["Error"]["Code"] == "InsufficientS3BucketPolicyException"
