"""The watch's state machine, run as Step Functions would run it, on a clock of its own."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from lockgate.traffic_hook import TIMEOUT_SECONDS
from lockgate.watch_loop import LOOK_SECONDS, SPARE_MINUTES, definition, turn_seconds

# "Step Functions service quotas": the most events in the history of one execution.
MOST_EVENTS = 25_000
# What a state writes into the history: it is entered and left, a function is scheduled, started
# and has succeeded; a repeated one has failed, and is scheduled and started anew.
EVENTS = {"Wait": 2, "Task": 5, "Choice": 2, "Succeed": 2}
EVENTS_OF_A_REPETITION = 3
EVENTS_OF_AN_EXECUTION = 2
MINUTES = [1, 15, 30, 60, 1440, 1999, 2000, 2001, 2880]
# How long CodeDeploy waits for a hook.
HOUR_SECONDS = 3600


class LookError(Exception):
    """The function failed."""


@dataclass
class Execution:
    """What an execution did, by its own clock."""

    status: str = "RUNNING"
    seconds: float = 0
    events: int = EVENTS_OF_AN_EXECUTION
    looks: list[tuple[float, dict[str, Any]]] = field(default_factory=list)


Look = Callable[[dict[str, Any]], dict[str, Any]]


def run(machine: dict[str, Any], look: Look) -> Execution:
    """Run a state machine with a function that takes no time."""
    done, name = Execution(), str(machine["StartAt"])
    data: dict[str, Any] = {"deployment_id": "d-1"}
    while done.status == "RUNNING":
        try:
            name = _enter(done, machine["States"][name], data, look)
        except (LookError, KeyError):
            done.status = "FAILED"
        if done.seconds >= machine["TimeoutSeconds"]:
            done.status = "TIMED_OUT"
        if done.events > MOST_EVENTS:
            done.status = "FAILED"
    return done


def _enter(done: Execution, state: dict[str, Any], data: dict[str, Any], look: Look) -> str:
    """Run one state, and say which is next."""
    done.events += EVENTS[state["Type"]]
    match state["Type"]:
        case "Wait":
            done.seconds += state["Seconds"]
        case "Task":
            data["look"] = _try(done, state, data, look)
        case "Choice":
            [choice] = state["Choices"]
            assert (choice["Variable"], choice["BooleanEquals"]) == ("$.look.over", True)
            return str(choice["Next"] if data["look"]["over"] else state["Default"])
        case "Succeed":
            done.status = "SUCCEEDED"
    return str(state.get("Next", ""))


def _try(done: Execution, state: dict[str, Any], data: dict[str, Any], look: Look) -> Any:  # noqa: ANN401
    assert state["ResultPath"] == "$.look"
    known = {"$.deployment_id": data["deployment_id"], "$$.State.EnteredTime": done.seconds}
    given = {key.removesuffix(".$"): known[path] for key, path in state["Parameters"].items()}
    [retry] = state["Retry"]
    assert retry["ErrorEquals"] == ["States.ALL"]
    for attempt in range(retry["MaxAttempts"] + 1):
        done.looks.append((done.seconds, given))
        try:
            return look(given)
        except LookError:
            if attempt == retry["MaxAttempts"]:
                raise
        done.events += EVENTS_OF_A_REPETITION
        wait = retry["IntervalSeconds"] * retry["BackoffRate"] ** attempt
        done.seconds += min(wait, retry["MaxDelaySeconds"])
    raise AssertionError


def machine(minutes: int) -> dict[str, Any]:
    return definition(function_arn="arn", minutes=minutes)


def canary(minutes: int) -> Look:
    """A look at a canary of so many minutes, which begins with the watch."""
    return lambda given: {"over": given["now"] >= 60 * minutes}


def failing(_given: dict[str, Any]) -> dict[str, Any]:
    raise LookError


@pytest.mark.parametrize("minutes", MINUTES)
def test_it_looks_until_the_canary_is_over(minutes: int) -> None:
    done = run(machine(minutes), canary(minutes))
    assert done.status == "SUCCEEDED"
    assert 0 <= done.seconds - 60 * minutes <= turn_seconds(minutes)
    assert {given["deployment_id"] for _, given in done.looks} == {"d-1"}


@pytest.mark.parametrize("minutes", [minutes for minutes in MINUTES if minutes <= 2000])
def test_it_looks_once_a_minute(minutes: int) -> None:
    done = run(machine(minutes), canary(minutes))
    assert [at for at, _ in done.looks] == [60.0 * turn for turn in range(1, minutes + 1)]


def test_a_canary_of_days_is_looked_at_every_other_minute() -> None:
    done = run(machine(2880), canary(2880))
    assert len(done.looks) == 1440


@pytest.mark.parametrize("minutes", MINUTES)
def test_its_history_has_room_for_every_turn_and_as_many_repetitions(minutes: int) -> None:
    """Its longest life, each look failing the first time."""
    seen: set[float] = set()

    def second_time(given: dict[str, Any]) -> dict[str, Any]:
        if given["now"] not in seen:
            seen.add(given["now"])
            raise LookError
        return {"over": False}

    done = run(machine(minutes), second_time)
    assert done.status == "TIMED_OUT"
    assert done.events <= MOST_EVENTS


def test_a_history_that_is_too_long_is_found() -> None:
    hasty = machine(2880)
    hasty["States"]["Wait"]["Seconds"] = 60
    assert run(hasty, canary(2880)).status == "FAILED"


def test_a_look_that_failed_is_repeated_for_the_same_time() -> None:
    answers = iter([False, True])

    def second_time(_given: dict[str, Any]) -> dict[str, Any]:
        if not next(answers):
            raise LookError
        return {"over": True}

    done = run(machine(15), second_time)
    assert done.status == "SUCCEEDED"
    assert [(at, given["now"]) for at, given in done.looks] == [(60, 60), (70, 60)]


def test_it_fails_after_five_minutes_of_looks_that_fail() -> None:
    done = run(machine(15), failing)
    assert done.status == "FAILED"
    assert 300 <= done.seconds - 60 <= 330
    assert len(done.looks) == 9


def test_a_look_that_does_not_say_whether_it_is_over_fails_it() -> None:
    assert run(machine(15), lambda _: {}).status == "FAILED"


@pytest.mark.parametrize("minutes", MINUTES)
def test_it_never_outlives_its_canary_by_more_than_two_hours(minutes: int) -> None:
    done = run(machine(minutes), lambda _: {"over": False})
    assert done.status == "TIMED_OUT"
    assert machine(minutes)["TimeoutSeconds"] <= 60 * minutes + 2 * HOUR_SECONDS


def test_it_lives_to_see_a_hook_die_behind_the_shift() -> None:
    """The hook that has started it, the hour of the other, and the slowest of last turns."""
    task = machine(2880)["States"]["Look"]
    [retry] = task["Retry"]
    looks = (retry["MaxAttempts"] + 1) * task["TimeoutSeconds"]
    waits = retry["MaxAttempts"] * retry["MaxDelaySeconds"]
    rest = TIMEOUT_SECONDS + HOUR_SECONDS + turn_seconds(2880) + looks + waits
    assert rest <= 60 * SPARE_MINUTES


def test_a_look_may_take_as_long_as_its_function() -> None:
    assert machine(15)["States"]["Look"]["TimeoutSeconds"] > LOOK_SECONDS
