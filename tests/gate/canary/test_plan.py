"""What is missing of a plan, or out of range, never becomes a default."""

import json
import math
from collections.abc import Callable

import pytest

from tests.gate.conftest import PLAN, Gate

RANGES = {
    "percent": (1, 50),
    "minutes": (1, 2880),
    "errors_percent": (0.0001, 50),
    "latency_ms": (1, 900_000),
    "timeout_seconds": (1, 900),
    "synthetic_requests": (0, 3000),
}
WHOLE = sorted(RANGES.keys() - {"errors_percent"})
NUMBERS = sorted(RANGES)
Change = Callable[..., None]

each_number = pytest.mark.parametrize("name", NUMBERS)


def refusal(gate: Gate) -> str:
    with pytest.raises(gate["plan"].PlanError) as raised:
        gate["plan"].Plan.of_environment()
    return str(raised.value)


def test_the_plan_is_what_the_environment_says(gate: Gate) -> None:
    assert gate["plan"].Plan.of_environment().as_record() == PLAN


@pytest.mark.parametrize(
    "text", [None, "", "minutes: 15", "{", "PLAN"], ids=["unset", "empty", "yaml", "cut", "word"]
)
def test_a_plan_that_is_no_json_is_refused(
    gate: Gate, text: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PLAN")
    if text is not None:
        monkeypatch.setenv("PLAN", text)

    assert refusal(gate) == "the environment variable PLAN is no JSON"


@pytest.mark.parametrize("text", ["null", "[]", "15", '"fail"', json.dumps([PLAN])])
def test_a_plan_that_is_no_object_is_refused(
    gate: Gate, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAN", text)

    assert refusal(gate).startswith("PLAN must hold errors_percent, http_5xx, inconclusive, ")


@pytest.mark.parametrize("name", sorted(PLAN))
def test_a_missing_key_is_refused(gate: Gate, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAN", json.dumps({key: PLAN[key] for key in PLAN if key != name}))

    assert refusal(gate).endswith("timeout_seconds and nothing else")


def test_a_key_too_many_is_refused(gate: Gate, plan: Change) -> None:
    plan(error_percent=1)

    assert refusal(gate).endswith("timeout_seconds and nothing else")


@each_number
@pytest.mark.parametrize("value", ["10", None, [], {}, True, False])
def test_what_is_no_number_is_refused(gate: Gate, plan: Change, name: str, value: object) -> None:
    plan(**{name: value})

    assert refusal(gate).startswith(f"PLAN.{name} is {value!r}; allowed: ")


@pytest.mark.parametrize("name", WHOLE)
def test_a_fraction_is_refused_where_a_whole_number_is_wanted(
    gate: Gate, plan: Change, name: str
) -> None:
    plan(**{name: 10.0})

    low, high = RANGES[name]
    allowed = f"allowed: a whole number from {low:g} to {high:g}"
    assert refusal(gate) == f"PLAN.{name} is 10.0; {allowed}"


@each_number
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_refused(gate: Gate, plan: Change, name: str, value: float) -> None:
    plan(**{name: value})

    assert refusal(gate).startswith(f"PLAN.{name} is {value}; ")


@each_number
def test_the_ends_of_a_range_belong_to_it(gate: Gate, plan: Change, name: str) -> None:
    for value in RANGES[name]:
        plan(**{name: value})

        assert gate["plan"].Plan.of_environment().as_record()[name] == value


@each_number
def test_what_is_out_of_range_is_refused(gate: Gate, plan: Change, name: str) -> None:
    low, high = RANGES[name]
    beyond = (low - 1, high + 1) if name in WHOLE else (low * 0.99, high * 1.01)
    for value in beyond:
        plan(**{name: value})

        assert refusal(gate).startswith(f"PLAN.{name} is {value}; ")


def test_the_errors_percent_may_be_a_fraction_or_whole(gate: Gate, plan: Change) -> None:
    for value in (0.5, 2):
        plan(errors_percent=value)

        assert gate["plan"].Plan.of_environment().objective == value / 100

    plan(errors_percent=51)
    assert refusal(gate).endswith("allowed: a number from 0.0001 to 50")


@pytest.mark.parametrize("value", [0, 1, "true", None, []])
def test_http_5xx_is_true_or_false(gate: Gate, plan: Change, value: object) -> None:
    plan(http_5xx=value)

    assert refusal(gate) == f"PLAN.http_5xx is {value!r}; allowed: true, false"


@pytest.mark.parametrize("value", ["pass", "FAIL", "", None, True, ["fail"]])
def test_an_unknown_policy_is_refused(gate: Gate, plan: Change, value: object) -> None:
    plan(inconclusive=value)

    assert refusal(gate) == f"PLAN.inconclusive is {value!r}; allowed: fail, warn"


@pytest.mark.parametrize("value", ["fail", "warn"])
def test_there_are_two_policies(gate: Gate, plan: Change, value: str) -> None:
    plan(inconclusive=value)

    assert gate["plan"].Plan.of_environment().inconclusive == value


@pytest.mark.parametrize(
    ("timeout_seconds", "settle_seconds"), [(1, 120), (60, 120), (61, 121), (900, 960)]
)
def test_counts_settle_after_the_metrics_delay_and_the_longest_request(
    gate: Gate, plan: Change, timeout_seconds: int, settle_seconds: int
) -> None:
    plan(timeout_seconds=timeout_seconds)

    assert gate["plan"].Plan.of_environment().settle_seconds == settle_seconds


def test_shares_are_parts_of_one(gate: Gate, plan: Change) -> None:
    plan(percent=25, errors_percent=0.5)
    found = gate["plan"].Plan.of_environment()

    assert (found.share, found.objective) == (0.25, 0.005)
