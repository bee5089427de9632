"""A call is decided by AWS's action, resource and condition keys: one right, one wrong of each."""

import json
from collections.abc import Callable
from typing import NamedTuple

import pytest

from rehearsal.world.world import World
from tests.rehearsal.world.conftest import Client
from tests.rehearsal.world.lambdas import function
from tests.rehearsal.world.roles import (
    ACCOUNT,
    REGION,
    Statement,
    allow,
    arn,
    assert_decides,
    role_for,
)

Call = Callable[[Client], object]
Near = Statement | str | list[str]
MACHINE = arn("states", "stateMachine:m")
FUNCTION = arn("lambda", "function:f")
GROUP = arn("logs", "log-group:g")
BUS = arn("events", "event-bus/default")
ROLE = f"arn:aws:iam::{ACCOUNT}:role/some/path/r"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/b"
POLICY = f"arn:aws:iam::{ACCOUNT}:policy/p/one"
TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})


class Case(NamedTuple):
    """A call with a statement that allows it and one that comes near but does not."""

    name: str
    call: Call
    right: Statement
    wrong: Statement
    action: str


def case(name: str, action: str, call: Call, right: Near, wrong: Near) -> Case:
    """A case; the resources alone may stand for a statement."""
    allowed = right if isinstance(right, dict) else allow(action, right)
    near = wrong if isinstance(wrong, dict) else allow(action, wrong)
    return Case(name, call, allowed, near, action.split(maxsplit=1)[0])


def if_(
    action: str, resource: str, key: str, value: str, operator: str = "StringEquals"
) -> Statement:
    """A statement with one condition."""
    return allow(action, resource, **{operator: {key: value}})


def put_events(*kinds: str) -> Call:
    """Events of lockgate, of these kinds."""
    entries = [{"Source": "lockgate", "DetailType": kind, "Detail": "{}"} for kind in kinds]
    return lambda aws: aws("events").put_events(Entries=entries)


def verdicts(kind: str) -> Statement:
    """Events of lockgate of that kind only."""
    keys = {"events:source": "lockgate", "events:detail-type": kind}
    return allow("events:PutEvents", BUS, StringEquals=keys)


