"""What the synthetic requests promise: both versions asked alike before any customer."""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from tests.gate.conftest import Gate
from tests.gate.fake_aws import (
    AwsError,
    Fault,
    Reply,
    World,
    before_traffic,
    function_reply,
    http_answer,
    usual_reply,
)
from tests.gate.faults import ANSWERS, CLOSED, DENIED, PASSING, SLOW, THROTTLED

Replies = Callable[[str, str], Reply | AwsError | BaseException]
Plan = Callable[..., None]
WRONG = function_reply(http_answer(500, {"message": "sorry"}))


def asked(world: World, version: str) -> list[str]:
    """Give the compared requests that a version was sent, in order: case and number."""
    ids = [request_id for to, request_id in world.asked if to == version]
    return [each.partition("/")[2] for each in ids if each.rpartition("/")[2].isdigit()]


def fails(version: str, which: Callable[[int], bool], reply: Fault = WRONG) -> Replies:
    """Let a version fail some of the requests it is sent, by their number from 0."""
    count = Counter[str]()

    def replies(to: str, path: str) -> Reply | AwsError | BaseException:
        count[to] += 1
        failing = to == version and which(count[to] - 1)
        chosen = reply if failing else usual_reply(to, path)
        assert isinstance(chosen, Reply | AwsError | BaseException)
        return chosen

    return replies


# Of the target's requests the contract has two and the warm-up one, of the current's two are for
# finding the cases that it keeps.
def compared(at: int) -> bool:
    return at >= 3


def test_both_versions_are_asked_the_same_equally_often(gate: Gate, plan: Plan) -> None:
    plan(synthetic_requests=7)
    world = before_traffic()

    gate.invoke("pre_traffic", world)

    cases = ["health", "unknown path"] * 4
    expected = [f"{case}/{number}" for number, case in enumerate(cases[:7], 1)]
    assert asked(world, "42") == asked(world, "41") == expected


def test_each_version_comes_first_as_often_as_the_other(gate: Gate) -> None:
    world = before_traffic()

    gate.invoke("pre_traffic", world)

    numbered = [version for version, each in world.asked if each.rpartition("/")[2].isdigit()]
    assert "".join(numbered) == "42414142" * 3


def test_versions_are_asked_past_the_alias(gate: Gate) -> None:
    world = before_traffic()

    gate.invoke("pre_traffic", world)

    invoked = [request for name, request in world.requests if name == "lambda:Invoke"]
    assert {request["Qualifier"] for request in invoked} == {"41", "42"}
    assert {request["FunctionName"] for request in invoked} == {"orders"}


def test_only_the_target_is_warmed_up_and_no_count_holds_it(gate: Gate) -> None:
    world = before_traffic()

    gate.invoke("pre_traffic", world)

    assert [to for to, each in world.asked if each.endswith("/warm")] == ["42"]
    assert world.record["synthetic"]["asked"] == 6
    assert world.record["synthetic"]["judgement"]["canary_requests"] == 6
    assert world.record["synthetic"]["judgement"]["baseline_requests"] == 6


def test_a_wrong_answer_to_the_warm_up_is_not_held_against_the_target(
    gate: Gate, plan: Plan
) -> None:
    plan(synthetic_requests=20)
    world = before_traffic()
    world.reply = fails("42", lambda at: at == 2)

    gate.invoke("pre_traffic", world)

    assert world.sent == ["Succeeded"]
    assert world.record["synthetic"]["judgement"]["metrics"][0]["canary_events"] == 0


def test_no_synthetic_request_is_sent_where_none_is_planned(gate: Gate, plan: Plan) -> None:
    plan(synthetic_requests=0)
    world = before_traffic()

    gate.invoke("pre_traffic", world)

    assert world.sent == ["Succeeded"]
    assert asked(world, "42") == asked(world, "41") == []
    assert world.record["synthetic"]["asked"] == 0
    assert world.record["synthetic"]["certifies"] is False


