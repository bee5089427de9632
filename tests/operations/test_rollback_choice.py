"""Which execution a stage goes back to: whatever its past."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from operations.rollback.choice import History, candidates, choose
from operations.rollback.run import Run
from operations.wrong import OperationError

# How fast this machine draws says nothing of the choice.
ANY_PACE = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def run(number: int, back_to: int | None = None) -> Run:
    return Run(
        id=f"e-{number}",
        started=NOON + timedelta(hours=number),
        back_to=None if back_to is None else f"e-{back_to}",
    )


def past(*runs: Run, bad: tuple[int, ...] = (), damaged: bool = False) -> History:
    """A past, the oldest first; those that are bad have not succeeded in the stage."""
    failed = {f"e-{number}" for number in bad}
    return History(
        stage="prod",
        runs=runs[::-1],
        succeeded=frozenset(each.id for each in runs) - failed,
        latest=runs[-1].id if runs else None,
        damaged=damaged,
    )


def always(_execution: str) -> bool:
    return True


def chosen(history: History) -> str:
    return choose(history, always).id


def test_the_release_before_comes_back() -> None:
    assert chosen(past(run(1), run(2))) == "e-1"


def test_one_that_failed_there_is_passed_over() -> None:
    assert chosen(past(run(1), run(2), run(3), bad=(2,))) == "e-1"


def test_after_a_rollback_the_next_one_goes_further_back_and_not_forward() -> None:
    assert chosen(past(run(1), run(2), run(3), run(4, back_to=2))) == "e-1"


def test_what_a_failure_may_have_damaged_comes_back_itself() -> None:
    assert chosen(past(run(1), run(2), run(3), bad=(3,), damaged=True)) == "e-2"


def test_a_release_that_was_stopped_at_the_entrance_has_damaged_nothing() -> None:
    assert chosen(past(run(1), run(2), run(3), bad=(3,))) == "e-1"


def test_a_rollback_that_failed_may_be_tried_again() -> None:
    history = past(run(1), run(2), run(3), run(4, back_to=2), bad=(4,), damaged=True)
    assert chosen(history) == "e-2"


def test_a_failure_after_a_rollback_does_not_bring_back_what_that_took_away() -> None:
    history = past(run(1), run(2), run(3, back_to=1), run(4), bad=(4,), damaged=True)
    assert chosen(history) == "e-1"


def test_what_ran_another_version_of_the_pipeline_is_passed_over() -> None:
    history = past(run(1), run(2), run(3))
    assert choose(history, lambda execution: execution == "e-1").id == "e-1"


@pytest.mark.parametrize("history", [past(), past(run(1)), past(run(1), bad=(1,), damaged=True)])
def test_without_an_earlier_good_one_there_is_nothing_to_go_back_to(history: History) -> None:
    with pytest.raises(OperationError, match=r"nothing to go back to: .*\n  to do: release"):
        choose(history, always)


def test_a_stage_that_is_busy_is_left_alone() -> None:
    busy = History(stage="prod", runs=(), succeeded=frozenset(), latest="e-9", busy=True)
    with pytest.raises(OperationError, match="execution e-9 is in prod right now"):
        choose(busy, always, "e-1")


def test_another_one_is_taken_when_asked_also_a_newer_one() -> None:
    history = past(run(1), run(2), run(3), run(4, back_to=2))
    assert choose(history, always, "e-3").id == "e-3"


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("e-0", "is no execution that this pipeline has on record"),
        ("e-5", "is a rollback itself; it brought back e-3"),
        ("e-4", "has not succeeded in prod"),
        ("e-3", "is what serves there now"),
        ("e-1", "ran another version of the pipeline"),
    ],
)
def test_one_that_cannot_come_back_is_refused_with_those_that_can(wanted: str, said: str) -> None:
    history = past(run(1), run(2), run(3), run(4), run(5, back_to=3), bad=(4,))
    with pytest.raises(OperationError) as refused:
        choose(history, lambda execution: execution != "e-1", wanted)
    assert str(refused.value).startswith(f"TO={wanted} {said}")
    assert "allowed: e-2, e-1" in str(refused.value)


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Any past, of standard executions and rollbacks to earlier ones, that went well or not."""
    runs: list[Run] = []
    for number in range(draw(st.integers(0, 8))):
        earlier = [each for each in runs if each.back_to is None]
        back = draw(st.none() | st.sampled_from(range(len(earlier)))) if earlier else None
        runs.append(run(number, None if back is None else int(earlier[back].id[2:])))
    ids = [each.id for each in runs]
    succeeded = frozenset(draw(st.sets(st.sampled_from(ids)))) if ids else frozenset()
    latest = draw(st.none() | st.sampled_from(ids)) if ids else None
    return History(
        stage="prod",
        runs=runs[::-1],
        succeeded=succeeded,
        latest=latest,
        damaged=latest is not None and latest not in succeeded and draw(st.booleans()),
    )


@ANY_PACE
@given(histories())
def test_nothing_that_failed_there_and_no_rollback_and_not_what_serves_comes_back(
    history: History,
) -> None:
    serving = history.serving
    for each in candidates(history):
        assert each.id in history.succeeded
        assert each.back_to is None
        assert serving is not None
        assert each.id != serving.id or history.damaged
        assert history.damaged or each.started < serving.started
    assert len(candidates(history)) == len(set(candidates(history)))


@ANY_PACE
@given(histories(), st.sets(st.integers(0, 8)))
def test_only_what_ran_the_pipeline_as_it_is_now_comes_back(
    history: History, same: set[int]
) -> None:
    allowed = {f"e-{number}" for number in same}
    try:
        found = choose(history, allowed.__contains__)
    except OperationError:
        assert not allowed & {each.id for each in candidates(history)}
    else:
        assert found.id in allowed
        assert found in candidates(history)


@ANY_PACE
@given(histories(), st.integers(0, 9))
def test_a_wish_is_held_to_the_same_rules(history: History, number: int) -> None:
    try:
        found = choose(history, always, f"e-{number}")
    except OperationError:
        return
    assert found.id in history.succeeded
    assert found.back_to is None
    assert found != history.serving or history.damaged
