"""How bursty a history is."""

import math
from types import SimpleNamespace

import numpy as np
import pytest

SEED = 7


def _history(modules: SimpleNamespace, events: np.ndarray, requests: int = 540) -> float | None:
    pairs = [(requests, int(each)) for each in events]
    found = modules.dispersion.dispersion(pairs)
    assert found is None or isinstance(found, float)
    return found


def test_independent_requests_have_an_index_of_one(modules: SimpleNamespace) -> None:
    rng = np.random.default_rng(SEED)
    assert all(_history(modules, rng.poisson(2.7, 1440)) == 1.0 for _ in range(5))


def test_bursts_of_five_have_an_index_of_five(modules: SimpleNamespace) -> None:
    rng = np.random.default_rng(SEED)
    assert _history(modules, 5 * rng.poisson(2.0, 1440)) == pytest.approx(5, rel=0.2)


def test_bursts_that_last_are_found_in_longer_blocks(modules: SimpleNamespace) -> None:
    rng = np.random.default_rng(SEED)
    lasting = np.repeat(3 * rng.poisson(1.0, 288), 5)
    found = _history(modules, lasting)
    assert found is not None
    assert found > 8


def test_the_rise_and_fall_of_a_day_is_no_burst(modules: SimpleNamespace) -> None:
    rng = np.random.default_rng(SEED)
    day = 1 + 0.5 * np.sin(np.linspace(0, 2 * np.pi, 1440))
    assert _history(modules, rng.poisson(20 * day)) == 1.0


def test_the_index_is_the_mean_square_successive_difference(modules: SimpleNamespace) -> None:
    # Differences of 10 between 0 and 10 events: 100 / 10 in each pair; blocks of five cancel.
    assert _history(modules, np.array([0, 10] * 30)) == 10.0
    # Requests differ as well: (e1 n2 - e2 n1)^2 / (n1 n2) = (4*200 - 2*100)^2 / 20000 = 18, by 6.
    uneven = [(100, 4), (200, 2)] * 20
    assert modules.dispersion.dispersion(uneven) == pytest.approx(3.0)


def test_minutes_without_requests_say_nothing(modules: SimpleNamespace) -> None:
    with_gaps = [pair for each in [0, 10] * 30 for pair in ((540, each), (0, 0))]
    assert modules.dispersion.dispersion(with_gaps) == pytest.approx(10.0)


@pytest.mark.parametrize(("minutes", "events"), [(0, 0), (29, 10), (1440, 0), (30, 0)])
def test_too_short_a_history_is_unknown(
    modules: SimpleNamespace, minutes: int, events: int
) -> None:
    assert _history(modules, np.full(minutes, events)) is None


def test_the_shortest_history_has_thirty_minutes_and_twenty_events(
    modules: SimpleNamespace,
) -> None:
    assert _history(modules, np.array([1] * 20 + [0] * 10)) == 1.0
    assert _history(modules, np.array([1] * 19 + [0] * 11)) is None
    assert _history(modules, np.array([1] * 20 + [0] * 9)) is None


@pytest.mark.parametrize(
    ("low", "jump", "counts"), [(20, 8, False), (25, 9, False), (22, 9, True), (20, 9, True)]
)
def test_an_excess_within_two_standard_errors_counts_as_none(
    modules: SimpleNamespace, low: int, jump: int, *, counts: bool
) -> None:
    # Two standard errors of 48 minutes are 2 * sqrt(3 / 48) = 0.5; the indices are 1.33, 1.37,
    # 1.53 and 1.65.
    found = _history(modules, np.array([low, low + jump] * 24))
    assert found == (pytest.approx(jump**2 / (2 * low + jump)) if counts else 1.0)


def test_an_outage_yesterday_does_not_blind_the_judge(modules: SimpleNamespace) -> None:
    rng = np.random.default_rng(SEED)
    day = np.full(1440, 2.7)
    day[603:618] = 162
    assert _history(modules, rng.poisson(day)) == 1.0


def test_of_few_minutes_four_differences_are_left_out(modules: SimpleNamespace) -> None:
    calm, peak = [20, 20], [20, 90]
    assert _history(modules, np.array(calm * 30 + peak * 2 + calm * 30)) == 1.0
    found = _history(modules, np.array(calm * 30 + peak * 3 + calm * 30))
    assert found is not None
    assert found > 1.5


def test_of_a_day_a_hundredth_of_the_differences_is_left_out(modules: SimpleNamespace) -> None:
    def with_peaks(count: int) -> np.ndarray:
        day = np.full(1440, 20)
        day[50 : 50 + 200 * count : 200] = 540
        return day

    assert _history(modules, with_peaks(2)) == 1.0
    found = _history(modules, with_peaks(3))
    assert found is not None
    assert found > 1.5


@pytest.mark.parametrize(
    ("pair", "complaint"),
    [
        ((-1, 0), "minute 1: history_requests is -1; allowed: a whole number, 0 or more"),
        ((5, math.nan), "minute 1: history_events is nan; allowed: a whole number, 0 or more"),
        ((5, True), "minute 1: history_events is True; allowed: a whole number, 0 or more"),
        ((5, 6), "minute 1: history_events is 6; allowed: at most 5 requests"),
    ],
)
def test_a_history_that_cannot_be_is_refused(
    modules: SimpleNamespace, pair: tuple[int, int], complaint: str
) -> None:
    with pytest.raises(modules.counts.JudgeError) as caught:
        modules.dispersion.dispersion([(5, 5), pair])
    assert str(caught.value) == complaint


def test_an_incomplete_last_block_is_left_out(modules: SimpleNamespace) -> None:
    even = [(540, 20)] * 150
    assert modules.dispersion.dispersion(even) == 1.0
    # A last block of one minute would differ by much; minute by minute it is one jump of many.
    assert modules.dispersion.dispersion([*even, (540, 60)]) == 1.0