def new_path_is_missing(version: str, path: str) -> Reply:
    return WRONG if version == "41" and path == "/nowhere" else usual_reply(version, path)


def test_a_case_that_is_new_in_this_release_is_no_news_of_a_fault(gate: Gate) -> None:
    world = before_traffic()
    world.reply = new_path_is_missing

    gate.invoke("pre_traffic", world)

    assert world.sent == ["Succeeded"]
    expected = [f"health/{number}" for number in range(1, 7)]
    assert asked(world, "42") == asked(world, "41") == expected


def test_where_every_case_is_new_the_target_is_asked_alone(gate: Gate) -> None:
    world = before_traffic()
    world.reply = fails("41", lambda _: True)

    gate.invoke("pre_traffic", world)

    assert world.sent == ["Succeeded"]
    assert len(asked(world, "42")) == 6
    assert asked(world, "41") == []
    assert world.record["synthetic"]["judgement"]["baseline_requests"] == 0


def test_a_new_case_that_fails_now_and_then_is_found_without_the_current_version(
    gate: Gate, plan: Plan
) -> None:
    plan(synthetic_requests=40)
    world = before_traffic()
    target = fails("42", lambda at: compared(at) and at % 4 == 0)

    def reply(version: str, path: str) -> Reply | AwsError | BaseException:
        return WRONG if version == "41" else target(version, path)

    world.reply = reply

    gate.invoke("pre_traffic", world)

    assert world.sent == ["Failed"]


@pytest.mark.parametrize("answered", [0, 1, 2, 5])
def test_a_current_version_that_does_not_answer_does_not_block_its_repair(
    gate: Gate, answered: int
) -> None:
    world = before_traffic()
    world.reply = fails("41", lambda at: at >= answered, SLOW)

    gate.invoke("pre_traffic", world)

    assert world.sent == ["Succeeded"]
    assert len([to for to, _ in world.asked if to == "41"]) == answered + 1, "each costs 30 s"
    assert len(asked(world, "42")) == 6


@pytest.mark.parametrize("fault", ANSWERS.values(), ids=ANSWERS.keys())
def test_no_answer_of_the_current_version_blocks_its_repair(gate: Gate, fault: Fault) -> None:
    world = before_traffic()
    world.reply = fails("41", lambda _: True, fault)

    gate.invoke("pre_traffic", world)

    assert world.sent == ["Succeeded"]


@pytest.mark.parametrize(
    "fault",
    [DENIED, AwsError("ResourceNotFoundException", 404), AwsError("KMSDisabledException", 502)],
    ids=["denied", "deleted", "key disabled"],
)
def test_a_current_version_that_cannot_be_invoked_fails_the_release(
    gate: Gate, fault: Fault
) -> None:
    """There would be no way back."""
    world = before_traffic()
    world.reply = fails("41", lambda _: True, fault)

    gate.invoke("pre_traffic", world)

    assert world.sent == ["Failed"]
    assert world.record["reason"].startswith("synthetic requests: a version could not be invoked")


@pytest.mark.parametrize("fault", [THROTTLED, CLOSED], ids=["throttled", "closed"])
@pytest.mark.parametrize("version", ["41", "42"])
def test_a_request_that_cannot_be_put_is_never_counted_as_kept(
    gate: Gate, version: str, fault: Fault
) -> None:
    world = before_traffic()
    world.reply = fails(version, compared, fault)

    gate.invoke("pre_traffic", world)

    assert world.sent == ["Failed"]
    assert world.executions == {}, "no watch for what gets no traffic"


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING.keys())
def test_a_passing_fault_is_no_failure_of_a_version(gate: Gate, fault: Fault) -> None:
    world = before_traffic()
    world.reply = fails("42", lambda at: at in {4, 5}, fault)

    gate.invoke("pre_traffic", world)

    assert world.sent == ["Succeeded"]
    assert world.record["synthetic"]["judgement"]["metrics"][0]["canary_events"] == 0


