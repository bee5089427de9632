"""Every e-process against scipy's exact laws, and against numbers that others have published."""

import math
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
from scipy import special, stats

from tests.judge.canaries import minute, minutes

RISKS = [2.0 ** (6 * k / 16) for k in range(1, 17)]
ROWS = [(60, 1, 540, 3), (71, 0, 500, 2), (40, 4, 610, 5), (0, 0, 30, 1), (55, 0, 0, 0)]


def _conditional(rows: list[tuple[int, int, int, int]], bound: float, power: float) -> float:
    def law(row: tuple[int, int, int, int], risk: float) -> float:
        n_c, e_c, n_b, e_b = row
        share = n_c * risk / (n_c * risk + n_b)
        return float(stats.binom.logpmf(e_c, e_c + e_b, share))

    logs = [sum(power * (law(r, bound * k) - law(r, bound)) for r in rows) for k in RISKS]
    return float(special.logsumexp(logs) - math.log(16))


@pytest.mark.parametrize(("bound", "dispersion"), [(1.0, 1.0), (1.0, 2.5), (1.1, 1.0), (3.0, 4.0)])
def test_the_evidence_is_the_mixture_of_conditional_binomial_laws(
    modules: SimpleNamespace, bound: float, dispersion: float
) -> None:
    risk = modules.evidence.RelativeRisk(bound, dispersion)
    for n_c, e_c, n_b, e_b in ROWS:
        risk.add((n_c, e_c), (n_b, e_b))

    expected = _conditional(ROWS[:3], bound, 1 / dispersion)
    assert risk.log_evidence() == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(("errors", "evidence"), [(1, 5.02), (2, 31.5), (3, 221.4), (4, 1649.4)])
def test_few_errors_are_telling_on_a_tenth_of_the_traffic(
    modules: SimpleNamespace, errors: int, evidence: float
) -> None:
    risk = modules.evidence.RelativeRisk(1.0, 1.0)
    risk.add((1000, errors), (9000, 0))
    assert math.exp(risk.log_evidence()) == pytest.approx(evidence, rel=1e-3)


@pytest.mark.parametrize(
    "shape", [(6, 54, 2), (60, 540, 5), (300, 300, 40), (3, 27, 29), (5, 5, 9)]
)
@pytest.mark.parametrize("odds", [1.0, 0.7])
def test_under_the_exact_hypergeometric_law_the_evidence_does_not_grow(
    modules: SimpleNamespace, shape: tuple[int, int, int], odds: float
) -> None:
    n_c, n_b, errors = shape
    law = stats.nchypergeom_fisher(n_c + n_b, n_c, errors, odds)
    expected = 0.0
    for e_c in range(max(0, errors - n_b), min(errors, n_c) + 1):
        risk = modules.evidence.RelativeRisk(1.0, 1.0)
        risk.add((n_c, e_c), (n_b, errors - e_c))
        expected += law.pmf(e_c) * math.exp(risk.log_evidence())
    assert expected <= 1 + 1e-9


@pytest.mark.parametrize("rate", [0.001, 0.1, 0.4, 0.85])
@pytest.mark.parametrize("bound", [1.0, 1.1])
@pytest.mark.parametrize("dispersion", [1.0, 3.0])
def test_whatever_the_rate_the_evidence_of_a_minute_is_expected_at_one_or_less(
    modules: SimpleNamespace, rate: float, bound: float, dispersion: float
) -> None:
    n_c, n_b = 8, 40
    expected = 0.0
    for e_c in range(n_c + 1):
        for e_b in range(n_b + 1):
            risk = modules.evidence.RelativeRisk(bound, dispersion)
            risk.add((n_c, e_c), (n_b, e_b))
            chance = stats.binom.pmf(e_c, n_c, rate * bound) * stats.binom.pmf(e_b, n_b, rate)
            expected += chance * math.exp(risk.log_evidence())
    assert expected <= 1 + 1e-9


@pytest.mark.parametrize(
    ("objective", "beta", "count"),
    [(0.05, 0.05, 59), (0.05, 0.01, 90), (0.01, 0.05, 299), (0.01, 0.01, 459)],
)
def test_clean_requests_certify_the_objective_in_the_classical_count(
    judge: ModuleType, objective: float, beta: float, count: int
) -> None:
    assert count == math.ceil(math.log(1 / beta) / -math.log1p(-objective))
    settings = judge.Settings(objective=objective, beta=beta)

    short = judge.judge(minutes(judge, [(count - 1, 0, 9 * count, 0)]), settings)
    enough = judge.judge(minutes(judge, [(count, 0, 9 * count, 0)]), settings)

    assert (short.verdict, short.clean_requests_needed) == ("inconclusive", 1)
    assert (enough.verdict, enough.clean_requests_needed) == ("healthy", 0)
    assert judge.judge([], settings).clean_requests_needed == count


