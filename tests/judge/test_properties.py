"""What holds for every sequence of counts."""

import math
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.judge.canaries import Row, minutes


@st.composite
def rows(draw: st.DrawFn, most: int = 3000) -> Row:
    canary, baseline = draw(st.integers(0, most)), draw(st.integers(0, most))
    return canary, draw(st.integers(0, canary)), baseline, draw(st.integers(0, baseline))


canaries = st.lists(rows(), min_size=1, max_size=6)
quick = settings(max_examples=60, deadline=None)


@quick
@given(canaries, st.data())
def test_more_canary_errors_never_lower_the_evidence(
    judge: ModuleType, table: list[Row], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(table) - 1))
    canary, errors, baseline, other = table[at]
    worse = table.copy()
    worse[at] = (canary, data.draw(st.integers(errors, canary)), baseline, other)
    # One more failed request on the canary and no more on the baseline.
    before, after = (judge.judge(minutes(judge, each)) for each in (table, worse))
    assert after.log_evidence >= before.log_evidence - 1e-9
    assert after.certified <= before.certified * (1 + 1e-9)
    assert after.metrics[0].low >= before.metrics[0].low


@quick
@given(canaries)
def test_a_cleaner_baseline_never_lowers_the_evidence(judge: ModuleType, table: list[Row]) -> None:
    clean = [(canary, errors, baseline, 0) for canary, errors, baseline, _ in table]
    before, after = (judge.judge(minutes(judge, each)) for each in (table, clean))
    assert after.metrics[0].log_evidence >= before.metrics[0].log_evidence - 1e-9


@quick
@given(canaries, st.integers(2, 50))
def test_the_same_errors_among_more_requests_are_the_same_relative_evidence(
    judge: ModuleType, table: list[Row], times: int
) -> None:
    wider = [(times * n_c, e_c, times * n_b, e_b) for n_c, e_c, n_b, e_b in table]
    before, after = (judge.judge(minutes(judge, each)).metrics[0] for each in (table, wider))
    assert after.log_evidence == pytest.approx(before.log_evidence, rel=1e-9, abs=1e-6)
    assert (after.low, after.high) == (before.low, before.high)


@quick
@given(canaries.flatmap(lambda table: st.tuples(st.just(table), st.permutations(table))))
def test_the_order_of_minutes_does_not_matter_to_the_evidence(
    judge: ModuleType, tables: tuple[list[Row], list[Row]]
) -> None:
    first, second = (judge.judge(minutes(judge, each)) for each in tables)
    assert first.log_evidence == pytest.approx(second.log_evidence, rel=1e-9, abs=1e-6)
    assert first.clean_requests_needed == second.clean_requests_needed


@quick
@given(canaries)
def test_judging_turn_by_turn_is_judging_each_beginning(
    judge: ModuleType, table: list[Row]
) -> None:
    given_minutes = minutes(judge, table)
    beginnings = [judge.judge(given_minutes[: n + 1]) for n in range(len(table))]
    assert list(judge.follow(given_minutes)) == beginnings


@quick
@given(canaries)
def test_an_unserved_canary_is_never_healthy(judge: ModuleType, table: list[Row]) -> None:
    unserved = [(0, 0, baseline, errors) for _, _, baseline, errors in table]
    assert judge.judge(minutes(judge, unserved)).verdict == "inconclusive"


@quick
@given(
    table=canaries,
    share=st.sampled_from([None, 0.1, 0.5]),
    dispersion=st.sampled_from([1.0, 3.0]),
    guarded=st.booleans(),
)
def test_healthy_means_certified_and_no_evidence_against(
    judge: ModuleType, table: list[Row], share: float | None, dispersion: float, *, guarded: bool
) -> None:
    options = judge.Settings(
        share=share, dispersion={"errors": dispersion}, alpha=0.05, guard_always=guarded
    )
    for turn in judge.follow(minutes(judge, table), options):
        degraded = turn.degraded_since is not None
        assert (turn.verdict == "degraded") == degraded
        assert turn.evidence < turn.threshold or degraded
        if turn.verdict == "healthy":
            assert turn.evidence < math.sqrt(turn.threshold) * (1 + 1e-9)
            assert turn.certified >= turn.certified_threshold * (1 - 1e-9)
            assert turn.objective_evidence < turn.threshold
            assert turn.share_evidence < turn.threshold
            assert turn.clean_requests_needed == 0


@quick
@given(canaries)
def test_the_interval_is_an_interval_and_agrees_with_the_evidence(
    judge: ModuleType, table: list[Row]
) -> None:
    metric = judge.judge(minutes(judge, table)).metrics[0]
    assert 0 <= metric.low < metric.high
    assert (metric.low >= 1) == (metric.log_evidence >= math.log(100))
    assert math.isfinite(metric.log_evidence)
    assert metric.dispersion == 1
