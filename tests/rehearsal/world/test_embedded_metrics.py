"""Metrics in log lines."""

import json

import pytest

from rehearsal.world.inside.embedded_metrics import embedded_metrics

DIRECTIVE = {
    "Namespace": "Lockgate",
    "Dimensions": [["FunctionName", "ExecutedVersion"], []],
    "Metrics": [{"Name": "Http5xx", "Unit": "Count"}],
}
LINE = {
    "_aws": {"Timestamp": 60_000, "CloudWatchMetrics": [DIRECTIVE]},
    "FunctionName": "orders",
    "ExecutedVersion": 7,
    "Http5xx": [1, 0],
}


def test_a_line_says_its_metrics_once_for_each_set_of_dimensions() -> None:
    by_version, over_all = embedded_metrics(json.dumps(LINE), now=0)
    assert by_version == (
        "Lockgate",
        "Http5xx",
        {"FunctionName": "orders", "ExecutedVersion": "7"},
        60.0,
        "Count",
        [1.0, 0.0],
    )
    assert over_all.dimensions == {}


@pytest.mark.parametrize(
    "line",
    [
        "",
        "plain text",
        '{"level": "INFO"}',
        '{"_aws": ',
        '{"_aws": {}}',
        '{"_aws": {"CloudWatchMetrics": [{"Namespace": "N", "Metrics": [{"Name": "gone"}]}]}}',
    ],
)
def test_any_other_line_has_none(line: str) -> None:
    assert list(embedded_metrics(line, now=0)) == []
