"""Customers come as time passes, meet the version that their alias chooses, and are counted."""

import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import islice
from typing import Any

import pytest

from rehearsal.traffic import Customers, Minute, TrafficError, TrafficProfile
from rehearsal.world.inside.plugins.customers.arrivals import Arrival, Kind, Spread, arrivals
from rehearsal.world.inside.plugins.customers.counts import failure
from rehearsal.world.inside.plugins.customers.payloads import filled
from rehearsal.world.world import World
from tests.rehearsal.world.conftest import Client
from tests.rehearsal.world.lambdas import function, package

ECHO = "def handle(event, context): return {'statusCode': event['status']}"
ALLOW_SECRET = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
ASKS_SECRET = """
import boto3, botocore.config
secrets = boto3.client("secretsmanager", config=botocore.config.Config(retries={"max_attempts": 0}))
def handle(event, context):
    try:
        secrets.get_secret_value(SecretId="key")
    except secrets.exceptions.ClientError as error:
        return {"statusCode": 503}
    return {"statusCode": 200}
"""


def profile(per_second: float = 2.0, **more: object) -> TrafficProfile:
    kinds = [{"name": "only", "event": {"status": 200}}]
    return TrafficProfile.model_validate(
        {"requests_per_second": per_second, "kinds": kinds, **more}
    )


def publish(aws: Client, name: str, source: str) -> str:
    aws("lambda").update_function_code(FunctionName=name, ZipFile=package(source))
    version: str = aws("lambda").publish_version(FunctionName=name)["Version"]
    return version


def alias(aws: Client, name: str, version: str) -> None:
    aws("lambda").create_alias(FunctionName=name, Name="live", FunctionVersion=version)


@contextmanager
def coming(world: World, name: str, profile: TrafficProfile) -> Iterator[Customers]:
    customers = Customers(world)
    customers.start(name=name, function=f"{name}:live", profile=profile)
    try:
        yield customers
    finally:
        customers.stop(name)


def by_version(minutes: list[Minute]) -> Counter[str]:
    return sum((Counter({each.version: each.requests}) for each in minutes), Counter())


def invocations(world: World, aws: Client, name: str, version: str) -> float:
    points = aws("cloudwatch").get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName="Invocations",
        Dimensions=[
            {"Name": "FunctionName", "Value": name},
            {"Name": "Resource", "Value": f"{name}:live"},
            {"Name": "ExecutedVersion", "Value": version},
        ],
        StartTime=world.clock.now() - timedelta(hours=1),
        EndTime=world.clock.now() + timedelta(minutes=1),
        Period=60,
        Statistics=["Sum"],
    )["Datapoints"]
    return sum(float(point["Sum"]) for point in points)


def test_each_is_an_invocation_of_the_version_that_the_alias_chooses(
    world: World, aws: Client
) -> None:
    function(aws, "shared", ECHO)
    old, new = (publish(aws, "shared", f"{ECHO} # {each}") for each in ("old", "new"))
    alias(aws, "shared", old)
    aws("lambda").update_alias(
        FunctionName="shared",
        Name="live",
        RoutingConfig={"AdditionalVersionWeights": {new: 0.3}},
    )

    with coming(world, "shared", profile()) as customers:
        world.clock.sleep(120)
        counts = by_version(customers.counts("shared"))

    assert counts[old] > counts[new] > 0
    assert 180 < counts.total() < 300
    assert counts[old] == invocations(world, aws, "shared", old)
    assert counts[new] == invocations(world, aws, "shared", new)


def test_nobody_comes_before_the_alias_nor_after_the_end_nor_while_time_stands_still(
    world: World, aws: Client
) -> None:
    function(aws, "early", ECHO)
    version = publish(aws, "early", ECHO)
    with coming(world, "early", profile()) as customers:
        world.clock.sleep(60)
        assert customers.counts("early") == []
        alias(aws, "early", version)
        with world.clock.busy():
            time.sleep(0.2)
            assert customers.counts("early") == []
            world.clock.sleep(60)
        before = world.clock.now()
        came = by_version(customers.counts("early"))
        assert came.total() > 0
        assert world.clock.now() == before, "customers alone make no time pass"

    world.clock.sleep(60)
    assert by_version(customers.counts("early")) == came


