"""Whatever goes wrong, CodeDeploy hears Failed once, or Lambda hears that nobody could tell it."""

import sys
from collections.abc import Callable

import pytest

from tests.gate.conftest import Gate
from tests.gate.fake_aws import (
    EVENT,
    ArrivesAndThen,
    AwsError,
    Context,
    Fault,
    World,
    before_traffic,
    settled,
)
from tests.gate.faults import ANSWERS, CLOSED, DENIED, FATAL, PASSING, REPORT, SLOW, THROTTLED

ENTRIES = ("pre_traffic", "post_traffic")
READS = ("GetDeployment", "ListDeploymentTargets", "GetDeploymentTarget")
BEFORE_TRAFFIC = (*READS, "GetAlias", "Invoke", "StartExecution", "PutObject")
AFTER_TRAFFIC = (*READS, "GetAlias", "Invoke", "GetObject", "GetMetricData", "PutObject")
CALLS = [
    *(("pre_traffic", operation) for operation in BEFORE_TRAFFIC),
    *(("post_traffic", operation) for operation in AFTER_TRAFFIC),
]
each_call = pytest.mark.parametrize(("entry", "operation"), CALLS)


def world_of(entry: str, *, seconds: float = 900) -> World:
    return before_traffic(seconds=seconds) if entry == "pre_traffic" else settled(seconds=seconds)