CASES = [
    case(
        "invoke",
        "lambda:InvokeFunction",
        lambda aws: aws("lambda").invoke(FunctionName="f"),
        FUNCTION,
        f"{FUNCTION}:*",
    ),
    case(
        "invoke-alias",
        "lambda:InvokeFunction",
        lambda aws: aws("lambda").invoke(FunctionName="f", Qualifier="live"),
        f"{FUNCTION}:*",
        FUNCTION,
    ),
    case(
        "invoke-alias-in-name",
        "lambda:InvokeFunction",
        lambda aws: aws("lambda").invoke(FunctionName="f:live"),
        f"{FUNCTION}:live",
        FUNCTION,
    ),
    case(
        "invoke-alias-by-arn",
        "lambda:InvokeFunction",
        lambda aws: aws("lambda").invoke(FunctionName=f"{FUNCTION}:live"),
        f"{FUNCTION}:live",
        f"{FUNCTION}:1",
    ),
    case(
        "invoke-version",
        "lambda:InvokeFunction",
        lambda aws: aws("lambda").invoke(FunctionName="f", Qualifier="1"),
        f"{FUNCTION}:1",
        f"{FUNCTION}:live",
    ),
    case(
        "get-alias",
        "lambda:GetAlias",
        lambda aws: aws("lambda").get_alias(FunctionName="f", Name="live"),
        f"{FUNCTION}:live",
        allow("lambda:ListAliases", "*"),
    ),
    case(
        "update-alias",
        "lambda:UpdateAlias",
        lambda aws: aws("lambda").update_alias(FunctionName="f", Name="live"),
        f"{FUNCTION}:live",
        f"{FUNCTION}:1",
    ),
    case(
        "list-aliases",
        "lambda:ListAliases",
        lambda aws: aws("lambda").list_aliases(FunctionName="f"),
        FUNCTION,
        allow("lambda:GetAlias", "*"),
    ),
    case(
        "configuration",
        "lambda:GetFunctionConfiguration",
        lambda aws: aws("lambda").get_function_configuration(FunctionName="f"),
        FUNCTION,
        allow("lambda:GetFunction", "*"),
    ),
    case(
        "function",
        "lambda:GetFunction",
        lambda aws: aws("lambda").get_function(FunctionName="f"),
        FUNCTION,
        allow("lambda:GetFunctionConfiguration", "*"),
    ),
    case(
        "concurrency",
        "lambda:GetFunctionConcurrency",
        lambda aws: aws("lambda").get_function_concurrency(FunctionName="f"),
        FUNCTION,
        allow("lambda:PutFunctionConcurrency", "*"),
    ),
    case(
        "provisioned",
        "lambda:GetProvisionedConcurrencyConfig",
        lambda aws: aws("lambda").get_provisioned_concurrency_config(
            FunctionName="f", Qualifier="live"
        ),
        f"{FUNCTION}:live",
        FUNCTION,
    ),
    case(
        "stream",
        "logs:CreateLogStream",
        lambda aws: aws("logs").create_log_stream(logGroupName="g", logStreamName="s"),
        f"{GROUP}:*",
        arn("logs", "log-group:other:*"),
    ),
    case(
        "events-to-stream",
        "logs:PutLogEvents",
        lambda aws: aws("logs").put_log_events(
            logGroupName="g", logStreamName="t", logEvents=[{"timestamp": 1, "message": "m"}]
        ),
        f"{GROUP}:log-stream:t",
        f"{GROUP}:log-stream:u",
    ),
    case(
        "group",
        "logs:CreateLogGroup",
        lambda aws: aws("logs").create_log_group(logGroupName="made-1"),
        arn("logs", "log-group:made-*"),
        arn("logs", "log-group:g-*"),
    ),
    case(
        "retention",
        "logs:PutRetentionPolicy",
        lambda aws: aws("logs").put_retention_policy(logGroupName="g", retentionInDays=1),
        f"{GROUP}:*",
        arn("logs", "log-group:h:*"),
    ),
    case(
        "groups",
        "logs:DescribeLogGroups",
        lambda aws: aws("logs").describe_log_groups(),
        arn("logs", "log-group:*"),
        allow("logs:DescribeLogStreams", "*"),
    ),
    case(
        "rule",
        "events:PutRule",
        lambda aws: aws("events").put_rule(Name="rule", ScheduleExpression="rate(1 day)"),
        arn("events", "rule/rule"),
        arn("events", "rule/default/rule"),
    ),
    case(
        "event", "events:PutEvents", put_events("Verdict"), verdicts("Verdict"), verdicts("Other")
    ),
    case(
        "second-event",
        "events:PutEvents",
        put_events("Verdict", "Verdict"),
        verdicts("Verdict"),
        allow("events:PutEvents", arn("events", "event-bus/x")),
    ),
    case(
        "metric",
        "cloudwatch:PutMetricData",
        lambda aws: aws("cloudwatch").put_metric_data(
            Namespace="Lockgate", MetricData=[{"MetricName": "m", "Value": 1}]
        ),
        if_("cloudwatch:PutMetricData", "*", "cloudwatch:namespace", "Lockgate"),
        if_("cloudwatch:PutMetricData", "*", "cloudwatch:namespace", "Other"),
    ),
    case(
        "metrics",
        "cloudwatch:GetMetricData",
        lambda aws: aws("cloudwatch").get_metric_data(
            MetricDataQueries=[], StartTime=0, EndTime=60
        ),
        "*",
        arn("cloudwatch", "alarm:*"),
    ),
    case(
        "alarms",
        "cloudwatch:DescribeAlarms",
        lambda aws: aws("cloudwatch").describe_alarms(AlarmNames=["a", "b"]),
        [arn("cloudwatch", "alarm:a"), arn("cloudwatch", "alarm:b")],
        arn("cloudwatch", "alarm:a"),
    ),
    case(
        "execution",
        "states:StartExecution",
        lambda aws: aws("stepfunctions").start_execution(stateMachineArn=MACHINE),
        MACHINE,
        arn("states", "execution:m:*"),
    ),
    case(
        "look-at-execution",
        "states:DescribeExecution",
        lambda aws: aws("stepfunctions").describe_execution(
            executionArn=arn("states", "execution:m:x")
        ),
        arn("states", "execution:m:*"),
        MACHINE,
    ),
    case(
        "stop-execution",
        "states:StopExecution",
        lambda aws: aws("stepfunctions").stop_execution(
            executionArn=arn("states", "execution:m:x")
        ),
        arn("states", "execution:m:x"),
        MACHINE,
    ),
    case(
        "stacks",
        "cloudformation:DescribeStacks",
        lambda aws: aws("cloudformation").describe_stacks(StackName="s"),
        arn("cloudformation", "stack/s/*"),
        arn("cloudformation", "stack/t/*"),
    ),
    case(
        "change-set",
        "cloudformation:DescribeChangeSet",
        lambda aws: aws("cloudformation").describe_change_set(
            StackName="s", ChangeSetName="release"
        ),
        if_(
            "cloudformation:DescribeChangeSet",
            arn("cloudformation", "stack/s/*"),
            "cloudformation:ChangeSetName",
            "release",
        ),
        if_(
            "cloudformation:DescribeChangeSet",
            arn("cloudformation", "stack/s/*"),
            "cloudformation:ChangeSetName",
            "other",
        ),
    ),
    case(
        "execute",
        "cloudformation:ExecuteChangeSet",
        lambda aws: aws("cloudformation").execute_change_set(
            StackName="s", ChangeSetName="release"
        ),
        if_(
            "cloudformation:ExecuteChangeSet",
            arn("cloudformation", "stack/s/*"),
            "cloudformation:ChangeSetName",
            "release",
        ),
        if_("cloudformation:ExecuteChangeSet", "*", "cloudformation:ChangeSetName", "r"),
    ),
    case(
        "role",
        "iam:CreateRole",
        lambda aws: aws("iam").create_role(
            RoleName="new",
            Path="/some/path/",
            AssumeRolePolicyDocument=TRUST,
            PermissionsBoundary=BOUNDARY,
        ),
        if_(
            "iam:CreateRole",
            f"arn:aws:iam::{ACCOUNT}:role/some/path/*",
            "iam:PermissionsBoundary",
            BOUNDARY,
        ),
        if_(
            "iam:CreateRole",
            f"arn:aws:iam::{ACCOUNT}:role/some/path/*",
            "iam:PermissionsBoundary",
            POLICY,
        ),
    ),
    case(
        "role-path",
        "iam:GetRole",
        lambda aws: aws("iam").get_role(RoleName="r"),
        ROLE,
        f"arn:aws:iam::{ACCOUNT}:role/r",
    ),
    case(
        "attach",
        "iam:AttachRolePolicy",
        lambda aws: aws("iam").attach_role_policy(RoleName="r", PolicyArn=POLICY),
        allow(
            "iam:AttachRolePolicy",
            ROLE,
            ArnLike={"iam:PolicyARN": f"arn:aws:iam::{ACCOUNT}:policy/p/*"},
            StringEquals={"iam:PermissionsBoundary": BOUNDARY},
        ),
        allow(
            "iam:AttachRolePolicy",
            ROLE,
            ArnLike={"iam:PolicyARN": f"arn:aws:iam::{ACCOUNT}:policy/q/*"},
        ),
    ),
    case(
        "attach-bounded",
        "iam:AttachRolePolicy",
        lambda aws: aws("iam").attach_role_policy(RoleName="r", PolicyArn=POLICY),
        if_("iam:AttachRolePolicy", ROLE, "iam:PermissionsBoundary", BOUNDARY),
        if_("iam:AttachRolePolicy", ROLE, "iam:PermissionsBoundary", POLICY),
    ),
    case(
        "policy",
        "iam:CreatePolicy",
        lambda aws: aws("iam").create_policy(
            PolicyName="n",
            Path="/p/",
            PolicyDocument=json.dumps(
                {"Version": "2012-10-17", "Statement": [allow("s3:GetObject", "*")]}
            ),
        ),
        f"arn:aws:iam::{ACCOUNT}:policy/p/*",
        f"arn:aws:iam::{ACCOUNT}:policy/n",
    ),
    case(
        "key-alias",
        "kms:GenerateDataKey",
        lambda aws: aws("kms").generate_data_key(KeyId="alias/k", KeySpec="AES_256"),
        arn("kms", "key/*"),
        arn("kms", "alias/k"),
    ),
    case(
        "key-context",
        "kms:GenerateDataKey",
        lambda aws: aws("kms").generate_data_key(
            KeyId="alias/k", KeySpec="AES_256", EncryptionContext={"a": "b"}
        ),
        if_("kms:GenerateDataKey", "*", "kms:EncryptionContext:a", "b"),
        if_("kms:GenerateDataKey", "*", "kms:EncryptionContext:a", "c"),
    ),
    case(
        "none-match",
        "s3:PutObject",
        lambda aws: aws("s3").put_object(Bucket="bucket", Key="k1", IfNoneMatch="*"),
        if_("s3:PutObject", "arn:aws:s3:::bucket/*", "s3:if-none-match", "false", "Null"),
        if_("s3:PutObject", "arn:aws:s3:::bucket/*", "s3:if-none-match", "true", "Null"),
    ),
    case(
        "sse",
        "s3:PutObject",
        lambda aws: aws("s3").put_object(Bucket="bucket", Key="k2", ServerSideEncryption="AES256"),
        if_("s3:PutObject", "arn:aws:s3:::bucket/*", "s3:x-amz-server-side-encryption", "AES256"),
        if_("s3:PutObject", "arn:aws:s3:::bucket/*", "s3:x-amz-server-side-encryption", "aws:kms"),
    ),
    case(
        "own-account",
        "s3:PutObject",
        lambda aws: aws("s3").put_object(Bucket="bucket", Key="k3"),
        if_("s3:PutObject", "arn:aws:s3:::bucket/*", "aws:ResourceAccount", ACCOUNT),
        if_("s3:PutObject", "arn:aws:s3:::bucket/*", "aws:ResourceAccount", "999999999999"),
    ),
    case(
        "missing-object",
        "s3:ListBucket",
        lambda aws: aws("s3").get_object(Bucket="bucket", Key="nothing"),
        allow("s3:GetObject s3:ListBucket", "*"),
        allow("s3:GetObject", "*"),
    ),
    case(
        "secret",
        "secretsmanager:CreateSecret",
        lambda aws: aws("secretsmanager").create_secret(Name="a/b", SecretString="s"),
        arn("secretsmanager", "secret:a/b-??????"),
        arn("secretsmanager", "secret:a/b"),
    ),
    case(
        "region",
        "s3:ListAllMyBuckets",
        lambda aws: aws("s3").list_buckets(),
        if_("s3:ListAllMyBuckets", "*", "aws:RequestedRegion", REGION),
        if_("s3:ListAllMyBuckets", "*", "aws:RequestedRegion", "us-east-1"),
    ),
    case(
        "secure",
        "s3:ListAllMyBuckets",
        lambda aws: aws("s3").list_buckets(),
        if_("s3:ListAllMyBuckets", "*", "aws:SecureTransport", "true", "Bool"),
        if_("s3:ListAllMyBuckets", "*", "aws:SecureTransport", "false", "Bool"),
    ),
    case(
        "not-for-a-service",
        "s3:ListAllMyBuckets",
        lambda aws: aws("s3").list_buckets(),
        if_("s3:ListAllMyBuckets", "*", "aws:ViaAWSService", "false", "Bool"),
        if_("s3:ListAllMyBuckets", "*", "aws:ViaAWSService", "true", "Bool"),
    ),
    case(
        "principal",
        "s3:ListAllMyBuckets",
        lambda aws: aws("s3").list_buckets(),
        if_(
            "s3:ListAllMyBuckets",
            "*",
            "aws:PrincipalArn",
            f"arn:aws:iam::{ACCOUNT}:role/*",
            "ArnLike",
        ),
        if_("s3:ListAllMyBuckets", "*", "aws:PrincipalArn", "arn:aws:sts::*", "ArnLike"),
    ),
    case(
        "variable",
        "s3:ListBucket",
        lambda aws: aws("s3").list_objects_v2(Bucket="bucket", Prefix=f"home/{ACCOUNT}/"),
        if_(
            "s3:ListBucket",
            "arn:aws:s3:::bucket",
            "s3:prefix",
            "home/${aws:PrincipalAccount}/*",
            "StringLike",
        ),
        if_(
            "s3:ListBucket",
            "arn:aws:s3:::bucket",
            "s3:prefix",
            "home/${aws:username}/*",
            "StringLike",
        ),
    ),
]


