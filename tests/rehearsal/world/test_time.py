"""Everything in the world lives by one clock: functions, ministack's stamps, waits and retries."""

import base64
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from rehearsal.world.world import World
from tests.rehearsal.world.conftest import Client
from tests.rehearsal.world.lambdas import call, function, role

SLEEPER = """
import datetime, time

def handle(event, context):
    before, counted = time.time(), time.monotonic()
    left = context.get_remaining_time_in_millis()
    time.sleep(event["seconds"])
    return {
        "before": before,
        "after": datetime.datetime.now(datetime.UTC).isoformat(),
        "slept": time.time() - before,
        "counted": time.monotonic() - counted,
        "left": [left, context.get_remaining_time_in_millis()],
        "day": datetime.date.today().isoformat(),
    }
"""
MONDAY = datetime(2027, 3, 1, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with World(start=MONDAY) as world:
        yield world


@pytest.fixture(scope="module")
def sleeper(aws: Client) -> str:
    function(aws, "sleeper", SLEEPER)
    call(aws, "sleeper", {"seconds": 0})
    return "sleeper"


def test_the_clock_starts_where_it_was_set_and_only_sleep_moves_it(world: World) -> None:
    assert world.clock.now() == MONDAY
    time.sleep(0.1)
    assert world.clock.now() == MONDAY
    world.clock.sleep(90)
    assert world.clock.now() == MONDAY + timedelta(seconds=90)


def test_a_block_inside_another_is_the_same_party(world: World) -> None:
    with world.clock.busy():
        before, party = world.clock.now(), world.clock.party
        with world.clock.busy():
            assert world.clock.party == party
            world.clock.sleep(30)
        assert world.clock.party == party
        assert world.clock.now() == before + timedelta(seconds=30)
    assert not world.clock.party


def test_a_function_sleeps_ten_minutes_in_well_under_a_second(
    world: World, aws: Client, sleeper: str
) -> None:
    began, real = world.clock.now(), time.monotonic()
    said = call(aws, sleeper, {"seconds": 600})
    assert time.monotonic() - real < 0.5
    assert said["before"] == began.timestamp()
    assert datetime.fromisoformat(said["after"]) == began + timedelta(seconds=600)
    assert said["slept"] == said["counted"] == 600
    assert said["left"] == [900_000, 300_000]
    assert said["day"] == began.date().isoformat()
    assert world.clock.now() == began + timedelta(seconds=600)


def test_a_function_that_sleeps_past_its_timeout_is_stopped_at_that_moment(
    world: World, aws: Client
) -> None:
    function(aws, "late", SLEEPER, timeout=30)
    began = world.clock.now()
    with pytest.raises(RuntimeError, match=r"Task timed out after 30\.00 seconds"):
        call(aws, "late", {"seconds": 31})
    assert world.clock.now() == began + timedelta(seconds=30)
    assert call(aws, "late", {"seconds": 1})["slept"] == 1


def test_an_error_is_told_as_on_aws_and_the_function_lives_on(aws: Client) -> None:
    source = """
import os

def inner(): raise KeyError("missing")

def handle(event, context):
    print("about to")
    if event: inner()
    return {"pid": os.getpid()}
"""
    function(aws, "raising", source)
    before = call(aws, "raising", {})
    failed = aws("lambda").invoke(FunctionName="raising", Payload='{"a": 1}', LogType="Tail")
    error = json.loads(failed["Payload"].read())
    assert failed["FunctionError"] == "Unhandled"
    assert error["errorType"] == "KeyError"
    assert error["errorMessage"] == "'missing'"
    assert [line.split(", ")[-1].split()[1] for line in error["stackTrace"]] == ["handle", "inner"]
    log = base64.b64decode(failed["LogResult"]).decode()
    assert log.splitlines()[0] == "about to"
    assert "[ERROR] KeyError" in log
    assert call(aws, "raising", {}) == before


def test_what_ministack_stamps_is_stamped_by_the_world_s_clock(world: World, aws: Client) -> None:
    world.clock.sleep(3600)
    now = world.clock.now()
    made = function(aws, "stamped", SLEEPER)["LastModified"]
    assert datetime.strptime(made, "%Y-%m-%dT%H:%M:%S.%f%z") == now
    s3, where = aws("s3"), {"LocationConstraint": world.region}
    s3.create_bucket(Bucket="stamped", CreateBucketConfiguration=where)
    s3.put_object(Bucket="stamped", Key="k", Body=b"")
    assert s3.head_object(Bucket="stamped", Key="k")["LastModified"] == now
    assert aws("iam").get_role(RoleName="stamped-role")["Role"]["CreateDate"] == now
    cloudwatch = aws("cloudwatch")
    cloudwatch.put_metric_data(Namespace="N", MetricData=[{"MetricName": "m", "Value": 1}])
    points = cloudwatch.get_metric_statistics(
        Namespace="N",
        MetricName="m",
        StartTime=now - timedelta(minutes=1),
        EndTime=now + timedelta(minutes=1),
        Period=60,
        Statistics=["Sum"],
    )["Datapoints"]
    assert [point["Timestamp"] for point in points] == [now.replace(second=0)]


def test_a_request_is_answered_however_far_its_clock_is_from_ours(world: World) -> None:
    """Tools sign by the machine's clock: the world may be days away from it."""
    world.clock.sleep(86_400)
    assert world.client("sts").get_caller_identity()["Account"] == world.account


def test_a_function_that_calls_a_slow_one_waits_with_it(
    world: World, aws: Client, sleeper: str
) -> None:
    caller = f"""
import boto3, json, time

def handle(event, context):
    began = time.time()
    answer = boto3.client("lambda").invoke(
        FunctionName="{sleeper}", Payload=json.dumps({{"seconds": 120}})
    )
    time.sleep(5)
    return {{"took": time.time() - began, "status": answer["StatusCode"]}}
"""
    invoke = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "*"}
    function(aws, "caller", caller, invoke)
    began = world.clock.now()
    assert call(aws, "caller") == {"took": 125, "status": 200}
    assert world.clock.now() == began + timedelta(seconds=125)


