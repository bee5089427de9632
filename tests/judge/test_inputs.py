"""What cannot be is refused with its place, its value and what would be allowed."""

import dataclasses
import json
import math
from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from tests.judge.canaries import minute, minutes

GOOD = {"requests": 10, "errors": 1, "slow": 2, "http_5xx": 1}
NO_COUNTS = [-1, math.nan, math.inf, -math.inf, 1.0, 0.5, True, False, "3", b"3", [], {}]


@pytest.mark.parametrize("version", ["canary", "baseline"])
@pytest.mark.parametrize("name", list(GOOD))
@pytest.mark.parametrize("value", NO_COUNTS, ids=repr)
def test_a_count_that_is_no_count_is_refused(
    judge: ModuleType, version: str, name: str, value: object
) -> None:
    counts = {v: judge.Counts(**GOOD) for v in ("canary", "baseline")}
    counts[version] = judge.Counts(**(GOOD | {name: value}))
    with pytest.raises(judge.JudgeError) as caught:
        judge.judge([judge.Minute(minute=7, **counts)])
    error = caught.value
    assert (error.name, error.minute, error.allowed) == (
        f"{version}_{name}",
        7,
        "a whole number, 0 or more",
    )
    assert str(error) == f"minute 7: {version}_{name} is {value!r}; allowed: {error.allowed}"


@pytest.mark.parametrize("version", ["canary", "baseline"])
@pytest.mark.parametrize("name", ["errors", "slow", "http_5xx"])
def test_more_events_than_requests_are_refused(judge: ModuleType, version: str, name: str) -> None:
    counts = {v: judge.Counts(**GOOD) for v in ("canary", "baseline")}
    counts[version] = judge.Counts(**(GOOD | {name: 11}))
    with pytest.raises(judge.JudgeError) as caught:
        judge.judge([judge.Minute(minute=3, **counts)])
    assert str(caught.value) == (
        f"minute 3: {version}_{name} is 11; allowed: at most {version}_requests, which is 10"
    )
    judge.judge([minute(judge, 3, (10, 10, 10, 10), slow=(10, 10), http_5xx=(10, 10))])


def test_there_is_a_largest_number_of_requests(judge: ModuleType) -> None:
    with pytest.raises(judge.JudgeError, match="canary_requests is 1000000000001"):
        judge.judge(minutes(judge, [(10**12 + 1, 0, 1, 0)]))
    judge.judge(minutes(judge, [(10**12, 10**12, 10**12, 0)]))


@pytest.mark.parametrize(
    ("numbers", "wrong", "allowed"),
    [
        ([1, 1], 1, "later than 1: each minute once"),
        ([2, 1], 1, "later than 2: each minute once"),
        ([0, 1, 2, 1], 1, "later than 2: each minute once"),
        ([-1], -1, "a whole number, 0 or more"),
        ([1.0], 1.0, "a whole number, 0 or more"),
        ([True], True, "a whole number, 0 or more"),
        ([None], None, "a whole number, 0 or more"),
    ],
)
def test_a_minute_out_of_order_or_twice_is_refused(
    judge: ModuleType, numbers: list[Any], wrong: object, allowed: str
) -> None:
    given = [minute(judge, number, (10, 1, 90, 1)) for number in numbers]
    with pytest.raises(judge.JudgeError) as caught:
        judge.judge(given)
    assert (caught.value.name, caught.value.value, caught.value.allowed) == (
        "minute",
        wrong,
        allowed,
    )


@pytest.mark.parametrize("name", ["slow", "http_5xx"])
@pytest.mark.parametrize("absent", ["canary", "baseline"])
def test_a_metric_of_one_version_only_is_refused(judge: ModuleType, name: str, absent: str) -> None:
    counts = {v: judge.Counts(requests=10, errors=0, **{name: 1}) for v in ("canary", "baseline")}
    counts[absent] = judge.Counts(requests=10, errors=0)
    with pytest.raises(judge.JudgeError) as caught:
        judge.judge([judge.Minute(minute=0, **counts)])
    assert str(caught.value) == (
        f"minute 0: {absent}_{name} is None; allowed: given for both versions, or for none"
    )


@pytest.mark.parametrize("name", ["slow", "http_5xx"])
def test_a_metric_that_begins_late_is_refused(judge: ModuleType, name: str) -> None:
    rows = [minute(judge, 0, (9, 0, 9, 0)), minute(judge, 1, (9, 0, 9, 0), **{name: (1, 2)})]
    with pytest.raises(judge.JudgeError) as caught:
        judge.judge(rows)
    assert str(caught.value) == (
        f"minute 1: canary_{name} is 1; allowed: given from the first minute on, or never"
    )


