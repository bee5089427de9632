"""Seeded simulations: how often the judge is wrong when it may look every minute."""

from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from tests.judge.canaries import minutes

RUNS, MINUTES, SEED = 250, 30, 20240212
Table = list[tuple[int, int, int, int]]


def _canary(rng: np.random.Generator, rate: float, times: float = 1.0, *, burst: int = 1) -> Table:
    n_c, n_b = rng.poisson(60, MINUTES), rng.poisson(540, MINUTES)
    e_c = np.minimum(n_c, burst * rng.binomial(n_c, rate * times / burst))
    e_b = np.minimum(n_b, burst * rng.binomial(n_b, rate / burst))
    return list(zip(*(each.tolist() for each in (n_c, e_c, n_b, e_b)), strict=True))


def _stopped(judge: ModuleType, tables: list[Table], **settings: object) -> float:
    options = judge.Settings(**settings)
    verdicts = [judge.judge(minutes(judge, table), options).verdict for table in tables]
    return verdicts.count("degraded") / len(verdicts)


@pytest.mark.parametrize("alpha", [0.01, 0.05])
def test_a_release_that_is_no_worse_is_stopped_at_most_alpha_often(
    judge: ModuleType, alpha: float
) -> None:
    rng = np.random.default_rng(SEED)
    tables = [_canary(rng, 0.005) for _ in range(RUNS)]
    assert _stopped(judge, tables, alpha=alpha, dispersion={"errors": 1.0}) <= alpha


def test_a_fourfold_regression_at_ten_requests_a_second_is_stopped(judge: ModuleType) -> None:
    rng = np.random.default_rng(SEED)
    tables = [_canary(rng, 0.005, 4.0) for _ in range(RUNS)]
    assert _stopped(judge, tables) >= 0.97


def test_bursts_mislead_the_plain_judge_and_not_the_tempered_one(
    judge: ModuleType, modules: SimpleNamespace
) -> None:
    rng = np.random.default_rng(SEED)
    tables = [_canary(rng, 0.005, burst=5) for _ in range(RUNS)]
    history = [(n, e) for table in tables[:48] for _, _, n, e in table]
    index = modules.dispersion.dispersion(history)
    assert index == pytest.approx(5, rel=0.3)
    assert _stopped(judge, tables) > 0.1
    assert _stopped(judge, tables, dispersion={"errors": index}) <= 0.03


def test_the_interval_covers_the_truth_at_every_look(judge: ModuleType) -> None:
    rng = np.random.default_rng(SEED)
    missed = 0
    for _ in range(60):
        turns = judge.follow(minutes(judge, _canary(rng, 0.01, 3.0)))
        missed += any(not turn.metrics[0].low <= 3 <= turn.metrics[0].high for turn in turns)
    assert missed <= 60 * 0.02


def test_an_unacceptable_release_is_certified_at_most_beta_often(modules: SimpleNamespace) -> None:
    rng = np.random.default_rng(SEED)
    ever, runs = 0, 1000
    for _ in range(runs):
        rate = modules.evidence.certificate(0.01, 1.0)
        logs = []
        for n_c, e_c, _, _ in _canary(rng, 0.01):
            rate.add(n_c, e_c)
            logs.append(rate.log_evidence())
        ever += max(logs) >= np.log(20)
    assert ever <= runs * 0.05
