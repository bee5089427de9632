"""The rules of a stage's conditions, and the function that an action or a rule invokes."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from rehearsal.world.world import World
from tests.rehearsal.world.conftest import Client
from tests.rehearsal.world.lambdas import function, role
from tests.rehearsal.world.performers import Performers, allow, performing_world, soon

INVOKE = ("Invoke", "AWS", "Lambda")
# Tells the test of the job, and reports nothing itself.
SOURCE = """
import boto3, json
def handle(event, context):
    sqs = boto3.client("sqs")
    queue = sqs.get_queue_url(QueueName="told")["QueueUrl"]
    sqs.send_message(QueueUrl=queue, MessageBody=json.dumps(event))
"""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with performing_world(tmp_path_factory.mktemp("performing")) as world:
        yield world


@pytest.fixture(scope="module")
def performers(world: World) -> Performers:
    return Performers(world)


@pytest.fixture(scope="module")
def nothing(aws: Client) -> str:
    """A role without permissions."""
    return role(aws, "nothing", service="codepipeline")


@pytest.mark.parametrize(
    ("variable", "operator", "value", "holds"),
    [
        ("main", "EQ", "main", True),
        ("main", "EQ", "other", False),
        ("main", "NE", "other", True),
        ("a main b", "CONTAINS", "main", True),
        ("main-2", "MATCHES", r"main-\d", True),
        ("main-22", "MATCHES", r"main-\d", False),
    ],
)
def test_a_variable_is_checked(
    performers: Performers, nothing: str, variable: str, operator: str, value: str, *, holds: bool
) -> None:
    said = {"Variable": variable, "Operator": operator, "Value": value}
    found = performers.perform("VariableCheck", nothing, said)
    assert found.get("code", "") == ("" if holds else "RuleFailed")
    wrong = performers.perform("VariableCheck", nothing, {**said, "Operator": "LIKE"})
    assert wrong["code"] == "ConfigurationError"


def test_a_window_is_waited_for(performers: Performers, world: World, nothing: str) -> None:
    now = world.clock.now()
    inside = {"Cron": f"* * {now.hour} ? * * *", "TimeZone": "UTC"}
    assert performers.perform("DeploymentWindow", nothing, inside)["seconds"] == 0
    later = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=3)
    # In a zone that is two hours ahead it is two hours later.
    ahead = {"Cron": f"* * {(later.hour + 2) % 24} ? * * *", "TimeZone": "UTC+02:00"}
    found = performers.perform("DeploymentWindow", nothing, ahead)
    assert world.clock.now() == later
    assert found["seconds"] > 0
    early = {"Cron": f"* * {(later.hour + 2) % 24} ? * * *"}
    found = performers.perform("DeploymentWindow", nothing, early, stop_after=60)
    assert (found["code"], found["seconds"]) == ("Abandoned", 60)
    never = performers.perform("DeploymentWindow", nothing, {"Cron": "* * * ? * * 2020"})
    assert never["code"] == "RuleFailed"
    for wrong in ({"Cron": "* *"}, {**inside, "TimeZone": "Atlantis/City"}):
        found = performers.perform("DeploymentWindow", nothing, wrong)
        assert found["code"] == "ConfigurationError"


def alarm(aws: Client, name: str, state: str) -> str:
    aws("cloudwatch").put_metric_alarm(
        AlarmName=name,
        Namespace="N",
        MetricName=name,
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="notBreaching",
    )
    aws("cloudwatch").set_alarm_state(AlarmName=name, StateValue=state, StateReason="test")
    return name


def test_an_alarm_keeps_a_stage_from_being_entered_and_is_watched_after_it(
    performers: Performers, world: World, aws: Client, nothing: str
) -> None:
    arn = f"arn:aws:cloudwatch:{world.region}:{world.account}:alarm:*"
    read = role(aws, "read", allow("cloudwatch:DescribeAlarms", arn), service="codepipeline")
    quiet = {"AlarmName": alarm(aws, "quiet", "OK")}
    assert performers.perform("CloudWatchAlarm", read, quiet)["seconds"] == 0
    found = performers.perform("CloudWatchAlarm", read, {**quiet, "WaitTime": "5"}, kind="after")
    assert (found.get("code"), found["seconds"]) == (None, 300)
    with world.clock.busy():
        loud = {"AlarmName": alarm(aws, "loud", "ALARM")}
        # Without data it is over at the next look.
        found = performers.perform("CloudWatchAlarm", read, loud)
        assert (found["code"], found["seconds"]) == ("RuleFailed", 0)
        found = performers.perform("CloudWatchAlarm", read, loud, kind="after")
        assert found["code"] == "RuleFailed"
    found = performers.perform("CloudWatchAlarm", read, {**loud, "WaitTime": "10"})
    assert found.get("code") is None, found
    for role_arn, said in ((nothing, quiet), (read, {"AlarmName": "none"})):
        assert "code" in performers.perform("CloudWatchAlarm", role_arn, said)


@pytest.fixture(scope="module")
def told(world: World, aws: Client) -> str:
    """Where the function says what it was told."""
    arn = f"arn:aws:sqs:{world.region}:{world.account}:told"
    function(aws, "worker", SOURCE, allow(["sqs:SendMessage", "sqs:GetQueueUrl"], arn))
    return str(aws("sqs").create_queue(QueueName="told")["QueueUrl"])


def heard(aws: Client, queue: str) -> Any:  # noqa: ANN401 - the event's job
    def look() -> list[dict[str, Any]]:
        return list(aws("sqs").receive_message(QueueUrl=queue).get("Messages", ()))

    message = soon(look)[0]
    aws("sqs").delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    return json.loads(message["Body"])["CodePipeline.job"]


def test_a_function_is_invoked_until_it_reports_an_end(
    performers: Performers, world: World, aws: Client, told: str, nothing: str
) -> None:
    arn = f"arn:aws:lambda:{world.region}:{world.account}:function:worker"
    invoke = role(aws, "invoke", allow("lambda:InvokeFunction", arn), service="codepipeline")
    said = {"FunctionName": "worker", "UserParameters": "hello"}
    with performers.meanwhile(lambda: performers.perform(INVOKE, invoke, said)) as answers:
        job = heard(aws, told)
        assert job["data"]["actionConfiguration"]["configuration"] == said
        done = {"id": job["id"], "succeeded": True, "variables": {"Answer": "42"}}
        assert performers.ask("report", **done) == {}
        assert performers.ask("report", **done)["code"] == "InvalidJobStateException"
    assert answers[0].get("variables") == {"Answer": "42"}, answers
    with performers.meanwhile(lambda: performers.perform("LambdaInvoke", invoke, said)) as answers:
        job = heard(aws, told)
        performers.ask("report", id=job["id"], succeeded=False, message="not today")
    assert (answers[0]["code"], answers[0]["message"]) == ("JobFailed", "not today")
    found = performers.perform(INVOKE, nothing, said)
    assert "not authorized" in found["message"]
    assert performers.ask("report", id="x", succeeded=True)["code"] == "JobNotFoundException"


def test_a_function_that_says_nothing_fails_after_twenty_minutes(
    performers: Performers, world: World, aws: Client, told: str
) -> None:
    arn = f"arn:aws:lambda:{world.region}:{world.account}:function:worker"
    invoke = role(aws, "invoke-silent", allow("lambda:InvokeFunction", arn), service="codepipeline")
    said = {"FunctionName": "worker"}
    found = performers.perform(INVOKE, invoke, said)
    assert (found["code"], found["seconds"]) == ("JobFailed", 20 * 60)
    heard(aws, told)
    with performers.meanwhile(lambda: performers.perform(INVOKE, invoke, said)) as answers:
        job = heard(aws, told)
        performers.ask("report", id=job["id"], succeeded=True, continuation="again")
    assert answers[0]["seconds"] == 30 + 20 * 60
    assert heard(aws, told)["data"]["continuationToken"] == "again"