def test_what_runs_out_of_time_says_how_much_was_not_sent(gate: Gate) -> None:
    world = before_traffic(seconds=350)
    world.seconds_by_operation["lambda:Invoke"] = 20

    gate.invoke("pre_traffic", world)

    assert world.sent == ["Failed"]
    assert not world.overran
    asked_both = len(asked(world, "42"))
    assert 0 < asked_both < 6
    missing = 6 - asked_both
    assert world.record["reason"] == (
        f"out of time: {missing} of 6 synthetic requests were not sent"
    )
    assert world.executions == {}


def test_a_target_that_fails_now_and_then_is_stopped_before_any_customer(
    gate: Gate, plan: Plan
) -> None:
    plan(synthetic_requests=60)
    world = before_traffic()
    world.reply = fails("42", lambda at: compared(at) and at % 5 == 0)

    gate.invoke("pre_traffic", world)

    assert world.sent == ["Failed"]
    assert world.executions == {}
    assert world.record["reason"].startswith("synthetic requests: errors: 12 of 60 canary")
    assert "For instance" in world.record["reason"]
    assert "expected" in world.record["reason"]


def test_a_target_that_does_not_answer_now_and_then_is_stopped(gate: Gate, plan: Plan) -> None:
    plan(synthetic_requests=60)
    world = before_traffic()
    world.reply = fails("42", lambda at: compared(at) and at % 5 == 0, SLOW)

    gate.invoke("pre_traffic", world)

    assert world.sent == ["Failed"]
    assert "no answer: ReadTimeoutError" in world.record["reason"]


def test_failures_that_both_versions_share_stop_nothing(gate: Gate, plan: Plan) -> None:
    plan(synthetic_requests=60)
    world = before_traffic()
    count = Counter[str]()

    def reply(version: str, path: str) -> Reply:
        count[version] += 1
        return WRONG if count[version] > 5 and count[version] % 5 == 0 else usual_reply("", path)

    world.reply = reply

    gate.invoke("pre_traffic", world)

    assert world.sent == ["Succeeded"]
    assert world.record["synthetic"]["judgement"]["metrics"][0]["canary_events"] >= 10


def test_one_failure_of_many_is_for_the_customers_counts_to_judge(gate: Gate, plan: Plan) -> None:
    plan(synthetic_requests=60)
    world = before_traffic()
    world.reply = fails("42", lambda at: at == 30)

    gate.invoke("pre_traffic", world)

    assert world.sent == ["Succeeded"]
    assert world.record["synthetic"]["judgement"]["metrics"][0]["canary_events"] == 1


@pytest.mark.parametrize(("clean", "certifies"), [(298, False), (299, True)])
def test_clean_requests_certify_the_objective_by_the_classical_count(
    gate: Gate, plan: Plan, clean: int, *, certifies: bool
) -> None:
    plan(synthetic_requests=clean)
    world = before_traffic()

    gate.invoke("pre_traffic", world)

    assert world.record["synthetic"]["certifies"] is certifies


@pytest.mark.parametrize(
    ("section", "certified"),
    [
        ({"certifies": True}, True),
        ({"certifies": False}, False),
        ({"certifies": 1}, False),
        ({"certifies": "true"}, False),
        ({}, False),
        (None, False),
        ([True], False),
        ("certifies", False),
    ],
    ids=repr,
)
def test_nothing_but_a_plain_yes_certifies(gate: Gate, section: object, *, certified: bool) -> None:
    assert gate["synthetic"].is_certified(section) is certified