RANGES = {
    "alpha": (1e-9, 0.5),
    "beta": (1e-9, 0.5),
    "objective": (1e-6, 0.5),
    "error_ratio": (1.0, 10.0),
    "latency_ratio": (1.0, 10.0),
    "share": (0.001, 0.5),
    "share_tolerance": (0.0, 0.9),
    "guard_weight": (0.0, 0.5),
}


@pytest.mark.parametrize("name", RANGES)
def test_a_setting_out_of_range_is_refused(judge: ModuleType, name: str) -> None:
    low, high = RANGES[name]
    for edge in RANGES[name]:
        assert getattr(judge.Settings(**{name: edge}), name) == edge
    for wrong in (low - 1e-10, high + 1e-10, -1, math.nan, math.inf, -math.inf, True, "1"):
        with pytest.raises(judge.JudgeError) as caught:
            judge.Settings(**{name: wrong})
        assert str(caught.value) == (
            f"{name} is {wrong!r}; allowed: a number from {low:g} to {high:g}"
        )
        assert caught.value.minute is None


@pytest.mark.parametrize("wrong", [-1, 0.5, math.nan, True, "1"])
def test_the_minute_of_the_shift_is_a_whole_number(judge: ModuleType, wrong: object) -> None:
    assert judge.Settings(share_until=0).share_until == 0
    assert judge.Settings().share_until is None
    with pytest.raises(judge.JudgeError) as caught:
        judge.Settings(share_until=wrong)
    assert str(caught.value) == f"share_until is {wrong!r}; allowed: a whole number, 0 or more"


@pytest.mark.parametrize("name", ["baseline_expected", "guard_always"])
@pytest.mark.parametrize("wrong", [1, 0, None, "yes"])
def test_a_switch_is_true_or_false(judge: ModuleType, name: str, wrong: object) -> None:
    with pytest.raises(judge.JudgeError) as caught:
        judge.Settings(**{name: wrong})
    assert str(caught.value) == f"{name} is {wrong!r}; allowed: True or False"


@pytest.mark.parametrize(("name", "low", "high"), [("dispersion", 1, 1e6), ("weights", 0, 1)])
def test_a_setting_by_metric_names_a_metric_and_is_in_range(
    judge: ModuleType, name: str, low: float, high: float
) -> None:
    judge.Settings(**{name: {"errors": low, "slow": high}})
    with pytest.raises(judge.JudgeError) as caught:
        judge.Settings(**{name: {"latency": 1.0}})
    assert str(caught.value) == (
        f"{name} is 'latency'; allowed: the metrics errors, slow, http_5xx"
    )
    for wrong in (low - 1e-9, high + 1e-3, math.nan, True):
        with pytest.raises(judge.JudgeError) as caught:
            judge.Settings(**{name: {"slow": wrong}})
        assert str(caught.value) == (
            f"{name}[slow] is {wrong!r}; allowed: a number from {low:g} to {high:g}"
        )


@pytest.mark.parametrize("weights", [{}, {"slow": 1.0}, {"errors": 0.0}])
def test_weights_leave_a_metric_that_is_there(judge: ModuleType, weights: dict[str, float]) -> None:
    with pytest.raises(judge.JudgeError) as caught:
        judge.judge(minutes(judge, [(1, 0, 1, 0)]), judge.Settings(weights=weights))
    assert str(caught.value) == (f"weights is {weights!r}; allowed: more than 0 for one of errors")


def test_weights_are_told_with_every_metric_that_could_have_one(judge: ModuleType) -> None:
    row = minute(judge, 0, (1, 0, 1, 0), slow=(0, 0))
    with pytest.raises(judge.JudgeError) as caught:
        judge.judge([row], judge.Settings(weights={"http_5xx": 1.0}))
    assert caught.value.allowed == "more than 0 for one of errors, slow"


def test_nothing_is_judged_before_everything_is_checked(judge: ModuleType) -> None:
    follow: Callable[..., object] = judge.follow
    with pytest.raises(judge.JudgeError):
        follow(minutes(judge, [(10, 0, 10, 0), (10, 11, 10, 0)]))


def test_the_defaults_are_those_of_the_design(judge: ModuleType, modules: SimpleNamespace) -> None:
    settings = judge.Settings()
    assert (settings.alpha, settings.beta, settings.objective) == (0.01, 0.05, 0.01)
    assert (settings.error_ratio, settings.latency_ratio) == (1.0, 1.1)
    assert (settings.share, settings.share_tolerance, settings.dispersion) == (None, 0.25, None)
    assert (settings.guard_weight, settings.guard_always) == (0.05, False)
    assert settings.baseline_expected is True
    assert settings.weights == {"errors": 0.5, "slow": 0.3, "http_5xx": 0.2}
    assert modules.settings.UNKNOWN_DISPERSION_ALPHA == 0.01
    assert json.dumps(dataclasses.asdict(settings))
