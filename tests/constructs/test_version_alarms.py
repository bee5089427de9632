"""The alarm on a version: quiet where the objective is met, loud where it is not.

The expression is evaluated as CloudWatch would, and its promise is checked against the exact
tails of the binomial distribution instead of the inequality that it is made from.
"""

import math
import re

import pytest

from lockgate.version_alarms import FALSE_ALARM, LOOKS_PER_MINUTE, excess
from tests.assembly import Assembly

REQUESTS = [*range(1, 31), 40, 50, 60, 75, 100, 150, 200, 300, 400, 600, 900, 1200, 1600, 2000]
OBJECTIVES = [0.01, 0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 25.0, 50.0, 90.0]
MINUTES = [1, 15, 30, 120, 2880]
# What CloudWatch's metric math and Python write alike, the power apart.
EXPRESSION = re.compile(r"[a-z0-9.^()*/+-]+")


def value(expression: str, *, bad: float, requests: float) -> float:
    """The expression's value, as CloudWatch computes it."""
    assert EXPRESSION.fullmatch(expression), expression
    names = {"bad": bad, "requests": requests, "__builtins__": {}}
    return float(eval(expression.replace("^", "**"), names))  # noqa: S307


def fires_from(expression: str, requests: int) -> int:
    """The fewest bad requests that raise the alarm; one more than all where none do."""
    low, high = 0, requests + 1
    while low < high:
        middle = (low + high) // 2
        if value(expression, bad=middle, requests=requests) > 0:
            high = middle
        else:
            low = middle + 1
    return low


def tail(least: int, n: int, p: float) -> float:
    """The chance of `least` or more among n that are each bad with chance p."""
    logs = (
        math.lgamma(n + 1)
        - math.lgamma(k + 1)
        - math.lgamma(n - k + 1)
        + k * math.log(p)
        + (n - k) * math.log1p(-p)
        for k in range(least, n + 1)
    )
    return math.fsum(math.exp(log) for log in logs)


def false_alarms(expression: str, percent: float, minutes: int) -> float:
    """At most how likely a version at its objective raises the alarm during the canary."""
    worst = max(tail(fires_from(expression, n), n, percent / 100) for n in REQUESTS)
    return worst * minutes * LOOKS_PER_MINUTE


@pytest.mark.parametrize("minutes", MINUTES)
@pytest.mark.parametrize("percent", OBJECTIVES)
def test_a_version_at_its_objective_raises_no_alarm_but_one_in_a_thousand(
    percent: float, minutes: int
) -> None:
    assert false_alarms(excess("bad", percent, minutes), percent, minutes) <= FALSE_ALARM


def test_an_alarm_on_a_fixed_number_of_errors_would_be_found() -> None:
    """One that fires from the eleventh error is quiet at low traffic alone."""
    assert false_alarms("bad-10+0*requests", 1.0, 15) > FALSE_ALARM


def test_the_tail_is_the_binomial_one() -> None:
    assert tail(0, 7, 0.3) == pytest.approx(1)
    assert tail(2, 3, 0.5) == pytest.approx(0.5)
    assert tail(10, 10, 0.1) == pytest.approx(1e-10)
    assert tail(11, 10, 0.1) == 0


@pytest.mark.parametrize(("percent", "minutes"), [(1.0, 15), (0.5, 30), (0.1, 60)])
def test_a_version_that_fails_every_request_is_seen_from_five_a_minute(
    percent: float, minutes: int
) -> None:
    """At the default objective and length, and at stricter ones."""
    expression = excess("bad", percent, minutes)
    assert all(value(expression, bad=n, requests=n) > 0 for n in REQUESTS if n >= 5)


@pytest.mark.parametrize("minutes", MINUTES)
@pytest.mark.parametrize("percent", OBJECTIVES)
def test_a_minute_without_requests_raises_nothing(percent: float, minutes: int) -> None:
    assert value(excess("bad", percent, minutes), bad=0, requests=0) < 0


@pytest.mark.parametrize("minutes", MINUTES)
@pytest.mark.parametrize("percent", OBJECTIVES)
def test_a_minute_without_a_bad_request_raises_nothing(percent: float, minutes: int) -> None:
    expression = excess("bad", percent, minutes)
    assert all(value(expression, bad=0, requests=n) < 0 for n in REQUESTS)


def test_a_version_far_above_its_objective_is_seen() -> None:
    """A fifth of a hundred requests failed where one in a hundred may."""
    assert value(excess("bad", 1.0, 15), bad=20, requests=100) > 0


def test_a_longer_canary_looks_more_often_and_asks_for_more() -> None:
    thresholds = [fires_from(excess("bad", 1.0, minutes), 500) for minutes in MINUTES]
    assert thresholds == sorted(thresholds)
    assert thresholds[0] < thresholds[-1]


def test_the_templates_alarms_hold_these_expressions(assembly: Assembly) -> None:
    """Both alarms of every version, with the objectives of its service, above zero."""
    expected = sorted(
        (f"{assembly.delivery.name}-{service.name}-{place}", excess("bad", percent, minutes))
        for service in assembly.delivery.services
        for place in service.environments
        for minutes in [service.canary.minutes]
        for percent in (service.objectives.errors_percent, service.objectives.slow_percent)
    )
    found = sorted(
        (stack, metric["Expression"])
        for stack, _, alarm in assembly.resources("AWS::CloudWatch::Alarm")
        if not stack.endswith("-pipeline")
        for metric in alarm.get("Metrics", [])
        if metric.get("ReturnData", True) and "requests" in metric.get("Expression", "")
        if (alarm["Threshold"], alarm["ComparisonOperator"]) == (0, "GreaterThanThreshold")
    )
    assert found == expected
