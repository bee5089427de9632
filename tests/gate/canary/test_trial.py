"""A look reads the settled minutes anew, and what is missing of them is never healthy."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.gate.canary.made import a_deployment, a_plan, enter
from tests.gate.conftest import Gate
from tests.gate.fake_aws import MINUTE, NOON, Served, World

SECOND = timedelta(seconds=1)


def canary(*, minutes: float = 10, ended: float | None = None) -> World:
    world = World()
    world.shift_began = NOON - minutes * MINUTE
    if ended is not None:
        world.shift_ended = NOON - ended * MINUTE
    return world


def look(gate: Gate, world: World, now: datetime = NOON, **plan: object) -> Any:  # noqa: ANN401
    deployment = a_deployment(gate, shift_began=world.shift_began, shift_ended=world.shift_ended)
    deadline = enter(gate, world)
    return gate["trial"].look(deployment, a_plan(gate, **plan), now=now, deadline=deadline)


def settings_of(gate: Gate, world: World, monkeypatch: pytest.MonkeyPatch, **plan: object) -> Any:  # noqa: ANN401
    """Say what the judge is told beside the counts."""
    told = []
    judge = gate["trial"].judge

    def listen(minutes: object, settings: object) -> object:
        told.append(settings)
        return judge(minutes, settings)

    with monkeypatch.context() as patch:
        patch.setattr(gate["trial"], "judge", listen)
        look(gate, world, NOON, **plan)
    (settings,) = told
    return settings


def test_a_trial_begins_with_the_shift_and_judges_what_has_settled(gate: Gate) -> None:
    found = look(gate, canary())

    assert found.start == NOON - 10 * MINUTE
    assert [each.minute for each in found.minutes] == list(range(8))
    assert {each.canary.requests for each in found.minutes} == {60}
    assert {each.baseline.requests for each in found.minutes} == {540}
    assert found.unsettled == 7
    assert found.verdict == "healthy"


@pytest.mark.parametrize(("after", "start"), [(0, 0), (1, 1), (59, 1), (0.001, 1)])
def test_only_whole_minutes_of_the_shift_are_judged(gate: Gate, after: float, start: int) -> None:
    world = canary()
    assert world.shift_began is not None
    world.shift_began += after * SECOND

    found = look(gate, world)

    assert found.start == NOON + (start - 10) * MINUTE
    assert len(found.minutes) == 8 - start


@pytest.mark.parametrize(
    ("timeout_seconds", "late", "settled"),
    [
        (10, 0 * SECOND, 8),
        (10, 59 * SECOND, 8),
        (10, 60 * SECOND, 9),
        (61, 0 * SECOND, 7),
        (61, 1 * SECOND, 8),
        (300, 0 * SECOND, 4),
        (900, 0 * SECOND, 0),
    ],
)
def test_a_minute_is_judged_once_its_longest_request_has_been_counted(
    gate: Gate, timeout_seconds: int, late: timedelta, settled: int
) -> None:
    found = look(gate, canary(), NOON + late, timeout_seconds=timeout_seconds)

    assert len(found.minutes) == settled
    assert found.unsettled == 15 - settled


def test_before_the_first_minute_has_settled_nothing_is_known(gate: Gate) -> None:
    world = canary(minutes=2.5)

    found = look(gate, world)

    assert found.minutes == ()
    assert found.verdict == "inconclusive"
    assert found.unsettled == 15
    assert len(world.calls) == 1, "only the history can be asked for"


def test_before_the_shift_has_ended_the_trial_lasts_as_long_as_planned(gate: Gate) -> None:
    found = look(gate, canary(minutes=20), minutes=15)

    assert len(found.minutes) == 15
    assert found.unsettled == 0


@pytest.mark.parametrize(
    ("ended", "minutes", "unsettled"),
    [(0, 18, 7), (3, 18, 4), (5, 18, 2), (7, 18, 0), (8, 17, 0), (7.5, 17, 0)],
)
def test_after_the_shift_five_minutes_more_are_judged(
    gate: Gate, ended: float, minutes: int, unsettled: int
) -> None:
    found = look(gate, canary(minutes=20, ended=ended))

    assert len(found.minutes) == minutes
    assert found.unsettled == unsettled


@pytest.mark.parametrize(("ended", "until"), [(None, None), (8, 12), (7.5, 12), (20, 0), (21, 0)])
def test_the_judge_is_told_from_when_on_the_target_serves_all(
    gate: Gate, ended: float | None, until: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = settings_of(gate, canary(minutes=20, ended=ended), monkeypatch)

    assert told.share_until == until


def test_the_judge_is_told_the_plan(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    told = settings_of(gate, canary(), monkeypatch, percent=25, errors_percent=0.5)

    assert (told.share, told.objective) == (0.25, 0.005)


def bursty(world: World) -> World:
    """Let failures come eight at once, in each tenth minute of the hour before the shift."""
    began = world.shift_began
    assert began is not None

    def serve(version: str, minute: datetime) -> Served:
        if minute >= began:
            return world.usually_served(version, minute)
        at = (began - minute) // MINUTE
        if version == "42" or at > 120:
            return Served()
        return Served(requests=600, errors=0 if at % 10 else 8, http_5xx=0)

    world.serve = serve
    return world


def test_the_judge_is_told_how_bursty_the_history_is_where_that_is_known(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = look(gate, bursty(canary())).dispersion
    told = settings_of(gate, bursty(canary()), monkeypatch).dispersion

    assert known["errors"] > 2
    assert known["slow"] is None
    assert told == {"errors": known["errors"]}


def test_a_bursty_history_tempers_the_evidence(gate: Gate) -> None:
    evidence = []
    for world in (canary(), bursty(canary())):
        world.errors["42"] = 8
        evidence.append(look(gate, world).judgement.evidence)

    calm, tempered = evidence
    assert 1 < tempered < calm


def test_the_history_ends_with_the_minute_in_which_the_shift_began(gate: Gate) -> None:
    world = canary(minutes=10.5)

    look(gate, world)

    ends = {request["EndTime"] for _, request in world.requests}
    assert ends == {NOON - 11 * MINUTE, NOON - 2 * MINUTE}


def gaps_in(world: World, *, errors: int = 0) -> World:
    """Let neither version publish its HTTP 5xx."""
    world.errors["42"] = errors
    return world


def test_what_is_missing_is_never_healthy(gate: Gate) -> None:
    found = look(gate, gaps_in(canary()), http_5xx=True)

    assert found.judgement.verdict == "healthy"
    assert found.verdict == "inconclusive"
    assert found.reason.startswith(
        "Data is missing: a version did not publish Http5xx in minute 0; a version did not "
    )
    assert found.reason.endswith(" in minute 7.")


def test_what_is_degraded_is_so_whatever_is_missing(gate: Gate) -> None:
    found = look(gate, gaps_in(canary(), errors=30), http_5xx=True)

    assert found.gaps
    assert found.verdict == "degraded"
    assert found.reason == found.judgement.reason


def test_what_is_complete_is_what_the_judge_says(gate: Gate) -> None:
    found = look(gate, canary())

    assert found.gaps == ()
    assert found.reason == found.judgement.reason


def test_what_is_inconclusive_and_incomplete_says_what_is_missing(gate: Gate) -> None:
    world = canary()
    world.customers = 10
    found = look(gate, world, http_5xx=True)

    assert found.judgement.verdict == found.verdict == "inconclusive"
    assert found.reason.startswith("Data is missing: ")


def test_minutes_after_a_gap_are_unsettled(gate: Gate) -> None:
    world = canary()
    usual = world.usually_served

    def serve(version: str, minute: datetime) -> Served:
        served = usual(version, minute)
        broken = minute == NOON - 7 * MINUTE and version == "42"
        return Served(requests=served.requests, errors=61) if broken else served

    world.serve = serve
    found = look(gate, world)

    assert len(found.minutes) == 3
    assert found.unsettled == 12
    assert found.verdict == "inconclusive"


def test_the_same_counts_give_the_same_trial(gate: Gate) -> None:
    first, second = (look(gate, bursty(canary())) for _ in range(2))

    assert first.as_record() == second.as_record()


def test_nothing_is_carried_from_one_look_to_the_next(gate: Gate) -> None:
    world = canary()
    world.errors["42"] = 30
    assert look(gate, world).verdict == "degraded"

    world.errors["42"] = 0
    assert look(gate, world).verdict == "healthy"


def test_a_trial_is_on_record_as_json_allows_it(gate: Gate) -> None:
    record = look(gate, gaps_in(canary()), http_5xx=True).as_record()

    assert record["start"] == "2026-11-23T11:50:00+00:00"
    assert len(record["minutes"]) == len(record["gaps"]) == 8
    assert record["minutes"][1] == {
        "minute": 1,
        "canary": {"requests": 60, "errors": 0, "slow": 0, "http_5xx": 0},
        "baseline": {"requests": 540, "errors": 0, "slow": 0, "http_5xx": 0},
    }
    assert record["unsettled"] == 7
    assert record["dispersion"] == {"errors": None, "slow": None, "http_5xx": None}
    assert record["judgement"]["verdict"] == "healthy"
    assert record.keys() == {
        "start",
        "minutes",
        "gaps",
        "unsettled",
        "dispersion",
        "judgement",
    }


def test_a_shift_that_has_not_begun_cannot_be_judged(gate: Gate) -> None:
    world = World()
    unexpected = gate["deployment"].UnexpectedDeploymentError

    with pytest.raises(unexpected, match=r"^CodeDeploy does not say when the shift began$"):
        look(gate, world)
    with pytest.raises(unexpected, match=r"^CodeDeploy does not say when the shift began$"):
        gate["trial"].trial_end(a_deployment(gate), a_plan(gate))
    assert world.calls == []


@pytest.mark.parametrize(
    ("began", "ended", "end"),
    [(0, None, 15), (0.5, None, 16), (0, 10, 15), (0.5, 10.9, 15), (0, 15.5, 20)],
)
def test_the_trial_ends_with_the_plan_or_after_the_bake(
    gate: Gate, began: float, ended: float | None, end: int
) -> None:
    deployment = a_deployment(
        gate,
        shift_began=NOON + began * MINUTE,
        shift_ended=None if ended is None else NOON + ended * MINUTE,
    )

    assert gate["trial"].trial_end(deployment, a_plan(gate)) == NOON + end * MINUTE
