"""What is said of a canary before it is deployed is what the judge then does."""

from types import ModuleType, SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st


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


def test_bursts_see_as_much_as_so_many_times_fewer_requests(
    judge: ModuleType, power: ModuleType
) -> None:
    bursty = judge.Settings(dispersion={"errors": 4.0})

    found = power.smallest_rate(0.005, (2880, 25920), settings=bursty)

    assert found == power.smallest_rate(0.005, (720, 6480))
    assert power.broken_requests(0.01, 0.1, settings=bursty) == 4 * power.broken_requests(0.01, 0.1)


def test_it_follows_the_settings(judge: ModuleType, power: ModuleType) -> None:
    def found(**settings: object) -> float:
        known = judge.Settings(dispersion={"errors": 1.0, "slow": 1.0}, **settings)
        rate: float = power.smallest_rate(0.005, (720, 6480), settings=known)
        return rate

    assert found(alpha=0.05) < found() < found(alpha=0.001)
    assert found() < found(error_ratio=1.5)
    assert found(weights={"errors": 0.9, "slow": 0.1}) < found()
    unknown = power.smallest_rate(0.005, (720, 6480), settings=judge.Settings(alpha=0.05))
    assert unknown == found(), "alpha is at most 1 % without a history"


def test_as_few_errors_as_are_said_stop_a_canary_and_one_less_does_not(
    judge: ModuleType, power: ModuleType
) -> None:
    settings = judge.Settings(dispersion={"errors": 1.0})
    needed = power._needed(("errors",), settings)
    for canary, baseline, errors in ((20, 180, 0), (720, 6480, 30), (50_000, 450_000, 2000)):
        fewest = power._fewest_errors((canary, baseline), errors, needed, 1.0)

        for failed, degraded in ((fewest, True), (fewest - 1, False)):
            minute = judge.Minute(
                minute=0,
                canary=judge.Counts(requests=canary, errors=failed),
                baseline=judge.Counts(requests=baseline, errors=errors),
            )
            assert (judge.judge([minute], settings).verdict == "degraded") is degraded


def test_a_few_requests_tell_of_a_canary_that_fails_nearly_all(power: ModuleType) -> None:
    assert power.smallest_rate(0.005, (5, 45)) == pytest.approx(0.8, abs=0.02)


def test_where_the_baseline_fails_as_well_nothing_is_enough(power: ModuleType) -> None:
    assert power.broken_requests(1.0, 0.1) is None


@pytest.mark.parametrize("requests", [(720, 6480), (4 * 10**9, 4 * 10**9)])
@pytest.mark.parametrize("rate", [1e-7, 0.005, 0.5])
def test_it_gives_a_rate_however_many_requests_there_are(
    power: ModuleType, rate: float, requests: tuple[int, int]
) -> None:
    assert rate < power.smallest_rate(rate, requests) <= 1
