"""Nothing is written over what was not read, and a function's first decision stands."""

import json
import math
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.gate.canary.made import a_decision, a_deployment, enter
from tests.gate.conftest import PLAN, Gate
from tests.gate.fake_aws import RECORD, ArrivesAndThen, AwsError, World
from tests.gate.faults import BROKEN, CLOSED, DENIED, SLOW, THROTTLED

WRITERS = ("pre_traffic", "watch", "post_traffic")
MET_ANOTHER = AwsError("PreconditionFailed", 412)


class Busy(World):
    """A world in which others write between reading and writing."""

    def __init__(self) -> None:
        super().__init__()
        self.others: list[Callable[[], object]] = []

    def put_object(self, request: dict[str, Any]) -> dict[str, Any] | AwsError:
        if self.others:
            self.others.pop(0)()
        return super().put_object(request)


def stand(gate: Gate, world: World, by: str = "watch", **fields: Any) -> Any:  # noqa: ANN401
    """Save a decision, and give what stands then: it has passed unless said otherwise."""
    deadline = enter(gate, world)
    usual = {"outcome": gate["decision"].Outcome.PASSED}
    return gate["decision"].save(a_decision(gate, by, **usual | fields), deadline)


def save(gate: Gate, world: World, by: str = "watch", **fields: Any) -> bool:  # noqa: ANN401
    """Say whether it is this decision that stands."""
    return stand(gate, world, by, **fields).is_new is True


def put_requests(world: World) -> list[dict[str, Any]]:
    return [request for operation, request in world.requests if operation == "s3:PutObject"]


def test_a_record_says_who_decided_what_on_which_deployment(gate: Gate) -> None:
    world = World()
    outcome = gate["decision"].Outcome.STOPPED

    assert save(
        gate,
        world,
        outcome=outcome,
        verdict="degraded",
        reason="Why.",
        sections={"canary": 1},
        turn="t-7",
    )

    (entry,) = world.record["timeline"]
    assert world.record == {
        "schema": 1,
        "deployment": "d-1",
        "function": "orders",
        "alias": "live",
        "current_version": "41",
        "target_version": "42",
        "plan": PLAN,
        "outcome": "stopped",
        "verdict": "degraded",
        "reason": "Why.",
        "decided": {"by": "watch", "at": "2026-11-23T12:00:00+00:00", "turn": "t-7"},
        "canary": 1,
        "timeline": [entry],
    }
    assert entry == {
        "at": "2026-11-23T12:00:00+00:00",
        "by": "watch",
        "outcome": "stopped",
        "verdict": "degraded",
        "reason": "Why.",
        "problems": [],
        "turn": "t-7",
    }


def test_a_decision_begins_as_failed_and_empty(gate: Gate) -> None:
    decided, another = a_decision(gate), a_decision(gate)

    assert (decided.outcome, decided.verdict, decided.reason) == ("failed", None, "")
    assert (decided.sections, decided.problems) == ({}, [])
    assert decided.sections is not another.sections
    assert decided.problems is not another.problems


def test_the_record_lies_where_the_notice_will_say(gate: Gate) -> None:
    world = World()

    save(gate, world)

    assert gate["decision"].address(a_deployment(gate)) == f"s3://artifacts/{RECORD}"
    (request,) = put_requests(world)
    assert (request["Bucket"], request["Key"]) == ("artifacts", RECORD)
    assert request["ContentType"] == "application/json"
    read = next(given for operation, given in world.requests if operation == "s3:GetObject")
    assert (read["Bucket"], read["Key"]) == ("artifacts", RECORD)


def test_a_record_can_be_read_by_people_and_compared(gate: Gate) -> None:
    world = World()

    save(gate, world)

    written = world.objects[RECORD][1].decode()
    assert written == json.dumps(world.record, indent=1, sort_keys=True)


def test_a_write_is_made_only_onto_the_version_that_was_read(gate: Gate) -> None:
    world = World()

    for by in WRITERS:
        save(gate, world, by)

    conditions = [
        {name: request[name] for name in ("IfMatch", "IfNoneMatch") if name in request}
        for request in put_requests(world)
    ]
    assert conditions == [{"IfNoneMatch": "*"}, {"IfMatch": '"1"'}, {"IfMatch": '"2"'}]


def test_who_begins_the_record_does_not_read_it_first(gate: Gate) -> None:
    """S3 would answer AccessDenied, which the trail's alarm would take for a break-in."""
    world = World()

    save(gate, world, "pre_traffic")

    assert world.calls == ["s3:PutObject"]


@pytest.mark.parametrize("by", WRITERS)
def test_another_writer_in_between_is_read_and_kept(gate: Gate, by: str) -> None:
    world = Busy()
    world.others = [lambda: save(gate, world, "another", sections={"theirs": 1})]

    assert save(gate, world, by, reason="Ours.", sections={"ours": 2})

    assert [entry["by"] for entry in world.record["timeline"]] == ["another", by]
    assert (world.record["theirs"], world.record["ours"]) == (1, 2)
    assert world.record["reason"] == "Ours."


