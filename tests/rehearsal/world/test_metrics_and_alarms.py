"""A weighted alias, what is counted of its versions, and the alarms that read it."""

import json
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from rehearsal.world.inside.plugins.alias_weights import pick
from rehearsal.world.world import World
from tests.rehearsal.world.conftest import Client
from tests.rehearsal.world.lambdas import function

SOURCE = """
import json, time

def handle(event, context):
    counted = {"Name": "Seen", "Unit": "Count"}
    metric = {"Namespace": "Own", "Dimensions": [["Version"]], "Metrics": [counted]}
    about = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [metric]}
    print(json.dumps({"_aws": about, "Version": context.function_version, "Seen": 1}))
    if context.function_version in event["slow"]:
        time.sleep(0.5)
    if context.function_version in event["bad"]:
        raise ValueError("bad")
    return [context.function_version, context.invoked_function_arn]
"""
CANARY = "2"


def make_service(aws: Client) -> None:
    """A function with two versions, the second of them a canary that gets 30 %."""
    client = aws("lambda")
    function(aws, "service", SOURCE)
    assert client.publish_version(FunctionName="service")["Version"] == "1"
    client.update_function_configuration(FunctionName="service", Description="another")
    assert client.publish_version(FunctionName="service")["Version"] == CANARY
    client.create_alias(
        FunctionName="service",
        Name="live",
        FunctionVersion="1",
        RoutingConfig={"AdditionalVersionWeights": {CANARY: 0.3}},
    )


@pytest.fixture(scope="module")
def first_calls(aws: Client) -> list[str]:
    """The versions that answered the first calls of a new service."""
    make_service(aws)
    return [invoke(aws)["ExecutedVersion"] for _ in range(12)]


@pytest.fixture(scope="module")
def service(first_calls: list[str]) -> str:
    """The name of the service, which has been called."""
    assert first_calls
    return "service"


def metric(
    name: str, statistic: str, namespace: str = "AWS/Lambda", **other: str
) -> dict[str, Any]:
    dimensions = other or {
        "FunctionName": "service",
        "Resource": "service:live",
        "ExecutedVersion": CANARY,
    }
    return {
        "Metric": {
            "Namespace": namespace,
            "MetricName": name,
            "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()],
        },
        "Period": 60,
        "Stat": statistic,
    }


def invoke(aws: Client, slow: str = "", bad: str = "") -> dict[str, Any]:
    event = json.dumps({"slow": slow, "bad": bad})
    answer: dict[str, Any] = aws("lambda").invoke(
        FunctionName="service", Qualifier="live", Payload=event
    )
    return answer


def last_minute(world: World, aws: Client, stats: dict[str, dict[str, Any]]) -> dict[str, float]:
    """The total of each metric over the last full minute."""
    end = world.clock.now().replace(second=0)
    results = aws("cloudwatch").get_metric_data(
        StartTime=end - timedelta(minutes=1),
        EndTime=end,
        MetricDataQueries=[{"Id": name, "MetricStat": stat} for name, stat in stats.items()],
    )["MetricDataResults"]
    return {result["Id"]: sum(result["Values"]) for result in results}


def to_the_minute(world: World) -> None:
    world.clock.sleep(60 - world.clock.now().timestamp() % 60)


def test_a_version_is_picked_by_its_weight() -> None:
    weights = {"2": 0.25, "3": 0.25}
    assert [pick("1", weights, chance) for chance in (0, 0.24, 0.25, 0.49, 0.5, 0.99)] == [
        *("2", "2", "3", "3", "1", "1")
    ]
    assert pick("1", {}, 0.0) == "1"


def test_the_answer_says_which_version_ran_and_the_function_sees_the_alias(
    aws: Client, service: str
) -> None:
    for _ in range(8):
        answer = invoke(aws)
        version, arn = json.loads(answer["Payload"].read())
        assert version == answer["ExecutedVersion"]
        assert arn.endswith(f":function:{service}:live")


