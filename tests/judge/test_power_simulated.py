"""What is said of a canary is what the judge then does, in a few hundred simulated canaries."""

import random
from types import ModuleType, SimpleNamespace

import pytest
from scipy.stats import binom

MINUTES = 12


@pytest.fixture(scope="module")
def power(modules: SimpleNamespace) -> ModuleType:
    found = modules.power
    assert isinstance(found, ModuleType)
    return found


def stopped(
    judge: ModuleType,
    rates: tuple[float, float],
    requests: tuple[int, int],
    seed: int,
    burst: int = 1,
) -> bool:
    """Judge one canary of 12 minutes, with errors drawn as often as the rates say, in bursts."""
    draw = random.Random(seed)  # noqa: S311 nothing is to be kept secret
    minutes = []
    for at in range(MINUTES):
        served = [count // MINUTES for count in requests]
        quantiles = [draw.random() for _ in served]
        errors = [
            burst * int(binom.ppf(q, n // burst, rate))
            for q, n, rate in zip(quantiles, served, rates, strict=True)
        ]
        canary, baseline = (
            judge.Counts(requests=n, errors=e, slow=0) for n, e in zip(served, errors, strict=True)
        )
        minutes.append(judge.Minute(minute=at, canary=canary, baseline=baseline))
    known = judge.Settings(dispersion={"errors": float(burst), "slow": 1.0})
    return bool(judge.judge(minutes, known).verdict == "degraded")


@pytest.mark.parametrize(
    ("rate", "requests"),
    [
        *((0.005, (12, 108)), (0.005, (72, 648)), (0.005, (720, 6480))),
        *((0.01, (720, 6480)), (0.001, (7200, 64800))),
    ],
)
def test_nine_of_ten_regressions_of_that_size_are_stopped(
    judge: ModuleType, power: ModuleType, rate: float, requests: tuple[int, int]
) -> None:
    found = power.smallest_rate(rate, requests)

    hits = sum(stopped(judge, (found, rate), requests, seed) for seed in range(200))

    # The judge looks twelve times, not once; 200 runs miss by 5 points once in a hundred times.
    assert 0.85 <= hits / 200 <= 0.99


def test_bursts_are_reckoned_with(judge: ModuleType, power: ModuleType) -> None:
    rate, requests, burst = 0.005, (2880, 25920), 4
    bursty = judge.Settings(dispersion={"errors": float(burst), "slow": 1.0})
    found = power.smallest_rate(rate, requests, settings=bursty)

    hits = sum(stopped(judge, (found, rate), requests, seed, burst) for seed in range(200))

    assert 0.85 <= hits / 200 <= 0.99


def test_half_of_the_regression_is_not_said_to_be_stopped(
    judge: ModuleType, power: ModuleType
) -> None:
    rate, requests = 0.005, (720, 6480)
    found = power.smallest_rate(rate, requests) / 2

    hits = sum(stopped(judge, (found, rate), requests, seed) for seed in range(100))

    assert hits / 100 < 0.5