def test_four_at_a_time_ask_the_same_as_one(
    gate: Gate, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan(synthetic_requests=100)
    sections = []
    for workers in (1, 4):
        monkeypatch.setattr(gate["synthetic"], "WORKERS", workers)
        world = before_traffic()
        gate.invoke("pre_traffic", world)
        assert [to for to, each in world.asked if each.endswith("/warm")] == ["42"] * workers
        sections.append((world.record["synthetic"], set(asked(world, "41") + asked(world, "42"))))

    assert sections[0] == sections[1]
    assert len(sections[0][1]) == 100


def test_four_at_a_time_find_failures_as_one_does(
    gate: Gate, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate["synthetic"], "WORKERS", 4)
    plan(synthetic_requests=100)
    world = before_traffic()

    def invoke(request: dict[str, Any]) -> dict[str, Any] | AwsError:
        number = json.loads(request["Payload"])["requestContext"]["requestId"].rpartition("/")[2]
        fault = number.isdigit() and int(number) % 5 == 0 and request["Qualifier"] == "42"
        world.reply = (lambda *_: WRONG) if fault else usual_reply
        return World.invoke(world, request)

    world.invoke = invoke  # type: ignore[method-assign]

    gate.invoke("pre_traffic", world)

    assert world.sent == ["Failed"]
    assert world.record["reason"].startswith("synthetic requests: errors: 20 of 100 canary")


@pytest.mark.parametrize("fault", [DENIED, MemoryError(), SystemExit(0)], ids=repr)
@pytest.mark.parametrize("first", [2, 6, 7, 20, 50])
def test_four_at_a_time_fail_as_one_and_leave_nothing_running(
    gate: Gate, plan: Plan, monkeypatch: pytest.MonkeyPatch, first: int, fault: Fault
) -> None:
    monkeypatch.setattr(gate["synthetic"], "WORKERS", 4)
    plan(synthetic_requests=30)
    world = before_traffic()
    world.reply = fails("42", lambda at: at >= first, fault)

    gate.invoke("pre_traffic", world)

    assert world.sent == (["Failed"] if first < 36 else ["Succeeded"])
    assert world.calls[-1].endswith(":PutLifecycleEventHookExecutionStatus")


def test_the_record_says_how_many_were_planned_and_asked(gate: Gate, plan: Plan) -> None:
    plan(synthetic_requests=5)
    world = before_traffic()

    gate.invoke("pre_traffic", world)

    section = world.record["synthetic"]
    assert (section["planned"], section["asked"], section["certifies"]) == (5, 5, False)
    assert section["judgement"]["minute"] == 0


def test_none_planned_is_recorded_as_nothing_judged(gate: Gate, plan: Plan) -> None:
    plan(synthetic_requests=0)
    world = before_traffic()

    gate.invoke("pre_traffic", world)

    section = world.record["synthetic"]
    assert (section["planned"], section["asked"], section["certifies"]) == (0, 0, False)
    assert section["judgement"]["minute"] is None


@pytest.mark.parametrize(("percent", "certifies"), [(50.0, True), (1.0, False)])
def test_it_is_the_plan_s_objective_that_they_certify(
    gate: Gate, plan: Plan, percent: float, *, certifies: bool
) -> None:
    plan(synthetic_requests=10, errors_percent=percent)
    world = before_traffic()

    gate.invoke("pre_traffic", world)

    assert world.record["synthetic"]["certifies"] is certifies


def test_one_planned_request_is_sent(gate: Gate, plan: Plan) -> None:
    plan(synthetic_requests=1)
    world = before_traffic()

    gate.invoke("pre_traffic", world)

    assert len(asked(world, "42")) == len(asked(world, "41")) == 1


def test_a_release_that_is_stopped_by_them_names_a_case(gate: Gate, plan: Plan) -> None:
    plan(synthetic_requests=40)
    world = before_traffic()
    world.reply = fails("42", compared)

    gate.invoke("pre_traffic", world)

    assert world.sent == ["Failed"]
    assert "For instance health: " in world.record["reason"]


def test_at_most_four_are_asked_at_a_time(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    pool = gate["synthetic"].ThreadPoolExecutor

    def counted(max_workers: int) -> object:
        sizes.append(max_workers)
        return pool(max_workers=max_workers)

    monkeypatch.setattr(gate["synthetic"], "ThreadPoolExecutor", counted)

    gate.invoke("pre_traffic", before_traffic())

    assert sizes == [gate["synthetic"].WORKERS]
