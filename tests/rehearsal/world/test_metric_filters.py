"""Log events that match count in a metric, with the value, unit and dimensions asked for."""

import json

import pytest
from botocore.exceptions import ClientError

from rehearsal.world.world import World
from tests.rehearsal.world.conftest import Client


def put(world: World, aws: Client, group: str, *events: object) -> None:
    """Write log events at this moment."""
    at = int(world.clock.now().timestamp() * 1000)
    aws("logs").put_log_events(
        logGroupName=group,
        logStreamName="stream",
        logEvents=[{"timestamp": at, "message": json.dumps(each)} for each in events],
    )


def total(world: World, aws: Client, name: str, **dimensions: str) -> list[float]:
    now = world.clock.now().timestamp()
    found = aws("cloudwatch").get_metric_statistics(
        Namespace="Filters",
        MetricName=name,
        Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
        StartTime=now - 600,
        EndTime=now + 60,
        Period=3600,
        Statistics=["Sum"],
    )
    return [each["Sum"] for each in found["Datapoints"]]


def filtered(aws: Client, group: str, pattern: str, **transformation: object) -> None:
    """A group whose matching events count."""
    if not aws("logs").describe_log_groups(logGroupNamePrefix=group)["logGroups"]:
        aws("logs").create_log_group(logGroupName=group)
        aws("logs").create_log_stream(logGroupName=group, logStreamName="stream")
    aws("logs").put_metric_filter(
        logGroupName=group,
        filterName=transformation["metricName"],
        filterPattern=pattern,
        metricTransformations=[{"metricNamespace": "Filters", **transformation}],
    )


def test_values_come_from_fields_and_go_by_dimensions(world: World, aws: Client) -> None:
    filtered(
        aws, "fields", "{ $.took > 0 }", metricName="Took", metricValue="$.took", unit="Seconds"
    )
    by_who = {"Who": "$.who"}
    filtered(aws, "fields", "{ $.took > 0 }", metricName="By", metricValue="1", dimensions=by_who)
    put(world, aws, "fields", {"took": 2, "who": "a"}, {"took": 3}, {"took": -1, "who": "a"})
    assert total(world, aws, "Took") == [5.0]
    assert total(world, aws, "By", Who="a") == [1.0]


def test_a_default_stands_where_nothing_matches(world: World, aws: Client) -> None:
    filtered(aws, "defaults", "{ $.a = 1 }", metricName="Found", metricValue="1", defaultValue=0)
    put(world, aws, "defaults", {"a": 2})
    assert total(world, aws, "Found") == [0.0]


def test_a_pattern_is_tried_and_a_wrong_one_refused(aws: Client) -> None:
    tried = aws("logs").test_metric_filter(
        filterPattern="{ $.a = x* }", logEventMessages=['{"a": "y"}', '{"a": "xy"}']
    )
    assert [each["eventNumber"] for each in tried["matches"]] == [2]
    with pytest.raises(ClientError) as refused:
        filtered(aws, "wrong", "{ $.a IN [1] }", metricName="Wrong", metricValue="1")
    assert refused.value.response["Error"]["Code"] == "InvalidParameterException"