@pytest.mark.parametrize("by", WRITERS)
@pytest.mark.parametrize("lost", [CLOSED, SLOW], ids=["closed", "slow"])
def test_a_write_whose_answer_was_lost_is_not_entered_twice(
    gate: Gate, by: str, lost: BaseException
) -> None:
    world = World()
    world.faults["PutObject"] = [ArrivesAndThen(lost)]

    assert save(gate, world, by)

    assert [entry["by"] for entry in world.record["timeline"]] == [by]


def test_a_lost_answer_does_not_hide_that_another_decision_stands(gate: Gate) -> None:
    world = World()
    save(gate, world, reason="First.")
    world.faults["PutObject"] = [ArrivesAndThen(CLOSED)]

    assert not save(gate, world, reason="Second.")

    assert [entry["reason"] for entry in world.record["timeline"]] == ["First.", "Second."]


@pytest.mark.parametrize("by", WRITERS)
def test_the_first_decision_of_a_function_stands(gate: Gate, by: str) -> None:
    """CodeDeploy takes only the first status of a hook, however often its event is delivered."""
    world = World()
    outcomes = gate["decision"].Outcome
    save(gate, world, by, reason="First.", sections={"seen": 1})
    first = world.record

    stands = stand(gate, world, by, outcome=outcomes.FAILED, reason="Second.", sections={"seen": 2})

    assert (stands.outcome, stands.is_new) == ("passed", False)
    timeline = world.record["timeline"]
    assert world.record == first | {"timeline": timeline}
    assert [entry["reason"] for entry in timeline] == ["First.", "Second."]
    assert timeline[0] == first["timeline"][0]


@pytest.mark.parametrize("end", ["failed", "stopped"])
@pytest.mark.parametrize("by", WRITERS)
def test_a_release_that_was_taken_back_stays_so_whoever_decides_next(
    gate: Gate, by: str, end: str
) -> None:
    world = World()
    save(gate, world, "another", outcome=gate["decision"].Outcome(end), reason="First.")
    first = world.record

    stands = stand(gate, world, by, reason="Second.")

    assert (stands.outcome, stands.is_new) == (end, False)
    assert world.record == first | {"timeline": world.record["timeline"]}
    assert [entry["reason"] for entry in world.record["timeline"]] == ["First.", "Second."]


@pytest.mark.parametrize(
    ("outcome", "is_end"),
    [
        ("shifting", False),
        ("passed", False),
        ("warned", False),
        ("failed", True),
        ("stopped", True),
    ],
)
def test_an_end_is_what_takes_the_release_back(gate: Gate, outcome: str, *, is_end: bool) -> None:
    assert gate["decision"].Outcome(outcome).is_end is is_end


@pytest.mark.parametrize("outcome", ["shifting", "failed"])
def test_what_stands_is_what_was_decided_now(gate: Gate, outcome: str) -> None:
    world = World()

    stands = stand(gate, world, outcome=gate["decision"].Outcome(outcome))

    assert (stands.outcome, stands.is_new) == (outcome, True)


def test_a_decision_that_was_made_without_a_plan_is_recorded_as_well(gate: Gate) -> None:
    world = World()
    decided = a_decision(gate)
    decided.plan = None

    gate["decision"].save(decided, enter(gate, world))

    assert world.record["plan"] is None


def test_the_next_function_decides_anew_and_leaves_what_others_found(gate: Gate) -> None:
    world = World()
    outcomes = gate["decision"].Outcome
    found = {"contract": {"health": []}, "synthetic": {"asked": 6}}
    save(gate, world, "pre_traffic", outcome=outcomes.SHIFTING, sections=found)

    assert save(gate, world, "post_traffic", outcome=outcomes.PASSED, sections={"canary": 1})

    assert {name: world.record[name] for name in found} == found
    assert world.record["canary"] == 1
    assert world.record["outcome"] == "passed"


def test_a_section_that_is_found_again_is_the_newest(gate: Gate) -> None:
    world = World()
    save(gate, world, "pre_traffic", sections={"contract": 1})

    save(gate, world, "post_traffic", sections={"contract": 2})

    assert world.record["contract"] == 2


@settings(deadline=None, max_examples=25)
@given(
    meetings=st.lists(
        st.tuples(st.sampled_from(WRITERS), st.lists(st.sampled_from(WRITERS), max_size=4)),
        max_size=5,
    )
)
def test_in_whatever_order_they_write_every_entry_is_kept(
    gate: Gate, meetings: list[tuple[str, list[str]]]
) -> None:
    world = Busy()
    outcomes = gate["decision"].Outcome
    stood: list[str] = []
    reasons: list[str] = []

    def write(by: str) -> None:
        reason = str(len(reasons))
        reasons.append(reason)
        if save(gate, world, by, outcome=outcomes.WARNED, reason=reason, sections={by: reason}):
            stood.append(reason)

    for by, others in meetings:
        world.others = [partial(write, other) for other in others[:1]]
        write(by)
        for other in others[1:]:
            write(other)

    if not meetings:
        assert world.objects == {}
        return
    timeline = world.record["timeline"]
    assert sorted(entry["reason"] for entry in timeline) == sorted(reasons)
    firsts: dict[str, str] = {}
    for entry in timeline:
        firsts.setdefault(entry["by"], entry["reason"])
    assert sorted(stood) == sorted(firsts.values())
    assert {by: world.record[by] for by in firsts} == firsts
    assert world.record["reason"] == list(firsts.values())[-1]


