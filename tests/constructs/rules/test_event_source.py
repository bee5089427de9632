"""A rule listens to the resources that it is for."""

import pytest

from lockgate.rules.event_source import RULE
from tests.constructs.rules.judging import breaches

SOURCE, RESOURCES = "EventPattern.source", "EventPattern.resources"


@pytest.mark.parametrize(
    "rule",
    [
        {"EventPattern": {"source": ["aws.codepipeline"], "resources": [{"Ref": "Pipeline"}]}},
        {"EventPattern": {"source": ["aws.codebuild"], "account": ["111122223333"]}},
        {"EventPattern": {"source": ["lockgate"], "detail": {"function": ["shop-orders-prod"]}}},
        {"ScheduleExpression": "rate(1 day)"},
    ],
)
def test_a_rule_that_names_what_it_is_for_passes(rule: dict[str, object]) -> None:
    assert breaches(RULE, rule) == []


@pytest.mark.parametrize(
    ("pattern", "where"),
    [
        ({"resources": ["a"]}, [SOURCE]),
        ({"source": [{"prefix": "aws."}], "resources": ["a"]}, [SOURCE]),
        ({"source": [], "resources": ["a"]}, [SOURCE]),
        ({"source": ["aws.codepipeline"]}, [RESOURCES]),
        ({"source": ["aws.codepipeline"], "resources": []}, [RESOURCES]),
        ({"source": ["aws.codepipeline"], "detail": {"state": ["FAILED"]}}, [RESOURCES]),
        ({}, [SOURCE, RESOURCES]),
    ],
)
def test_a_rule_that_listens_to_others_is_found(
    pattern: dict[str, object], where: list[str]
) -> None:
    assert breaches(RULE, {"EventPattern": pattern}) == where
