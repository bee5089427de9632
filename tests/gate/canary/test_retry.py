"""What may do better in a moment is tried again, within the time and never beyond."""

from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError

from tests.gate.canary.made import enter
from tests.gate.conftest import Gate
from tests.gate.fake_aws import World
from tests.gate.faults import CLOSED

LONGEST = [0.5, 1, 2, 4, 8, 8, 8]


def error(code: str, status: int = 400) -> ClientError:
    metadata = {"HTTPStatusCode": status}
    response = {"Error": {"Code": code, "Message": ""}, "ResponseMetadata": metadata}
    return ClientError(response, "Operation")


def failing(*faults: BaseException) -> Callable[[], str]:
    left = list(faults)

    def operation() -> str:
        if left:
            raise left.pop(0)
        return "answered"

    return operation


@pytest.fixture
def longest_waits(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let chance always choose the longest wait."""
    monkeypatch.setattr(gate["retry"]._random, "uniform", lambda _, longest: longest)


def test_what_succeeds_is_asked_once(gate: Gate) -> None:
    world = World()

    answer = gate["retry"].call(failing(), deadline=enter(gate, world), seconds=5, attempts=4)

    assert answer == "answered"
    assert world.waits == []


@pytest.mark.usefixtures("longest_waits")
def test_waits_double_four_times_and_grow_no_more(gate: Gate) -> None:
    world = World()

    gate["retry"].call(failing(*[CLOSED] * 7), deadline=enter(gate, world), seconds=5, attempts=8)

    assert world.waits == LONGEST


def test_waits_are_anything_from_nothing_to_the_longest(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    bounds: list[tuple[float, float]] = []

    def choose(least: float, longest: float) -> float:
        bounds.append((least, longest))
        return 0.25

    monkeypatch.setattr(gate["retry"]._random, "uniform", choose)
    world = World()

    gate["retry"].call(failing(CLOSED, CLOSED), deadline=enter(gate, world), seconds=5, attempts=3)

    assert bounds == [(0, 0.5), (0, 1)]
    assert world.waits == [0.25, 0.25]


@pytest.mark.parametrize("attempts", [1, 2, 4])
def test_after_the_last_attempt_its_error_is_raised(gate: Gate, attempts: int) -> None:
    world = World()
    faults = [error("Throttling") for _ in range(attempts)]
    deadline = enter(gate, world)

    with pytest.raises(ClientError) as raised:
        gate["retry"].call(failing(*faults), deadline=deadline, seconds=5, attempts=attempts)

    assert raised.value is faults[-1]
    assert len(world.waits) == attempts - 1


@pytest.mark.usefixtures("longest_waits")
def test_without_a_limit_it_goes_on_as_long_as_the_time_covers_another_attempt(
    gate: Gate,
) -> None:
    world = World(seconds=30)
    deadline = enter(gate, world)

    with pytest.raises(type(CLOSED)):
        gate["retry"].call(failing(*[CLOSED] * 99), deadline=deadline, seconds=5, attempts=None)

    # 23.5 s are waited, and neither 8 s more nor 5 s for the answer would fit.
    assert world.waits == LONGEST[:6]


@pytest.mark.usefixtures("longest_waits")
def test_an_attempt_that_just_fits_is_made(gate: Gate) -> None:
    for seconds, waits in ((5.5, [0.5]), (5.499, [])):
        world = World(seconds=seconds)
        deadline = enter(gate, world)

        with pytest.raises(type(CLOSED)):
            gate["retry"].call(failing(CLOSED, CLOSED), deadline=deadline, seconds=5, attempts=2)

        assert world.waits == waits


@pytest.mark.parametrize(
    "fault", [error("AccessDenied", 403), ZeroDivisionError()], ids=["denied", "our own mistake"]
)
def test_what_will_not_pass_is_raised_at_once(gate: Gate, fault: Exception) -> None:
    world = World()
    deadline = enter(gate, world)

    with pytest.raises(type(fault)):
        gate["retry"].call(failing(fault), deadline=deadline, seconds=5, attempts=4)

    assert world.waits == []


def test_the_caller_may_say_what_is_worth_another_attempt(gate: Gate) -> None:
    world = World()
    answer = gate["retry"].call(
        failing(error("NotYet")),
        deadline=enter(gate, world),
        seconds=5,
        attempts=4,
        retryable=lambda fault: gate["clients"].error_code(fault) == "NotYet",
    )

    assert answer == "answered"


def test_each_retry_is_logged(gate: Gate, capsys: pytest.CaptureFixture[str]) -> None:
    world = World()

    gate["retry"].call(
        failing(CLOSED, CLOSED), deadline=enter(gate, world), seconds=5, attempts=None
    )

    assert capsys.readouterr().out.splitlines() == [
        '{"step": "retry", "attempt": 1, "error": "ConnectionClosedError"}',
        '{"step": "retry", "attempt": 2, "error": "ConnectionClosedError"}',
    ]
