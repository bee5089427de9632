"""How many synthetic requests are planned, and what an inconclusive verdict then does."""

import math
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delivery import Canary, Delivery, Objectives
from delivery.synthetic import FEWEST_REQUESTS, conflicts, fitting, planned
from tests.delivery.conftest import Load


@pytest.fixture
def with_canary(load_text: Load, sound: str) -> Callable[[str], Delivery]:
    def make(text: str) -> Delivery:
        return load_text(sound.replace("requests_per_second = 10.0", text))

    return make


@pytest.mark.parametrize(("percent", "requests"), [(1, 299), (5, 59), (0.5, 599), (50, 30)])
def test_as_many_are_planned_as_certify_the_objective(percent: float, requests: int) -> None:
    canary = Canary(requests_per_second=1)

    assert planned(canary, Objectives(errors_percent=percent, latency_ms=500)) == requests


@settings(deadline=None)
@given(percent=st.floats(0.0001, 50), latency_ms=st.integers(1, 900_000))
def test_what_is_planned_always_fits(percent: float, latency_ms: int) -> None:
    objectives = Objectives(errors_percent=percent, latency_ms=latency_ms)
    count = planned(Canary(requests_per_second=1), objectives)

    assert count <= fitting(objectives)
    if count not in {fitting(objectives), 3000}:
        assert (1 - percent / 100) ** count <= 0.05 + 1e-9


@settings(deadline=None)
@given(
    rate=st.floats(1e-6, 100), minutes=st.integers(1, 2880), count=st.integers(0, 3000) | st.none()
)
def test_no_canary_is_accepted_that_sees_fewer_than_thirty_requests(
    rate: float, minutes: int, count: int | None
) -> None:
    canary = Canary(requests_per_second=rate, minutes=minutes, synthetic_requests=count)
    objectives = Objectives(latency_ms=100)
    seen = math.floor(canary.expected_requests) + planned(canary, objectives)

    assert bool(conflicts(canary, objectives)) == (seen < FEWEST_REQUESTS)


def test_the_file_s_own_number_is_kept(with_canary: Callable[[str], Delivery]) -> None:
    delivery = with_canary("requests_per_second = 10.0, synthetic_requests = 0")

    assert delivery.services[0].synthetic_requests_planned == 0


def test_the_last_environment_fails_what_is_inconclusive(load_text: Load, sound: str) -> None:
    delivery = load_text(sound)

    said = [delivery.services[0].inconclusive_in(each) for each in delivery.environments]
    assert said == ["warn", "fail"]


def test_without_synthetic_requests_it_is_warned_of(
    with_canary: Callable[[str], Delivery],
) -> None:
    delivery = with_canary("requests_per_second = 10.0, synthetic_requests = 0")

    assert delivery.services[0].inconclusive_in(delivery.environments[-1]) == "warn"


def test_the_environment_s_own_word_is_kept(load_text: Load, sound: str) -> None:
    delivery = load_text(sound.replace('name = "prod"\n', 'name = "prod"\ninconclusive = "warn"\n'))

    assert delivery.services[0].inconclusive_in(delivery.environments[-1]) == "warn"
