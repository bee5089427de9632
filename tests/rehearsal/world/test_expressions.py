"""Metric math, as this project's templates use it."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.world.inside.expressions import UnknownExpressionError, evaluate

SERIES = {"bad": {0: 3.0, 60: 0.0}, "requests": {0: 100.0, 60: 50.0, 120: 10.0}}
MOMENTS = [0, 60, 120]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("bad", {0: 3, 60: 0}),
        ("bad+requests", {0: 103, 60: 50}),
        ("100*bad/requests", {0: 3, 60: 0}),
        ("-bad", {0: -3, 60: 0}),
        ("2^3^2", 512),
        ("requests^0.5*2", {0: 20, 60: 2 * math.sqrt(50), 120: 2 * math.sqrt(10)}),
        ("requests/bad", {0: 100 / 3}),
        ("FILL(bad,0)", {0: 3, 60: 0, 120: 0}),
        ("FILL(bad,7)+requests", {0: 103, 60: 50, 120: 17}),
        ("FILL(bad,REPEAT)", {0: 3, 60: 0, 120: 0}),
        ("FILL(bad,requests)", {0: 3, 60: 0, 120: 10}),
        ("SUM([bad,requests])", {0: 103, 60: 50, 120: 10}),
        ("MAX([bad,requests])", {0: 100, 60: 50, 120: 10}),
        ("FLOOR(requests/30)", {0: 3, 60: 1, 120: 0}),
    ],
)
def test_an_expression_is_worth_what_cloudwatch_says(expression: str, expected: object) -> None:
    assert evaluate(expression, SERIES, MOMENTS) == pytest.approx(expected)


@given(
    bad=st.integers(0, 1000),
    requests=st.integers(0, 10_000),
    share=st.floats(0.0001, 0.5),
    spread=st.floats(0.001, 2),
    rest=st.floats(0.1, 10),
)
def test_the_alarm_s_own_expression_is_bernstein_s_bound(
    bad: int, requests: int, share: float, spread: float, rest: float
) -> None:
    expression = f"bad-({share:.6g}*requests+({spread:.6g}*requests)^0.5+{rest:.6g})"
    series = {"bad": {0: float(bad)}, "requests": {0: float(requests)}}
    bound = share * requests + math.sqrt(spread * requests) + rest
    worth = evaluate(expression, series, [0])
    assert worth == pytest.approx({0: bad - bound}, rel=1e-4, abs=1e-2)


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "bad +",
        "missing",
        "__import__('os')",
        "bad.x",
        "ANOMALY_DETECTION_BAND(bad)",
        "bad if 1 else 2",
    ],
)
def test_what_the_world_does_not_know_is_refused_not_guessed(expression: str) -> None:
    with pytest.raises(UnknownExpressionError):
        evaluate(expression, SERIES, MOMENTS)