def test_calls_at_the_same_time_take_that_of_the_longest_or_of_some_in_turn(
    world: World, aws: Client, sleeper: str
) -> None:
    """Time may pass between the first of a function's parallel calls and the next."""
    caller = f"""
import boto3, json, time
from concurrent.futures import ThreadPoolExecutor

def handle(event, context):
    client, began = boto3.client("lambda"), time.time()
    def ask(seconds):
        payload = json.dumps({{"seconds": seconds}})
        return json.load(client.invoke(FunctionName="{sleeper}", Payload=payload)["Payload"])
    with ThreadPoolExecutor() as pool:
        slept = [answer["slept"] for answer in pool.map(ask, [60, 200, 120])]
    return {{"slept": slept, "took": time.time() - began}}
"""
    invoke = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "*"}
    function(aws, "many", caller, invoke)
    answer = call(aws, "many")
    assert answer["slept"] == [60, 200, 120]
    assert 200 <= answer["took"] <= 60 + 200 + 120

    def ask(seconds: int) -> float:
        with world.clock.busy():
            return float(call(aws, sleeper, {"seconds": seconds})["slept"])

    began = world.clock.now()
    with ThreadPoolExecutor() as pool:
        assert list(pool.map(ask, [30, 90])) == [30, 90]
    assert timedelta(seconds=90) <= world.clock.now() - began <= timedelta(seconds=120)
    assert world.clock.state()["running"] == []


def test_a_failed_event_is_tried_again_after_one_minute_and_two(world: World, aws: Client) -> None:
    function(aws, "failing", "def handle(event, context): raise ValueError('always')")
    began = world.clock.now()
    with world.clock.busy():
        aws("lambda").invoke(FunctionName="failing", InvocationType="Event", Payload="{}")
        world.clock.sleep(1000)
    found = aws("cloudwatch").get_metric_data(
        StartTime=began,
        EndTime=world.clock.now(),
        ScanBy="TimestampAscending",
        MetricDataQueries=[
            {
                "Id": "errors",
                "MetricStat": {
                    "Metric": {
                        "Namespace": "AWS/Lambda",
                        "MetricName": "Errors",
                        "Dimensions": [{"Name": "FunctionName", "Value": "failing"}],
                    },
                    "Period": 60,
                    "Stat": "Sum",
                },
            }
        ],
    )["MetricDataResults"][0]
    minute = began.replace(second=0)
    assert found["Timestamps"] == [minute + timedelta(minutes=after) for after in (0, 1, 3)]
    assert found["Values"] == [1, 1, 1]


def test_a_state_machine_waits_on_the_clock(world: World, aws: Client, sleeper: str) -> None:
    invoke = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "*"}
    arn = aws("stepfunctions").create_state_machine(
        name="loop",
        roleArn=role(aws, "loop", invoke, service="states"),
        definition=f"""{{"StartAt": "Wait", "States": {{
            "Wait": {{"Type": "Wait", "Seconds": 3600, "Next": "Ask"}},
            "Ask": {{"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
                "Parameters": {{"FunctionName": "{sleeper}", "Payload": {{"seconds": 20}}}},
                "TimeoutSeconds": 60, "End": true}}}}}}""",
    )["stateMachineArn"]
    began, real = world.clock.now(), time.monotonic()
    with world.clock.busy():
        run = aws("stepfunctions").start_execution(stateMachineArn=arn)["executionArn"]
        world.clock.sleep(4000)
        ended = aws("stepfunctions").describe_execution(executionArn=run)
    assert ended["status"] == "SUCCEEDED"
    assert ended["stopDate"] - began < timedelta(seconds=3622)
    assert ended["stopDate"] - began >= timedelta(seconds=3620)
    assert time.monotonic() - real < 2


def test_who_asks_how_long_nothing_happens_hears_of_the_next_that_is_due(
    world: World, aws: Client
) -> None:
    function(aws, "idler", SLEEPER)
    with ThreadPoolExecutor(1) as pool, world.clock.busy():
        assert world.clock.idle() == 0
        asleep = pool.submit(call, aws, "idler", {"seconds": 600})
        while "function idler" not in str(world.clock.state()["waiting"]):
            time.sleep(0.01)

        assert world.clock.idle() == 600
        world.clock.sleep(200)
        assert world.clock.idle() == 400
        world.clock.sleep(400)
        asleep.result()