@pytest.fixture(scope="module")
def things(world: World, aws: Client) -> World:
    """What the calls are about."""
    function(aws, "f", "def handle(event, context): return 1")
    version = aws("lambda").publish_version(FunctionName="f")["Version"]
    aws("lambda").create_alias(FunctionName="f", Name="live", FunctionVersion=version)
    aws("logs").create_log_group(logGroupName="g")
    aws("logs").create_log_stream(logGroupName="g", logStreamName="t")
    place = {"LocationConstraint": REGION}
    aws("s3").create_bucket(Bucket="bucket", CreateBucketConfiguration=place)
    key = aws("kms").create_key()["KeyMetadata"]["KeyId"]
    aws("kms").create_alias(AliasName="alias/k", TargetKeyId=key)
    for path, name in (("/", "b"), ("/p/", "one")):
        aws("iam").create_policy(
            PolicyName=name,
            Path=path,
            PolicyDocument=json.dumps(
                {"Version": "2012-10-17", "Statement": [allow("s3:GetObject", "*")]}
            ),
        )
    role_for(world, "lambda.amazonaws.com", name="r", path="/some/path/")
    aws("iam").put_role_permissions_boundary(RoleName="r", PermissionsBoundary=BOUNDARY)
    aws("stepfunctions").create_state_machine(
        name="m",
        roleArn=role_for(world, "states.amazonaws.com"),
        definition=json.dumps({"StartAt": "a", "States": {"a": {"Type": "Succeed"}}}),
    )
    return world


@pytest.mark.parametrize("each", CASES, ids=lambda each: each.name)
def test_a_call_is_decided_as_on_aws(things: World, each: Case) -> None:
    assert_decides(things, each.call, [each.right], [each.wrong], each.action)


def test_each_event_of_a_call_is_decided_on_with_its_own_keys(things: World) -> None:
    both = [verdicts("Verdict"), verdicts("Other")]
    mixed = put_events("Verdict", "Other")
    assert_decides(things, mixed, both, [verdicts("Verdict")], "events:PutEvents")