def each(faults: dict[str, Fault]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("fault", faults.values(), ids=faults.keys())


def assert_failed_once(world: World) -> None:
    assert world.completed == "Failed"
    assert set(world.sent) == {"Failed"}
    assert not world.overran


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_good_release_has_earned_its_status(gate: Gate, entry: str) -> None:
    world = world_of(entry)

    answer = gate.invoke(entry, world)

    assert answer == {"status": "Succeeded"}
    assert world.sent == ["Succeeded"]


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_decision_is_on_record_before_it_is_reported(gate: Gate, entry: str) -> None:
    world = world_of(entry)

    gate.invoke(entry, world)

    assert world.calls.count("s3:PutObject") == 1
    assert world.calls.index("s3:PutObject") < world.calls.index(f"codedeploy:{REPORT}")


@pytest.mark.parametrize("entry", ENTRIES)
@pytest.mark.parametrize("creator", ["codeDeployRollback", "CloudFormationRollback"])
def test_a_rollback_is_never_held_up(
    gate: Gate, entry: str, creator: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("FUNCTION_NAME", "PLAN", "RECORDS", "WATCH"):
        monkeypatch.delenv(name)
    world = world_of(entry)
    world.deployment["creator"] = creator
    world.always["Invoke"] = DENIED

    gate.invoke(entry, world)

    assert world.sent == ["Succeeded"]
    assert world.objects == {}


@each_call
@each(FATAL)
def test_a_fatal_fault_anywhere_fails_the_release(
    gate: Gate, entry: str, operation: str, fault: Fault
) -> None:
    world = world_of(entry)
    world.faults[operation] = [fault]

    gate.invoke(entry, world)

    assert_failed_once(world)
    assert len(world.sent) == 1


@each_call
@each(PASSING)
def test_a_passing_fault_is_outlived(gate: Gate, entry: str, operation: str, fault: Fault) -> None:
    world = world_of(entry)
    world.faults[operation] = [fault, fault]

    gate.invoke(entry, world)

    assert world.sent == ["Succeeded"]


@each_call
@each(PASSING | {"read time-out": SLOW})
def test_a_fault_that_does_not_end_fails_the_release_in_time(
    gate: Gate, entry: str, operation: str, fault: Fault
) -> None:
    world = world_of(entry)
    world.always[operation] = fault
    world.seconds_by_operation |= {
        f"{service}:{operation}": 30 if service == "lambda" else 7
        for service in ("codedeploy", "lambda", "states", "s3", "monitoring")
    }

    gate.invoke(entry, world)

    assert_failed_once(world)


@pytest.mark.parametrize(
    ("operation", "attempts"), [("codedeploy:GetDeployment", 10), ("lambda:GetAlias", 4)]
)
@pytest.mark.parametrize("entry", ENTRIES)
def test_attempts_are_counted_and_lie_further_and_further_apart(
    gate: Gate, entry: str, operation: str, attempts: int
) -> None:
    world = world_of(entry)
    world.always[operation.partition(":")[2]] = THROTTLED

    gate.invoke(entry, world)

    assert_failed_once(world)
    assert world.calls.count(operation) == attempts
    assert len(world.waits) == attempts - 1
    longest = [0.5, 1, 2, 4, 8, 8, 8, 8, 8]
    assert all(wait <= most for wait, most in zip(world.waits, longest, strict=False))
    assert len(set(world.waits)) > 1, "jitter"


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_throttled_case_is_tried_four_times(gate: Gate, entry: str) -> None:
    world = world_of(entry)
    world.always["Invoke"] = THROTTLED

    gate.invoke(entry, world)

    assert_failed_once(world)
    assert world.calls.count("lambda:Invoke") == 2 * 4


@pytest.mark.parametrize("operation", ["ListDeploymentTargets", "GetDeploymentTarget"])
def test_a_deployment_that_has_not_started_is_waited_for(gate: Gate, operation: str) -> None:
    world = before_traffic()
    world.faults[operation] = [AwsError("DeploymentNotStartedException")] * 3

    gate.invoke("pre_traffic", world)

    assert world.sent == ["Succeeded"]


@pytest.mark.parametrize("entry", ENTRIES)
@each(ANSWERS)
def test_an_answer_that_breaks_the_contract_fails_the_release(
    gate: Gate, entry: str, fault: Fault
) -> None:
    world = world_of(entry)
    world.faults["Invoke"] = [fault]

    gate.invoke(entry, world)

    assert_failed_once(world)
    assert world.record["outcome"] == "failed"


@pytest.mark.parametrize("entry", ENTRIES)
def test_an_answer_that_takes_too_long_is_not_asked_for_again(gate: Gate, entry: str) -> None:
    world = world_of(entry)
    world.faults["Invoke"] = [SLOW]

    gate.invoke(entry, world)

    assert_failed_once(world)
    assert world.calls.count("lambda:Invoke") == 2, "once for each case"


@pytest.mark.parametrize("seconds", [0.0, 0.5, 6, 15, 19.9, 20, 27, 40, 49, 75, 104, 135, 164])
@pytest.mark.parametrize("entry", ENTRIES)
def test_the_report_is_sent_even_when_the_time_is_nearly_out(
    gate: Gate, entry: str, seconds: float
) -> None:
    world = world_of(entry, seconds=seconds)
    world.seconds_by_operation = {"lambda:Invoke": 30, "codedeploy:" + REPORT: 0}

    gate.invoke(entry, world)

    assert_failed_once(world)


def test_no_case_begins_that_could_eat_the_time_of_record_and_report(gate: Gate) -> None:
    world = before_traffic(seconds=100)
    world.seconds_by_operation = {"lambda:Invoke": 30}

    gate.invoke("pre_traffic", world)

    assert_failed_once(world)
    assert world.calls.count("lambda:Invoke") == 1
    assert world.record["reason"] == "out of time: 1 of 2 cases did not run"
    assert world.elapsed < 100 - 20


@pytest.mark.parametrize("entry", ENTRIES)
def test_the_alias_is_not_read_on_the_time_of_record_and_report(gate: Gate, entry: str) -> None:
    world = world_of(entry, seconds=74)

    gate.invoke(entry, world)

    assert_failed_once(world)
    assert "lambda:GetAlias" not in world.calls
    assert "OutOfTimeError" in world.record["reason"]


def test_the_report_may_use_the_time_kept_for_it(gate: Gate) -> None:
    world = before_traffic(seconds=19)
    world.faults[REPORT] = [THROTTLED] * 3

    gate.invoke("pre_traffic", world)

    assert_failed_once(world)
    assert len(world.sent) == 4


@pytest.mark.parametrize("entry", ENTRIES)
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("functionName", "payments"),
        ("functionName", ""),
        ("functionAlias", "beta"),
        ("targetVersion", "$LATEST"),
        ("targetVersion", "0"),
        ("targetVersion", "042"),
        ("targetVersion", "42\n"),
        ("targetVersion", "٤٢"),
        ("targetVersion", ""),
        ("targetVersion", "41"),
        ("currentVersion", "$LATEST"),
        ("currentVersion", "42"),
    ],
)
def test_a_deployment_of_something_else_fails(
    gate: Gate, entry: str, field: str, value: str
) -> None:
    world = world_of(entry)
    world.function_info[field] = value

    gate.invoke(entry, world)

    assert_failed_once(world)
    assert "lambda:Invoke" not in world.calls
    assert world.record["outcome"] == "failed"
    assert world.record["function"] == "orders"


@pytest.mark.parametrize(
    "field", ["functionName", "functionAlias", "currentVersion", "targetVersion"]
)
def test_a_target_that_does_not_say_what_it_is_fails(gate: Gate, field: str) -> None:
    world = before_traffic()
    del world.function_info[field]

    gate.invoke("pre_traffic", world)

    assert_failed_once(world)