def test_each_version_is_counted_under_the_alias(world: World, aws: Client, service: str) -> None:
    to_the_minute(world)
    ran = Counter(invoke(aws, slow=CANARY, bad=CANARY)["ExecutedVersion"] for _ in range(40))
    to_the_minute(world)
    canary, whole = ran[CANARY], {"FunctionName": service}
    assert 4 <= canary <= 20
    alias = {**whole, "Resource": "service:live"}
    counted = last_minute(
        world,
        aws,
        {
            "runs": metric("Invocations", "Sum"),
            "errors": metric("Errors", "Sum"),
            "slow": metric("Duration", "TC(499:)"),
            "not_slow": metric("Duration", "TC(500:)"),
            "old": metric("Errors", "Sum", **{**alias, "ExecutedVersion": "1"}),
            "alias": metric("Invocations", "Sum", **alias),
            "whole": metric("Invocations", "Sum", **whole),
            "own": metric("Seen", "Sum", "Own", Version=CANARY),
        },
    )
    assert counted["runs"] == counted["errors"] == counted["slow"] == counted["own"] == canary
    assert counted["not_slow"] == counted["old"] == 0
    assert counted["alias"] == counted["whole"]
    assert counted["alias"] >= 40


def test_the_same_seed_sends_the_same_calls_to_the_canary(first_calls: list[str]) -> None:
    with World() as again:
        make_service(again.client)
        assert [invoke(again.client)["ExecutedVersion"] for _ in first_calls] == first_calls
    assert len(set(first_calls)) == 2


@pytest.mark.usefixtures("service")
def test_a_metric_math_alarm_turns_red_on_the_canary_and_tells(world: World, aws: Client) -> None:
    cloudwatch, region = aws("cloudwatch"), world.region
    topic = aws("sns").create_topic(Name="alarms")["TopicArn"]
    queue = aws("sqs").create_queue(QueueName="told")["QueueUrl"]
    told = f"arn:aws:sqs:{region}:{world.account}:told"
    allow = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": told,
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    aws("sqs").set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})
    aws("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=told)
    cloudwatch.put_metric_alarm(
        AlarmName="canary",
        AlarmActions=[topic],
        EvaluationPeriods=3,
        DatapointsToAlarm=1,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="notBreaching",
        Metrics=[
            {"Id": "bad", "MetricStat": metric("Errors", "Sum"), "ReturnData": False},
            {"Id": "requests", "MetricStat": metric("Invocations", "Sum"), "ReturnData": False},
            {"Id": "above", "Expression": "bad-(0.01*requests+(0.05*requests)^0.5+2)"},
        ],
    )

    def state() -> str:
        alarm = cloudwatch.describe_alarms(AlarmNames=["canary"])["MetricAlarms"][0]
        assert "MetricName" not in alarm
        assert [each["Id"] for each in alarm["Metrics"]] == ["bad", "requests", "above"]
        return str(alarm["StateValue"])

    assert state() == "INSUFFICIENT_DATA"
    world.clock.sleep(6 * 60)
    assert state() == "OK"
    for _ in range(20):
        invoke(aws)
    to_the_minute(world)
    assert state() == "OK"
    for _ in range(30):
        invoke(aws, bad=CANARY)
    assert state() == "OK"
    to_the_minute(world)
    assert state() == "ALARM"
    message = aws("sqs").receive_message(QueueUrl=queue)["Messages"][0]
    assert json.loads(json.loads(message["Body"])["Message"])["NewStateValue"] == "ALARM"
    world.clock.sleep(8 * 60)
    assert state() == "OK"


def test_an_alarm_of_a_template_may_use_metric_math(world: World, aws: Client) -> None:
    names = {"MetricName": "Errors", "Namespace": "AWS/Lambda"}
    stat = {"Metric": names, "Period": 60, "Stat": "Sum"}
    template = {
        "Resources": {
            "Alarm": {
                "Type": "AWS::CloudWatch::Alarm",
                "Properties": {
                    "AlarmName": "of-a-stack",
                    "ComparisonOperator": "GreaterThanThreshold",
                    "EvaluationPeriods": 1,
                    "Threshold": 0,
                    "TreatMissingData": "breaching",
                    "Metrics": [
                        {"Id": "a", "ReturnData": False, "MetricStat": stat},
                        {"Id": "b", "Expression": "FILL(a,0)+1"},
                    ],
                },
            }
        }
    }
    cloudformation = aws("cloudformation")
    cloudformation.create_stack(StackName="alarms", TemplateBody=json.dumps(template))
    cloudformation.get_waiter("stack_create_complete").wait(
        StackName="alarms", WaiterConfig={"Delay": 0.05, "MaxAttempts": 100}
    )
    world.clock.sleep(60)
    alarm = aws("cloudwatch").describe_alarms(AlarmNames=["of-a-stack"])["MetricAlarms"][0]
    assert alarm["StateValue"] == "ALARM"
    assert len(alarm["Metrics"]) == 2
