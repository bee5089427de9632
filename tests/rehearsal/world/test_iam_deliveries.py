"""Services deliver to each other only what the policies between them allow."""

import json
from typing import Any

import pytest

from rehearsal.world.world import World
from tests.rehearsal.world.conftest import Client
from tests.rehearsal.world.lambdas import call, function
from tests.rehearsal.world.roles import ACCOUNT, REGION, Statement, allow, arn, document, role_for

PATTERN = json.dumps({"source": ["ours"]})


def tell(world: World, aws: Client, kind: str) -> None:
    """An event, and a minute for what comes of it."""
    entry = {"Source": "ours", "DetailType": kind, "Detail": "{}"}
    with world.clock.busy():
        aws("events").put_events(Entries=[entry])
        world.clock.sleep(60)


def heard(aws: Client, queue: str) -> int:
    """How many messages have come."""
    return len(
        aws("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
    )


def topic(aws: Client, name: str, *statements: Statement, key: str = "") -> tuple[str, str]:
    """A topic with a policy, and the queue that hears it."""
    made = aws("sns").create_topic(Name=name)["TopicArn"]
    if key:
        aws("sns").set_topic_attributes(
            TopicArn=made, AttributeName="KmsMasterKeyId", AttributeValue=key
        )
    aws("sns").set_topic_attributes(
        TopicArn=made, AttributeName="Policy", AttributeValue=document(*statements)
    )
    queue = aws("sqs").create_queue(QueueName=name)["QueueUrl"]
    open_to = {**allow("sqs:SendMessage", "*"), "Principal": {"Service": "sns.amazonaws.com"}}
    aws("sqs").set_queue_attributes(QueueUrl=queue, Attributes={"Policy": document(open_to)})
    aws("sns").subscribe(TopicArn=made, Protocol="sqs", Endpoint=arn("sqs", name))
    return made, queue


def publishing(service: str, **conditions: dict[str, str]) -> Statement:
    """A topic policy's statement for a service."""
    return {**allow("sns:Publish", "*", **conditions), "Principal": {"Service": service}}


@pytest.mark.parametrize("service", ["events", "cloudwatch"])
def test_a_topic_hears_a_service_that_its_policy_and_key_let_in(
    world: World, aws: Client, service: str
) -> None:
    principal = f"{service}.amazonaws.com"
    ours = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    owner = {
        **allow("kms:PutKeyPolicy kms:DescribeKey", "*"),
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
    }
    use = {
        **allow("kms:Decrypt kms:GenerateDataKey", "*", **ours),
        "Principal": {"Service": principal},
    }
    keys = [
        aws("kms").create_key(Policy=document(*statements))["KeyMetadata"]["Arn"]
        for statements in ([owner], [owner, use])
    ]
    topics = {
        "open": topic(aws, f"{service}-open", publishing(principal, **ours)),
        "sealed": topic(aws, f"{service}-sealed", publishing(principal, **ours), key=keys[1]),
        "closed": topic(aws, f"{service}-closed", publishing("s3.amazonaws.com")),
        "other": topic(
            aws,
            f"{service}-other",
            publishing(principal, StringEquals={"aws:SourceAccount": "9" * 12}),
        ),
        "key": topic(aws, f"{service}-key", publishing(principal), key=keys[0]),
    }
    if service == "events":
        aws("events").put_rule(Name="tells", EventPattern=PATTERN)
        targets = [{"Id": name, "Arn": each} for name, (each, _) in topics.items()]
        aws("events").put_targets(Rule="tells", Targets=targets)
        tell(world, aws, "any")
    else:
        aws("cloudwatch").put_metric_alarm(
            AlarmName="tells",
            AlarmActions=[each for each, _ in topics.values()],
            Namespace="n",
            MetricName="m",
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanThreshold",
            TreatMissingData="ignore",
        )
        aws("cloudwatch").set_alarm_state(AlarmName="tells", StateValue="ALARM", StateReason="r")
    assert {name: heard(aws, queue) for name, (_, queue) in topics.items()} == {
        "open": 1,
        "sealed": 1,
        "closed": 0,
        "other": 0,
        "key": 0,
    }


def machine(world: World, aws: Client, name: str, function_arn: str, *statements: Statement) -> str:
    """A state machine that calls a function."""
    task = {"Type": "Task", "Resource": function_arn, "End": True}
    made = aws("stepfunctions").create_state_machine(
        name=name,
        roleArn=role_for(world, "states.amazonaws.com", *statements),
        definition=json.dumps({"StartAt": "a", "States": {"a": task}}),
    )
    return str(made["stateMachineArn"])


def finished(world: World, aws: Client, execution: str) -> dict[str, Any]:
    with world.clock.busy():
        world.clock.sleep(60)
    found: dict[str, Any] = aws("stepfunctions").describe_execution(executionArn=execution)
    return found


def test_a_state_machine_calls_a_function_with_its_role(world: World, aws: Client) -> None:
    target = function(aws, "called", "def handle(event, context): return 1")["FunctionArn"]
    for name, resource, status in (("may", target, "SUCCEEDED"), ("not", f"{target}:*", "FAILED")):
        made = machine(world, aws, name, target, allow("lambda:InvokeFunction", resource))
        execution = aws("stepfunctions").start_execution(stateMachineArn=made)["executionArn"]
        found = finished(world, aws, execution)
        assert found["status"] == status
    assert "not authorized to perform: lambda:InvokeFunction" in found["cause"]


def test_a_rule_starts_what_its_target_s_role_may_start(world: World, aws: Client) -> None:
    target = function(aws, "started", "def handle(event, context): return 1")["FunctionArn"]
    may = allow("lambda:InvokeFunction", target)
    machines = {name: machine(world, aws, f"started-{name}", target, may) for name in ("yes", "no")}
    role = role_for(world, "events.amazonaws.com", allow("states:StartExecution", machines["yes"]))
    aws("events").put_rule(Name="starts", EventPattern=PATTERN)
    targets = [{"Id": name, "Arn": each, "RoleArn": role} for name, each in machines.items()]
    aws("events").put_targets(Rule="starts", Targets=targets)
    tell(world, aws, "start")
    runs = {
        name: len(aws("stepfunctions").list_executions(stateMachineArn=each)["executions"])
        for name, each in machines.items()
    }
    assert runs == {"yes": 1, "no": 0}


def test_a_function_is_called_by_a_rule_that_it_lets_in(world: World, aws: Client) -> None:
    writes = """
        import boto3

        def handle(event, context):
            boto3.client("s3").put_object(Bucket="calls", Key=context.function_name)
    """
    place = {"LocationConstraint": REGION}
    aws("s3").create_bucket(Bucket="calls", CreateBucketConfiguration=place)
    for name in ("lets-in", "keeps-out"):
        made = function(aws, name, writes, allow("s3:PutObject", "*"))
        rule = aws("events").put_rule(Name=name, EventPattern=PATTERN)["RuleArn"]
        aws("events").put_targets(Rule=name, Targets=[{"Id": "1", "Arn": made["FunctionArn"]}])
        source = rule if name == "lets-in" else arn("events", "rule/other")
        aws("lambda").add_permission(
            FunctionName=name,
            StatementId="rule",
            Action="lambda:InvokeFunction",
            Principal="events.amazonaws.com",
            SourceArn=source,
        )
    tell(world, aws, "call")
    keys = [each["Key"] for each in aws("s3").list_objects_v2(Bucket="calls").get("Contents", [])]
    assert keys == ["lets-in"]


def test_a_function_without_the_right_to_has_no_log(aws: Client) -> None:
    for name, statements in (
        ("mute", []),
        ("loud", [allow("logs:CreateLogStream logs:PutLogEvents", "*")]),
    ):
        function(aws, name, "def handle(event, context): print('said')", *statements)
        call(aws, name)
    groups = {each["logGroupName"] for each in aws("logs").describe_log_groups()["logGroups"]}
    assert "/aws/lambda/loud" in groups
    assert "/aws/lambda/mute" not in groups
