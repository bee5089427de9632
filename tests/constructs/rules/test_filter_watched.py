"""What the trail is searched for, an alarm reads."""

from typing import Any

import pytest

from lockgate.rules.filter_watched import RULE
from tests.constructs.rules.judging import breaches

METRIC = {"Namespace": "Audit", "MetricName": "RoleChanged"}
COUNTED = {
    "MetricTransformations": [{"MetricNamespace": "Audit", "MetricName": "RoleChanged"}],
}
WHERE = ["MetricTransformations.0.MetricName"]


def alarm(**properties: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"Alarm": {"Type": "AWS::CloudWatch::Alarm", "Properties": properties}}


@pytest.mark.parametrize(
    "read", [METRIC, {"Metrics": [{"Id": "a"}, {"MetricStat": {"Metric": METRIC}}]}]
)
def test_a_filter_whose_metric_an_alarm_reads_passes(read: dict[str, Any]) -> None:
    assert breaches(RULE, COUNTED, beside=alarm(**read)) == []


@pytest.mark.parametrize(
    "read", [{}, METRIC | {"MetricName": "RoleChange"}, METRIC | {"Namespace": "Audits"}]
)
def test_a_filter_that_no_alarm_reads_is_found(read: dict[str, Any]) -> None:
    assert breaches(RULE, COUNTED, beside=alarm(**read)) == WHERE


def test_a_filter_may_be_for_people_who_look_by_themselves() -> None:
    assert breaches(RULE, COUNTED, beyond={"Metadata": {"Lockgate": {"ReadBy": "people"}}}) == []
    assert breaches(RULE, COUNTED, beyond={"Metadata": {"Lockgate": {"ReadBy": "nobody"}}}) == WHERE
