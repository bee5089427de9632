"""A verdict is told of with the address of its record."""

import pytest

from tests.gate.canary.made import a_decision, enter
from tests.gate.conftest import Gate
from tests.gate.fake_aws import RECORD, Answer, World
from tests.gate.faults import DENIED, THROTTLED


def test_the_event_says_who_decided_what_and_where_it_is_recorded(gate: Gate) -> None:
    world = World()
    decided = a_decision(
        gate,
        outcome=gate["decision"].Outcome.STOPPED,
        verdict="degraded",
        reason="Why.",
        sections={"canary": {"judgement": {"evidence": 123.0}, "minutes": []}},
    )

    gate["notice"].tell(decided, enter(gate, world))

    assert world.told == [
        {
            "deployment": "d-1",
            "function": "orders",
            "alias": "live",
            "current_version": "41",
            "target_version": "42",
            "by": "watch",
            "outcome": "stopped",
            "verdict": "degraded",
            "reason": "Why.",
            "record": f"s3://artifacts/{RECORD}",
            "judgement": {"evidence": 123.0},
        }
    ]


def test_where_the_judge_was_not_asked_the_event_says_so(gate: Gate) -> None:
    world = World()

    gate["notice"].tell(a_decision(gate), enter(gate, world))

    (told,) = world.told
    assert (told["verdict"], told["judgement"]) == ("none", None)


@pytest.mark.parametrize(
    ("entries", "code"),
    [
        ([{"ErrorCode": "InternalFailure"}], "InternalFailure"),
        ([{}], None),
    ],
)
def test_a_refused_event_is_not_told(
    gate: Gate, entries: list[dict[str, str]], code: str | None
) -> None:
    world = World()
    world.always["PutEvents"] = Answer({"FailedEntryCount": 1, "Entries": entries})
    deadline = enter(gate, world)

    said = f"^EventBridge refused the event: {code}$"
    with pytest.raises(gate["notice"].NotToldError, match=said):
        gate["notice"].tell(a_decision(gate), deadline)


def test_a_refusal_without_its_entry_is_not_told_either(gate: Gate) -> None:
    world = World()
    world.always["PutEvents"] = Answer({"FailedEntryCount": 1})
    deadline = enter(gate, world)

    with pytest.raises(gate["notice"].NotToldError, match=r": None$"):
        gate["notice"].tell(a_decision(gate), deadline)


def test_a_passing_fault_is_outlived_three_times(gate: Gate) -> None:
    for faults, told in ((3, 1), (4, 0)):
        world = World()
        world.faults["PutEvents"] = [THROTTLED] * faults
        deadline = enter(gate, world)
        try:
            gate["notice"].tell(a_decision(gate), deadline)
        except gate["clients"].ClientError:
            assert not told
        assert len(world.told) == told


def test_what_eventbridge_refuses_is_raised(gate: Gate) -> None:
    world = World()
    world.always["PutEvents"] = DENIED
    deadline = enter(gate, world)

    with pytest.raises(gate["clients"].ClientError):
        gate["notice"].tell(a_decision(gate), deadline)
    assert len(world.calls) == 1


def test_nobody_is_told_without_the_time_for_it(gate: Gate) -> None:
    world = World(seconds=6.9)
    deadline = enter(gate, world)

    with pytest.raises(
        gate["deadline"].OutOfTimeError, match=r"^telling of the verdict may take 7"
    ):
        gate["notice"].tell(a_decision(gate), deadline)
    assert world.calls == []


def test_what_was_told_is_logged(gate: Gate, capsys: pytest.CaptureFixture[str]) -> None:
    gate["notice"].tell(a_decision(gate), enter(gate, World()))

    assert capsys.readouterr().out == '{"step": "told", "outcome": "failed"}\n'
