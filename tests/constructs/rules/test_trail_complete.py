"""The trail sees everything, everywhere, all the time."""

from collections.abc import Mapping
from typing import Any

import pytest

from lockgate.rules.trail_complete import ON, RULE
from tests.constructs.rules.judging import MISSING, breaches, changed

ALL = {"IncludeManagementEvents": True, "ReadWriteType": "All"}
RIGHT: dict[str, Any] = {**dict.fromkeys(ON, True), "EventSelectors": [ALL]}


def test_a_trail_of_everything_passes() -> None:
    assert breaches(RULE, RIGHT) == []
    assert breaches(RULE, changed(RIGHT, "EventSelectors")) == []
    assert breaches(RULE, changed(RIGHT, "EventSelectors", [{"DataResources": []}])) == []


def advanced(*more: Mapping[str, object]) -> list[str]:
    category = {"Field": "eventCategory", "Equals": ["Management"]}
    trail = changed(RIGHT, "EventSelectors")
    data = {"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Data"]}]}
    selectors = [data, {"FieldSelectors": [category, *more]}]
    return breaches(RULE, {**trail, "AdvancedEventSelectors": selectors})


def test_advanced_selectors_take_all_management_events_or_are_found() -> None:
    assert advanced() == []
    assert advanced({"Field": "readOnly", "Equals": ["false"]}) == ["AdvancedEventSelectors"]
    keys = {"Field": "eventSource", "NotEquals": ["kms.amazonaws.com"]}
    assert advanced(keys) == ["AdvancedEventSelectors"]


@pytest.mark.parametrize("name", ON)
@pytest.mark.parametrize("value", [False, MISSING])
def test_a_trail_that_is_off_somewhere_is_found(name: str, value: object) -> None:
    assert breaches(RULE, changed(RIGHT, name, value)) == [name]


@pytest.mark.parametrize(
    "less",
    [
        {"IncludeManagementEvents": False},
        {"ReadWriteType": "WriteOnly"},
        {"ExcludeManagementEventSources": ["kms.amazonaws.com"]},
    ],
)
def test_a_trail_that_leaves_management_events_out_is_found(less: dict[str, object]) -> None:
    selectors = [{**ALL, **less}]
    assert breaches(RULE, changed(RIGHT, "EventSelectors", selectors)) == ["EventSelectors"]
