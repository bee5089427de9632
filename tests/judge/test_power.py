"""What is said of a canary before it is deployed is what the judge then does."""

from collections.abc import Sequence
from types import ModuleType, SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import poisson


@pytest.fixture(scope="module")
def power(modules: SimpleNamespace) -> ModuleType:
    found = modules.power
    assert isinstance(found, ModuleType)
    return found


@settings(max_examples=25, deadline=None)
@given(
    rate=st.floats(1e-5, 0.5),
    canary=st.integers(20, 20_000),
    more=st.floats(1.5, 10),
)
def test_more_requests_see_more(power: ModuleType, rate: float, canary: int, more: float) -> None:
    fewer = power.smallest_rate(rate, (canary, 9 * canary))
    found = power.smallest_rate(rate, (int(canary * more), int(9 * canary * more)))

    if fewer is not None:
        assert rate <= found <= fewer * 1.02


@pytest.mark.parametrize("requests", [(0, 0), (0, 1000), (2, 18), (1, 1000)])
def test_a_canary_that_sees_nothing_is_said_to(
    power: ModuleType, requests: tuple[int, int]
) -> None:
    assert power.smallest_rate(0.005, requests) is None


def test_an_error_weighs_less_where_more_is_counted(power: ModuleType) -> None:
    def found(*metrics: str) -> float:
        rate: float = power.smallest_rate(0.005, (720, 6480), metrics=metrics)
        return rate

    assert found("errors") < found("errors", "slow") < found("errors", "slow", "http_5xx")


@pytest.mark.parametrize(("objective", "clean"), [(0.01, 299), (0.05, 59), (0.001, 3000)])
def test_as_many_clean_requests_certify_as_the_judge_says(
    judge: ModuleType, power: ModuleType, objective: float, clean: int
) -> None:
    def certified(requests: int) -> bool:
        counts = judge.Counts(requests=requests, errors=0)
        minute = judge.Minute(minute=0, canary=counts, baseline=counts)
        judged = judge.judge([minute], judge.Settings(objective=objective))
        return bool(judged.certified >= judged.certified_threshold)

    assert power.clean_requests(objective) == clean
    assert certified(clean)
    assert not certified(clean - 1)


@pytest.mark.parametrize("share", [0.05, 0.1, 0.5])
def test_a_version_that_fails_everything_is_stopped_after_so_many_requests(
    judge: ModuleType, power: ModuleType, share: float
) -> None:
    served = power.broken_requests(0.01, share)

    def is_stopped(requests: int) -> bool:
        others = round(requests * (1 - share) / share)
        canary = judge.Counts(requests=requests, errors=requests, slow=0)
        baseline = judge.Counts(requests=others, errors=round(0.01 * others), slow=0)
        minute = judge.Minute(minute=0, canary=canary, baseline=baseline)
        known = judge.Settings(dispersion={"errors": 1.0, "slow": 1.0})
        return bool(judge.judge([minute], known).verdict == "degraded")

    assert is_stopped(served)
    assert not is_stopped(served - 2)


def counts(mean: float) -> Sequence[int]:
    return [0, 1, round(mean), round(mean + 3 * mean**0.5), round(2 * mean) + 5]


@pytest.mark.parametrize("mean", [0.0, 0.3, 4.0, 150.0, 1990.0, 2500.0, 1e6])
def test_the_tails_are_those_of_poissons_law(power: ModuleType, mean: float) -> None:
    for count in counts(mean):
        assert power._at_least(count, mean) == pytest.approx(poisson.sf(count - 1, mean), abs=2e-4)


def test_the_spread_is_the_quantiles_of_poissons_law(power: ModuleType) -> None:
    quantiles = [(2 * at + 1) / 18 for at in range(9)]

    assert power._spread(7.3) == [int(poisson.ppf(q, 7.3)) for q in quantiles]
    assert power._spread(0.0) == [0] * 9