def test_those_who_wait_neither_hold_up_others_nor_make_time_pass(
    world: World, aws: Client
) -> None:
    source = """
    import time
    def handle(event, context):
        time.sleep(event["seconds"])
        return {"statusCode": 200}
    """
    function(aws, "slow", source, timeout=3)
    alias(aws, "slow", publish(aws, "slow", source))
    kinds = [
        {"name": "quick", "event": {"seconds": 0.5}},
        {"name": "long", "event": {"seconds": 2}},
        {"name": "endless", "event": {"seconds": 60}},
    ]

    with coming(world, "slow", profile(3.0, kinds=kinds)) as customers:
        world.clock.sleep(60)
        before = world.clock.now()
        time.sleep(0.3)
        assert world.clock.now() == before
        world.clock.sleep(0)
    world.clock.sleep(10)
    kind = {each.kind: each for each in customers.counts("slow")}

    assert sum(each.requests for each in customers.counts("slow")) > 120
    quick, long, endless = kind["quick"], kind["long"], kind["endless"]
    assert (quick.slow, quick.failures) == (0, 0)
    assert quick.latency_ms == pytest.approx(500 * quick.requests)
    assert (long.slow, long.failures) == (long.requests, 0)
    assert long.longest_ms == pytest.approx(2000)
    assert endless.failed == {"timeout": endless.requests}
    assert endless.longest_ms == pytest.approx(3000)


def test_a_burst_hits_both_versions_and_passes(world: World, aws: Client) -> None:
    aws("secretsmanager").create_secret(Name="key", SecretString="x")
    function(aws, "burst", ASKS_SECRET, ALLOW_SECRET)
    old, new = (publish(aws, "burst", f"{ASKS_SECRET}# {each}") for each in ("old", "new"))
    alias(aws, "burst", old)
    aws("lambda").update_alias(
        FunctionName="burst", Name="live", RoutingConfig={"AdditionalVersionWeights": {new: 0.5}}
    )
    burst = {
        "operation": "secretsmanager:GetSecretValue",
        "from_minute": 1,
        "minutes": 1,
        "every_minutes": 3,
        "error": "DecryptionFailure",
    }

    world.clock.sleep(60 - world.clock.now().timestamp() % 60)
    with coming(world, "burst", profile(1.0, bursts=[burst])) as customers:
        world.clock.sleep(360)
        minutes = customers.counts("burst")

    first = minutes[0].start
    failed: dict[int, set[str]] = {}
    for each in minutes:
        if each.failures:
            assert each.failed == {"5xx": each.requests}
            failed.setdefault((each.start - first).seconds // 60, set()).add(each.version)
    assert failed == {1: {old, new}, 4: {old, new}}
    assert aws("secretsmanager").get_secret_value(SecretId="key")["SecretString"] == "x"


def test_customers_that_cannot_be_are_refused(world: World, aws: Client) -> None:
    customers = Customers(world)
    function(aws, "twice", ECHO)
    with coming(world, "twice", profile()), pytest.raises(TrafficError, match="already"):
        customers.start(name="twice", function="twice:live", profile=profile())
    with pytest.raises(TrafficError, match="no customers nobody"):
        customers.counts("nobody")
    with pytest.raises(TrafficError, match="by an alias"):
        customers.start(name="plain", function="twice", profile=profile())


KINDS = [
    Kind(name="often", weight=3, event={"$integer": [1, 9]}, expect_status=200),
    Kind(name="seldom", weight=1, event={}, expect_status=200),
]


def chance(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - nothing secret hangs on it


def come(seed: int, spread: Spread, count: int = 4000) -> list[Arrival]:
    return list(islice(arrivals(KINDS, 5.0, spread, chance(seed)), count))


@pytest.mark.parametrize("spread", ["poisson", "even"])
def test_the_same_seed_brings_the_same_customers(spread: Spread) -> None:
    came = come(1, spread)

    assert came == come(1, spread)
    assert came != come(2, spread)
    assert sum(each.gap for each in came) == pytest.approx(4000 / 5, rel=0.1)
    assert Counter(each.kind.name for each in came)["often"] == pytest.approx(3000, rel=0.1)
    assert all(each.gap > 0 for each in came)


def test_a_payload_is_filled_in() -> None:
    event = {
        "id": {"$hex": 6},
        "path": {"$text": ["/orders/", {"$hex": 4}]},
        "body": {"$json": {"items": {"$list": [2, 2], "of": {"$choice": ["a"]}}}},
    }
    first, second = (filled(event, chance(seed)) for seed in (1, 2))

    assert first["body"] == '{"items": ["a", "a"]}'
    assert len(first["id"]) == 6
    assert first["path"].startswith("/orders/")
    assert first != second


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        ({"body": {"statusCode": 200}}, None),
        ({"body": {"statusCode": 500}}, "5xx"),
        ({"body": {"statusCode": 404}}, "4xx"),
        ({"body": {"statusCode": 204}}, "unexpected"),
        ({"body": None}, "malformed"),
        ({"body": {"errorType": "KeyError"}, "error": True}, "error"),
        ({"body": {"errorType": "Sandbox.Timedout"}, "error": True}, "timeout"),
        ({"body": {}, "throttle": True, "error": True}, "throttled"),
    ],
)
def test_each_answer_is_judged_as_a_customer_would(
    result: dict[str, Any], expected: str | None
) -> None:
    assert failure(result, 200) == expected