@pytest.mark.parametrize(
    "targets",
    [{}, {"targetIds": []}, {"targetIds": ["a", "b"]}, {"targetIds": ["a"], "nextToken": "more"}],
    ids=repr,
)
def test_a_deployment_without_exactly_one_target_fails(
    gate: Gate, targets: dict[str, object]
) -> None:
    world = before_traffic()
    world.targets = targets

    gate.invoke("pre_traffic", world)

    assert_failed_once(world)


@pytest.mark.parametrize("value", [None, ""])
@pytest.mark.parametrize(
    ("entry", "name"),
    [
        *((entry, name) for entry in ENTRIES for name in ("FUNCTION_NAME", "ALIAS", "RECORDS")),
        *((entry, "PLAN") for entry in ENTRIES),
        ("pre_traffic", "WATCH"),
    ],
)
def test_a_hook_that_lacks_a_setting_fails_the_release(
    gate: Gate, monkeypatch: pytest.MonkeyPatch, entry: str, name: str, value: str | None
) -> None:
    if value is None:
        monkeypatch.delenv(name)
    else:
        monkeypatch.setenv(name, value)
    world = world_of(entry)

    gate.invoke(entry, world)

    assert_failed_once(world)


@pytest.mark.parametrize("entry", ENTRIES)
@pytest.mark.parametrize(
    "text", ["", "null", "[]", "{}", '{"cases": []}', '{"cases": [{}]}', "{", "[" * 100_000]
)
def test_a_contract_that_cannot_be_read_fails_the_release(
    gate: Gate, contract_file: Callable[[str], None], entry: str, text: str
) -> None:
    contract_file(text)
    world = world_of(entry)

    gate.invoke(entry, world)

    assert_failed_once(world)


def test_a_missing_contract_fails_the_release(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate["checks"], "CONTRACT", gate["checks"].CONTRACT / "nowhere")
    world = before_traffic()

    gate.invoke("pre_traffic", world)

    assert_failed_once(world)


WRONG_ALIASES = {
    "the other version": {"FunctionVersion": "{other}"},
    "a third version": {"FunctionVersion": "40"},
    "shared traffic": {
        "FunctionVersion": "{right}",
        "RoutingConfig": {"AdditionalVersionWeights": {"40": 0.1}},
    },
    "a share of nothing": {
        "FunctionVersion": "{right}",
        "RoutingConfig": {"AdditionalVersionWeights": {"40": 0.0}},
    },
    "no version": {},
}


@pytest.mark.parametrize("alias", WRONG_ALIASES.values(), ids=WRONG_ALIASES.keys())
@pytest.mark.parametrize(("entry", "right"), [("pre_traffic", "41"), ("post_traffic", "42")])
def test_an_alias_that_was_moved_by_hand_fails_the_release(
    gate: Gate, entry: str, right: str, alias: dict[str, object]
) -> None:
    world = world_of(entry)
    other = "42" if right == "41" else "41"
    world.alias = {
        key: value.format(right=right, other=other) if isinstance(value, str) else value
        for key, value in alias.items()
    }

    gate.invoke(entry, world)

    assert_failed_once(world)
    assert "alias" in world.record["reason"]
    assert "lambda:Invoke" not in world.calls, "the next check is not begun"


@pytest.mark.parametrize(("entry", "right"), [("pre_traffic", "41"), ("post_traffic", "42")])
def test_an_alias_with_empty_weights_serves_one_version_alone(
    gate: Gate, entry: str, right: str
) -> None:
    world = world_of(entry)
    world.alias = {"FunctionVersion": right, "RoutingConfig": {"AdditionalVersionWeights": {}}}

    gate.invoke(entry, world)

    assert world.sent == ["Succeeded"]


