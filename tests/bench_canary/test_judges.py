"""The benchmark's judges against golden cases, exact laws, and the judge that is shipped."""

import math

import numpy as np
import pytest
from scipy import stats

from delivery.runtime import load_judge
from tests.bench_canary.judges import alarms, fisher, flagger, kayenta, lockgate, oracle
from tests.bench_canary.measure import clopper_pearson, measure
from tests.bench_canary.peeking import false_alarms
from tests.bench_canary.world import SHARE, Kind, World, simulate

SEED = 11


def _world(e_c: list[int], e_b: list[int], n_c: int = 60, n_b: int = 540) -> World:
    canary, baseline = np.array([e_c]), np.array([e_b])
    return World(
        kind=Kind(rps=10.0, rate=0.005, times=4.0),
        n_c=np.full_like(canary, n_c),
        e_c=canary,
        n_b=np.full_like(baseline, n_b),
        e_b=baseline,
        history_n=np.full((1, 60), 540),
        history_e=np.zeros((1, 60), dtype=np.int64),
    )


@pytest.mark.parametrize("scenario", ["plain", "drift", "outage", "bursts"])
@pytest.mark.parametrize(("rps", "times"), [(0.2, math.inf), (1.0, 20.0), (10.0, 1.0), (10.0, 4.0)])
def test_ours_in_numpy_is_the_judge_that_is_shipped(
    scenario: str, rps: float, times: float
) -> None:
    kind = Kind(rps=rps, rate=0.005, times=times, scenario=scenario)
    world = simulate(kind, 3, np.random.default_rng(SEED))
    stop, healthy = lockgate.stops(world)
    judge = load_judge()
    for row in range(len(stop)):
        history = list(
            zip(world.history_n[row].tolist(), world.history_e[row].tolist(), strict=True)
        )
        index = judge.dispersion(history) or 1.0
        options = judge.Settings(dispersion={"errors": index}, share=SHARE)
        cells = (each[row, :30].tolist() for each in (world.n_c, world.e_c, world.n_b, world.e_b))
        minutes = [
            judge.Minute(
                minute=at,
                canary=judge.Counts(requests=n_c, errors=e_c),
                baseline=judge.Counts(requests=n_b, errors=e_b),
            )
            for at, (n_c, e_c, n_b, e_b) in enumerate(zip(*cells, strict=True))
        ]
        turns = list(judge.follow(minutes, options))
        degraded = [turn.minute + 1 for turn in turns if turn.verdict == "degraded"]
        assert min(degraded, default=math.inf) == (stop[row] if stop[row] <= 30 else math.inf)
        undisturbed = [at for at in range(30) if at + 1 < stop[row]]
        assert [turns[at].verdict == "healthy" for at in undisturbed] == [
            bool(healthy[row, at]) for at in undisturbed
        ]


def test_bursts_have_the_variance_that_they_are_said_to_have() -> None:
    kind = Kind(rps=10.0, rate=0.005, scenario="bursts")
    world = simulate(kind, 20, np.random.default_rng(SEED))
    assert world.history_e.mean() == pytest.approx(3.0, rel=0.05)
    assert lockgate.dispersion(world.history_n, world.history_e).mean() == pytest.approx(5, rel=0.1)


# A Mann-Whitney interval by hand: 98 % of six against six.
SIX = np.array([[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]])


@pytest.mark.parametrize(
    ("canary", "high"),
    [
        (SIX, False),
        (SIX[:, ::-1], False),
        (SIX + 1.5, False),
        (SIX + 10, True),
        (SIX - 10, False),
        (SIX * 100, True),
        (np.zeros((1, 6)), False),
    ],
)
def test_kayenta_calls_a_clear_rise_high_and_nothing_else(
    canary: np.ndarray, *, high: bool
) -> None:
    assert kayenta.high(canary, SIX).tolist() == [high]


def test_kayenta_passes_data_without_any_event() -> None:
    assert not kayenta.high(np.zeros((3, 30)), np.zeros((3, 30))).any()


