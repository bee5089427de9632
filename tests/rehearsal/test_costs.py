"""Idle costs, against sums made by hand."""

from typing import Any

import pytest

from rehearsal.costs import PRICES, idle


def _template(*resources: dict[str, Any]) -> dict[str, Any]:
    return {"Resources": {f"R{index}": each for index, each in enumerate(resources)}}


def _alarm(*periods: int) -> dict[str, Any]:
    expression = {"Id": "e", "Expression": "sum"}
    queries = [{"Id": f"m{n}", "MetricStat": {"Period": each}} for n, each in enumerate(periods)]
    return {"Type": "AWS::CloudWatch::Alarm", "Properties": {"Metrics": [expression, *queries]}}


KEY = {"Type": "AWS::KMS::Key"}
SECRET = {"Type": "AWS::SecretsManager::Secret"}
PLAIN_ALARM = {"Type": "AWS::CloudWatch::Alarm", "Properties": {"Period": 60}}
FREE = [{"Type": "AWS::IAM::Role"}, {"Type": "AWS::S3::Bucket"}]


@pytest.mark.parametrize(
    ("resources", "usd"),
    [
        ([], 0.00),
        ([KEY], 1.00),
        ([SECRET], 0.40),
        ([PLAIN_ALARM], 0.10),
        ([_alarm(60, 60, 300)], 0.30),
        ([_alarm(60, 10)], 0.60),
        (FREE, 0.00),
        ([{"Type": "AWS::CodePipeline::Pipeline"}], 0.00),
        ([KEY, KEY, SECRET, PLAIN_ALARM, _alarm(60, 60), *FREE], 2.70),
    ],
)
def test_idle_costs_are_summed_by_price(resources: list[dict[str, Any]], usd: float) -> None:
    cost = idle([_template(*resources)])
    assert cost.usd == usd
    assert sum(item.count * item.usd_each for item in cost.items) == pytest.approx(usd)
    assert cost.unknown == ()


def test_templates_are_summed_and_items_are_counted_over_all_of_them() -> None:
    cost = idle([_template(KEY, SECRET), _template(KEY, PLAIN_ALARM)])
    assert [(item.unit, item.count) for item in cost.items] == [
        ("KMS key", 2),
        ("secret", 1),
        ("alarm metric", 1),
    ]


def test_a_type_without_a_price_is_never_free() -> None:
    cost = idle([_template({"Type": "AWS::RDS::DBInstance"}, KEY)])
    assert cost.usd == 1.00
    assert cost.unknown == ("AWS::RDS::DBInstance",)


def test_what_is_billed_by_use_is_named() -> None:
    [said] = idle([_template({"Type": "AWS::CodePipeline::Pipeline"})]).by_use
    assert "0.002 USD an action minute" in said


def test_each_price_names_its_page() -> None:
    for kind, price in PRICES.items():
        assert price.page, kind
        assert bool(price.unit) == (price.usd > 0), kind
