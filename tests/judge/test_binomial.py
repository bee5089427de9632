"""The binomial law, beside SciPy's."""

from types import ModuleType, SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom


@pytest.fixture(scope="module")
def binomial(modules: SimpleNamespace) -> ModuleType:
    found = modules.binomial
    assert isinstance(found, ModuleType)
    return found


@given(
    requests=st.integers(1, 10**10),
    rate=st.floats(1e-7, 1 - 1e-7),
    deviations=st.floats(-6, 6),
)
def test_the_chance_is_that_of_the_law(
    binomial: ModuleType, requests: int, rate: float, deviations: float
) -> None:
    spread = (requests * rate * (1 - rate)) ** 0.5
    least = round(requests * rate + deviations * spread)

    found = binomial.at_least(least, requests, rate)

    assert found == pytest.approx(binom.sf(least - 1, requests, rate), abs=1e-4)


@pytest.mark.parametrize(
    ("least", "requests", "chance"), [(0, 5, 1), (-1, 5, 1), (6, 5, 0), (1, 0, 0), (0, 0, 1)]
)
def test_what_cannot_be_has_no_chance_and_what_must_be_is_certain(
    binomial: ModuleType, least: int, requests: int, chance: float
) -> None:
    assert binomial.at_least(least, requests, 0.3) == chance


def test_where_every_request_fails_all_of_them_do(binomial: ModuleType) -> None:
    assert binomial.at_least(5, 5, 1.0) == 1
    assert binomial.at_least(6, 5, 1.0) == 0


@pytest.mark.parametrize("rate", [0.0073, 0.5, 0.9999])
@pytest.mark.parametrize("requests", [1, 7, 1000, 90_000])
def test_the_quantiles_are_those_of_the_law(
    binomial: ModuleType, requests: int, rate: float
) -> None:
    expected = [int(binom.ppf((2 * at + 1) / 18, requests, rate)) for at in range(9)]

    assert binomial.quantiles(requests, rate) == pytest.approx(expected, abs=1)


def test_of_no_request_none_fails(binomial: ModuleType) -> None:
    assert binomial.quantiles(0, 0.5) == [0] * 9