def test_kayenta_wants_the_interval_beyond_a_quarter_of_the_shift() -> None:
    rng = np.random.default_rng(SEED)
    baseline = rng.normal(10, 2, (200, 30))
    canary = rng.normal(11.2, 2, (200, 30))
    found = kayenta.high(canary, baseline)
    plain = np.array(
        [stats.mannwhitneyu(x, y).pvalue < 0.02 for x, y in zip(canary, baseline, strict=True)]
    )
    assert 0 < found.sum() < plain.sum()
    assert not (found & ~plain).any()


def test_kayentas_statistic_is_the_asymptotic_one_of_scipy() -> None:
    rng = np.random.default_rng(SEED)
    x, y = rng.poisson(2, (20, 30)).astype(float), rng.poisson(1, (20, 30)).astype(float)
    expected = [
        stats.mannwhitneyu(a, b, method="asymptotic", use_continuity=True).pvalue
        for a, b in zip(x, y, strict=True)
    ]
    assert 2 * stats.norm.sf(np.abs(kayenta.z_score(x, y))) == pytest.approx(np.array(expected))


def test_fisher_is_the_hypergeometric_tail() -> None:
    rng = np.random.default_rng(SEED)
    n_c, n_b = rng.integers(1, 300, 200), rng.integers(1, 3000, 200)
    e_c, e_b = rng.binomial(n_c, 0.03), rng.binomial(n_b, 0.01)
    found = fisher.p_value(n_c, e_c, n_b, e_b)
    exact = stats.hypergeom.sf(e_c - 1, n_c + n_b, e_c + e_b, n_c)
    more = e_c * n_b > e_b * n_c
    assert found[more] == pytest.approx(exact[more])
    assert (found[~more] == 1).all()


def test_the_alarm_of_the_sam_guide_wants_two_minutes_in_a_row() -> None:
    assert alarms.sam_documentation(_world([0, 1, 0, 2, 1, 0], [9] * 6)).tolist() == [5]
    assert alarms.sam_documentation(_world([1, 0, 1, 0, 1, 0], [9] * 6)).tolist() == [math.inf]


def test_a_rate_alarm_wants_three_of_five_minutes() -> None:
    per_version, alias = alarms.rate_per_version, alarms.rate_over_alias
    assert per_version(_world([1, 0, 0, 1, 1, 0], [0] * 6)).tolist() == [5]
    assert per_version(_world([1, 0, 0, 0, 1, 1], [0] * 6)).tolist() == [math.inf]
    assert alias(_world([6] * 6, [0] * 6)).tolist() == [math.inf]
    assert alias(_world([7] * 6, [0] * 6)).tolist() == [3]


def test_flagger_stops_at_the_fifth_failed_check_and_fails_without_data() -> None:
    assert flagger.defaults(_world([1, 0, 1, 1, 0, 1, 1, 0], [0] * 8)).tolist() == [7]
    assert flagger.defaults(_world([0] * 8, [0] * 8, n_c=0)).tolist() == [5]


def test_the_oracle_stops_at_walds_bound() -> None:
    world = _world([1] * 20, [0] * 20)
    # Each minute multiplies by 4 * 600 / (4 * 60 + 540) = 3.08: ln 95 / ln 3.08 = 4.05.
    assert oracle.knows_effect(world).tolist() == [5]
    # By 4 * (0.98 / 0.995)^59 = 1.634: ln 95 / ln 1.634 = 9.27.
    assert oracle.knows_effect_and_rate(world).tolist() == [10]


def test_what_is_measured_of_a_judge() -> None:
    world = _world([1, 2, 3, 4], [0] * 4)
    stopped = measure(world, np.array([2.0]), 3)
    assert (stopped.stopped, stopped.minutes, stopped.failed, stopped.share) == (1, 2, 3, 1)
    passed = measure(world, np.array([4.0]), 3, np.array([[False] * 4]))
    assert (passed.stopped, passed.failed, passed.inconclusive) == (0, 6, 1.0)
    assert math.isnan(passed.minutes)
    exact = stats.binomtest(3, 200).proportion_ci(method="exact")
    assert clopper_pearson(3, 200) == pytest.approx((exact.low, exact.high))
    assert clopper_pearson(0, 10)[0] == 0
    assert clopper_pearson(10, 10)[1] == 1


def test_a_mann_whitney_test_read_again_and_again_raises_false_alarms() -> None:
    # Published: 66 of 100.
    assert 50 <= false_alarms(100, np.random.default_rng(SEED)) <= 80