def test_where_others_keep_writing_it_is_said_after_five_meetings(gate: Gate) -> None:
    world = World()
    world.always["PutObject"] = MET_ANOTHER

    with pytest.raises(
        gate["decision"].RecordError, match=r"^s3://artifacts/.*: others kept writing it$"
    ):
        save(gate, world)
    assert world.calls.count("s3:PutObject") == 5


def test_four_meetings_are_outlived(gate: Gate) -> None:
    world = World()
    world.faults["PutObject"] = [MET_ANOTHER] * 4

    assert save(gate, world)


@pytest.mark.parametrize(
    "missing", [AwsError("NoSuchKey", 404), AwsError("AccessDenied", 403)], ids=lambda it: it.code
)
def test_a_missing_record_is_an_empty_one(gate: Gate, missing: AwsError) -> None:
    world = World()
    world.always["GetObject"] = missing

    assert gate["decision"].read(a_deployment(gate), enter(gate, world)) == {}
    assert world.calls == ["s3:GetObject"]


def test_a_record_is_read_as_it_was_written(gate: Gate) -> None:
    world = World()
    save(gate, world)

    assert gate["decision"].read(a_deployment(gate), enter(gate, world)) == world.record


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b'"d-1"', b"\xff\xfe\xfa"])
def test_what_is_no_record_is_refused_and_left_alone(gate: Gate, content: bytes) -> None:
    world = World()
    world.objects[RECORD] = 7, content
    said = f"^s3://artifacts/{RECORD} holds no JSON object$"
    deadline = enter(gate, world)

    with pytest.raises(gate["decision"].RecordError, match=said):
        gate["decision"].read(a_deployment(gate), deadline)
    with pytest.raises(gate["decision"].RecordError, match=said):
        save(gate, world)
    assert world.objects[RECORD] == (7, content)


@pytest.mark.parametrize("operation", ["GetObject", "PutObject"])
def test_what_s3_refuses_is_raised(gate: Gate, operation: str) -> None:
    world = World()
    world.always[operation] = DENIED

    with pytest.raises(gate["clients"].ClientError):
        save(gate, world)
    assert world.objects == {}


@pytest.mark.parametrize("operation", ["GetObject", "PutObject"])
@pytest.mark.parametrize(
    "fault", [BROKEN, THROTTLED, CLOSED], ids=["broken", "throttled", "closed"]
)
def test_a_passing_fault_is_outlived_three_times(
    gate: Gate, operation: str, fault: AwsError | BaseException
) -> None:
    world = World()
    world.faults[operation] = [fault] * 3
    assert save(gate, world)

    world = World()
    world.faults[operation] = [fault] * 4
    with pytest.raises(gate["clients"].FAILURES):
        save(gate, world)


def test_a_document_never_holds_nan(gate: Gate) -> None:
    world = World()

    with pytest.raises(ValueError, match="JSON"):
        save(gate, world, sections={"canary": {"evidence": math.nan}})
    assert world.objects == {}


@pytest.mark.parametrize("value", [None, ""])
def test_without_a_place_for_records_nothing_is_asked(
    gate: Gate, value: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RECORDS")
    if value is not None:
        monkeypatch.setenv("RECORDS", value)
    world = World()
    deadline = enter(gate, world)
    said = "^the environment variable RECORDS is not set$"

    for refused in (
        lambda: gate["decision"].address(a_deployment(gate)),
        lambda: gate["decision"].read(a_deployment(gate), deadline),
        lambda: save(gate, world, "pre_traffic"),
    ):
        with pytest.raises(gate["decision"].RecordError, match=said):
            refused()
    assert world.calls == []


def test_s3_is_not_asked_without_the_time_for_an_answer(gate: Gate) -> None:
    world = World(seconds=6.9)

    with pytest.raises(gate["deadline"].OutOfTimeError, match=r"^keeping the record may take 7 s"):
        save(gate, world)
    assert world.calls == []


def test_each_step_is_logged(gate: Gate, capsys: pytest.CaptureFixture[str]) -> None:
    world = World()
    world.faults["PutObject"] = [MET_ANOTHER]

    save(gate, world)

    where = f'"record": "s3://artifacts/{RECORD}"'
    assert capsys.readouterr().out.splitlines() == [
        '{"step": "no record", "error": "AccessDenied"}',
        '{"step": "record met another writer"}',
        '{"step": "no record", "error": "AccessDenied"}',
        f'{{"step": "recorded", {where}, "outcome": "passed"}}',
    ]