@pytest.mark.parametrize(
    ("entry", "module"),
    [
        *((entry, module) for entry in ENTRIES for module in ("checks", "examination")),
        ("pre_traffic", "synthetic"),
        ("post_traffic", "final"),
    ],
)
def test_what_cannot_be_imported_fails_the_release(
    gate: Gate, monkeypatch: pytest.MonkeyPatch, entry: str, module: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    world = world_of(entry)

    gate.invoke(entry, world)

    assert_failed_once(world)


def raises_system_exit(*_: object) -> list[str]:
    raise SystemExit(0)


@pytest.mark.parametrize(
    "checks",
    [
        list,
        lambda: None,
        lambda: [raises_system_exit],
        lambda: [lambda *_: None],
        lambda: [lambda *_: True],
        lambda: [lambda *_: "a text"],
        lambda: [lambda *_: [], lambda *_: ["a problem"]],
        lambda: [lambda *_: []],
        lambda: [None],
    ],
    ids=[
        "none",
        "null",
        "exits",
        "says nothing",
        "says true",
        "says a text",
        "second",
        "nobody decides",
        "no check",
    ],
)
def test_only_checks_that_decide_so_and_return_no_problem_earn_success(
    gate: Gate, checks: Callable[[], object]
) -> None:
    world = before_traffic()
    gate.wire.world = world

    gate["hook"].run(EVENT, Context(world, 900), by="pre_traffic", load_checks=checks)

    assert_failed_once(world)
    assert world.record["outcome"] == "failed"


def test_no_check_runs_after_one_that_found_a_problem(gate: Gate) -> None:
    world = before_traffic()
    gate.wire.world = world
    ran: list[str] = []

    def good(*_: object) -> list[str]:
        ran.append("good")
        return []

    def bad(*_: object) -> list[str]:
        ran.append("bad")
        return ["a problem"]

    gate["hook"].run(
        EVENT, Context(world, 900), by="pre_traffic", load_checks=lambda: [good, bad, good]
    )

    assert ran == ["good", "bad"]


def test_a_log_that_cannot_be_written_does_not_silence_the_report(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_memory(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(gate["log"], "step", no_memory)
    world = before_traffic()

    with pytest.raises(MemoryError):
        gate.invoke("pre_traffic", world)

    assert_failed_once(world)


@each(PASSING | {"read time-out": SLOW})
def test_a_report_is_sent_again_until_it_is_taken(gate: Gate, fault: Fault) -> None:
    world = before_traffic()
    world.faults[REPORT] = [fault] * 6

    gate.invoke("pre_traffic", world)

    assert world.completed == "Succeeded"
    assert set(world.sent) == {"Succeeded"}


@pytest.mark.parametrize("error", [SLOW, CLOSED, SystemExit(1)], ids=["slow", "closed", "exit"])
def test_a_report_that_arrived_is_never_followed_by_another_status(
    gate: Gate, error: BaseException
) -> None:
    world = before_traffic()
    world.faults[REPORT] = [ArrivesAndThen(error)]

    if isinstance(error, SystemExit):
        with pytest.raises(SystemExit):
            gate.invoke("pre_traffic", world)
    else:
        assert gate.invoke("pre_traffic", world) == {"status": "Succeeded"}

    assert world.completed == "Succeeded"
    assert set(world.sent) == {"Succeeded"}


@pytest.mark.parametrize("entry", ENTRIES)
def test_an_event_that_comes_twice_is_answered_once(gate: Gate, entry: str) -> None:
    world = world_of(entry)
    gate.invoke(entry, world)
    before = world.record
    world.always["Invoke"] = DENIED

    gate.invoke(entry, world)

    assert world.completed == "Succeeded"
    assert world.record["outcome"] == before["outcome"]
    assert len(world.record["timeline"]) == 2
    assert len(world.executions) == (entry == "pre_traffic")


@each(FATAL | {"unknown execution": AwsError("InvalidLifecycleEventHookExecutionIdException")})
def test_a_report_that_is_refused_is_raised_to_lambda(gate: Gate, fault: Fault) -> None:
    world = before_traffic()
    world.always[REPORT] = fault
    expected = type(fault) if isinstance(fault, MemoryError | SystemExit) else BaseException

    with pytest.raises(expected):
        gate.invoke("pre_traffic", world)

    assert world.sent == ["Succeeded"]
    assert world.completed is None


@each(PASSING | {"read time-out": SLOW})
def test_a_report_that_is_never_taken_is_raised_within_the_time(gate: Gate, fault: Fault) -> None:
    world = before_traffic()
    world.always[REPORT] = fault

    with pytest.raises(gate["report"].ReportNotDeliveredError):
        gate.invoke("pre_traffic", world)

    assert world.completed is None
    assert len(world.sent) > 5
    assert not world.overran


@pytest.mark.parametrize(
    "event",
    [
        None,
        [],
        "d-1",
        {},
        {"DeploymentId": "d-1"},
        {"LifecycleEventHookExecutionId": "e-1"},
        {"DeploymentId": "", "LifecycleEventHookExecutionId": "e-1"},
        {"DeploymentId": "d-1", "LifecycleEventHookExecutionId": None},
        {"DeploymentId": 1, "LifecycleEventHookExecutionId": "e-1"},
        {"DeploymentId": ["d-1"], "LifecycleEventHookExecutionId": "e-1"},
        {"deploymentId": "d-1", "lifecycleEventHookExecutionId": "e-1"},
    ],
    ids=repr,
)
@pytest.mark.parametrize("entry", ENTRIES)
def test_an_event_without_ids_is_raised_and_calls_nobody(
    gate: Gate, entry: str, event: object
) -> None:
    world = world_of(entry)

    with pytest.raises(gate["report"].MalformedEventError, match="DeploymentId"):
        gate["hook"].run(event, Context(world, 900), by=entry, load_checks=list)

    assert world.calls == []