@pytest.mark.parametrize(("objective", "count"), [(0.005, 598), (0.001, 2995), (0.0001, 29956)])
def test_tolerating_a_failure_costs_at_most_a_five_hundredth_of_the_classical_count(
    judge: ModuleType, objective: float, count: int
) -> None:
    needed = judge.judge([], judge.Settings(objective=objective)).clean_requests_needed
    assert count <= needed <= math.ceil(count * 1.002)


def test_a_certificate_is_a_mixture_of_binomial_likelihoods(modules: SimpleNamespace) -> None:
    rate = modules.evidence.certificate(0.02, 2.0)
    rate.add(300, 1)
    rate.add(200, 2)
    logs = [
        (stats.binom.logpmf(3, 500, 0.02 / k) - stats.binom.logpmf(3, 500, 0.02)) / 2
        for k in (8, 4, 2)
    ]
    assert rate.log_evidence() == pytest.approx(special.logsumexp(logs) + math.log(0.01 / 3))


def test_a_guard_is_a_mixture_of_binomial_likelihoods(modules: SimpleNamespace) -> None:
    rate = modules.evidence.guard(0.02, 1.0)
    rate.add(500, 30)
    rates = np.geomspace(0.02, 0.9, 9)[1:]
    logs = stats.binom.logpmf(30, 500, rates) - stats.binom.logpmf(30, 500, 0.02)
    assert rate.log_evidence() == pytest.approx(special.logsumexp(logs) - math.log(8))


@pytest.mark.parametrize(
    ("requests", "tolerated"),
    [((50, 950), 0.075), ((100, 900), 0.1), ((300, 700), 0.125), ((0, 70), 0.075)],
)
def test_share_evidence_is_a_beta_binomial_against_the_likeliest_tolerated_share(
    modules: SimpleNamespace, requests: tuple[int, int], tolerated: float
) -> None:
    canary, baseline = requests
    mixture = special.betaln(canary + 1, baseline + 1)
    null = canary * math.log(tolerated) + baseline * math.log(1 - tolerated)
    found = modules.evidence.log_share_evidence(requests, 0.1, 0.25)
    assert found == pytest.approx(mixture - null)


def test_no_request_is_no_evidence_about_the_share(modules: SimpleNamespace) -> None:
    assert modules.evidence.log_share_evidence((0, 0), 0.1, 0.25) == 0


def test_the_interval_ends_where_the_same_evidence_rejects(modules: SimpleNamespace) -> None:
    rows, rung = [(600, 24, 5400, 40), (580, 19, 5300, 51)], 2 ** (1 / 16)
    risk = modules.evidence.RelativeRisk(1.0, 1.0)
    for n_c, e_c, n_b, e_b in rows:
        risk.add((n_c, e_c), (n_b, e_b))

    low, high = risk.interval(0.01)

    needed = math.log(100)
    assert _conditional(rows, low, 1.0) >= needed > _conditional(rows, low * rung, 1.0)
    mirrored = [(n_b, e_b, n_c, e_c) for n_c, e_c, n_b, e_b in rows]
    assert _conditional(mirrored, 1 / high, 1.0) >= needed
    assert _conditional(mirrored, 1 / (high / rung), 1.0) < needed
    assert low < risk.estimate() < high


def test_the_relative_risk_is_that_of_mantel_and_haenszel(judge: ModuleType) -> None:
    # Both minutes have a relative risk of 2; the totals alone would say 0.76 (Simpson's paradox).
    found = judge.judge(minutes(judge, [(100, 40, 900, 180), (900, 18, 100, 1)]))
    assert found.metrics[0].relative_risk == pytest.approx(2.0)


def test_metrics_are_averaged_by_their_weights(judge: ModuleType) -> None:
    both = minute(judge, 0, (1000, 2, 9000, 0), slow=(1, 0), http_5xx=(0, 9))
    found = judge.judge([both], judge.Settings(latency_ratio=1.0))
    errors, slow, http = (each.evidence for each in found.metrics)
    assert (errors, slow) == (pytest.approx(31.52, abs=0.01), pytest.approx(5.023, abs=0.001))
    relative = 0.5 * errors + 0.3 * slow + 0.2 * http
    assert found.evidence == pytest.approx(0.95 * relative + 0.05)
