"""Whatever goes wrong, CodeDeploy hears Failed once, or Lambda hears that nobody could tell it."""

import sys
from collections.abc import Callable

import pytest

from tests.lambda_hooks.conftest import Hooks
from tests.lambda_hooks.fake_aws import EVENT, ArrivesAndThen, AwsError, Fault, World
from tests.lambda_hooks.faults import (
    ANSWERS,
    CLOSED,
    DENIED,
    FATAL,
    PASSING,
    REPORT,
    SLOW,
    THROTTLED,
)

ENTRIES = ("pre_traffic", "post_traffic")
READS = ("GetDeployment", "ListDeploymentTargets", "GetDeploymentTarget")


def each(faults: dict[str, Fault]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("fault", faults.values(), ids=faults.keys())


def assert_failed_once(world: World) -> None:
    assert world.completed == "Failed"
    assert set(world.sent) == {"Failed"}
    assert not world.overran


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_release_that_keeps_its_contract_has_earned_its_status(hooks: Hooks, entry: str) -> None:
    world = World()

    answer = hooks.invoke(entry, world)

    assert answer == {"status": "Succeeded"}
    assert world.sent == ["Succeeded"]


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_rollback_is_never_held_up(
    hooks: Hooks, entry: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FUNCTION_NAME")
    world = World()
    world.deployment["creator"] = "codeDeployRollback"
    world.always["Invoke"] = DENIED

    hooks.invoke(entry, world)

    assert world.sent == ["Succeeded"]


@pytest.mark.parametrize("operation", [*READS, "Invoke", "GetAlias"])
@each(FATAL)
def test_a_fatal_fault_anywhere_fails_the_release(
    hooks: Hooks, operation: str, fault: Fault
) -> None:
    world = World()
    world.faults[operation] = [fault]

    hooks.invoke("post_traffic", world)

    assert_failed_once(world)
    assert len(world.sent) == 1


@pytest.mark.parametrize("operation", [*READS, "Invoke", "GetAlias"])
@each(PASSING)
def test_a_passing_fault_is_outlived(hooks: Hooks, operation: str, fault: Fault) -> None:
    world = World()
    world.faults[operation] = [fault, fault]

    hooks.invoke("post_traffic", world)

    assert world.sent == ["Succeeded"]


@pytest.mark.parametrize("operation", [*READS, "Invoke", "GetAlias"])
@each(PASSING | {"read time-out": SLOW})
def test_a_fault_that_does_not_end_fails_the_release_in_time(
    hooks: Hooks, operation: str, fault: Fault
) -> None:
    world = World()
    world.always[operation] = fault
    world.seconds_by_operation[operation] = 30

    hooks.invoke("post_traffic", world)

    assert_failed_once(world)


@pytest.mark.parametrize(
    ("operation", "attempts"), [("codedeploy:GetDeployment", 10), ("lambda:GetAlias", 4)]
)
def test_attempts_are_counted_and_lie_further_and_further_apart(
    hooks: Hooks, operation: str, attempts: int
) -> None:
    world = World()
    world.always[operation.partition(":")[2]] = THROTTLED

    hooks.invoke("post_traffic", world)

    assert_failed_once(world)
    assert world.calls.count(operation) == attempts
    assert len(world.waits) == attempts - 1
    longest = [0.5, 1, 2, 4, 8, 8, 8, 8, 8]
    assert all(wait <= most for wait, most in zip(world.waits, longest, strict=False))
    assert len(set(world.waits)) > 1, "jitter"


def test_a_throttled_case_is_tried_four_times(hooks: Hooks) -> None:
    world = World()
    world.always["Invoke"] = THROTTLED

    hooks.invoke("pre_traffic", world)

    assert_failed_once(world)
    assert world.calls.count("lambda:Invoke") == 2 * 4


@pytest.mark.parametrize("operation", ["ListDeploymentTargets", "GetDeploymentTarget"])
def test_a_deployment_that_has_not_started_is_waited_for(hooks: Hooks, operation: str) -> None:
    world = World()
    world.faults[operation] = [AwsError("DeploymentNotStartedException")] * 3

    hooks.invoke("pre_traffic", world)

    assert world.sent == ["Succeeded"]


@pytest.mark.parametrize("entry", ENTRIES)
@each(ANSWERS)
def test_an_answer_that_breaks_the_contract_fails_the_release(
    hooks: Hooks, entry: str, fault: Fault
) -> None:
    world = World()
    world.faults["Invoke"] = [fault]

    hooks.invoke(entry, world)

    assert_failed_once(world)


def test_an_answer_that_takes_too_long_is_not_asked_for_again(hooks: Hooks) -> None:
    world = World()
    world.faults["Invoke"] = [SLOW]

    hooks.invoke("pre_traffic", world)

    assert_failed_once(world)
    assert world.calls.count("lambda:Invoke") == 2, "once for each case"


@pytest.mark.parametrize("seconds", [0.0, 0.5, 6, 15, 19.9, 20, 27, 40, 49, 79])
def test_the_report_is_sent_even_when_the_time_is_nearly_out(hooks: Hooks, seconds: float) -> None:
    world = World(seconds=seconds)
    world.seconds_by_operation = {"lambda:Invoke": 30, "codedeploy:" + REPORT: 0}

    hooks.invoke("pre_traffic", world)

    assert_failed_once(world)


def test_no_case_begins_that_could_eat_the_time_of_the_report(hooks: Hooks) -> None:
    world = World(seconds=60)
    world.seconds_by_operation = {"lambda:Invoke": 30}

    hooks.invoke("pre_traffic", world)

    assert_failed_once(world)
    assert world.calls.count("lambda:Invoke") == 1
    assert world.left_seconds >= 20


def test_the_alias_is_not_read_on_the_time_of_the_report(hooks: Hooks) -> None:
    world = World(seconds=49)

    hooks.invoke("post_traffic", world)

    assert_failed_once(world)
    assert "lambda:GetAlias" not in world.calls


def test_the_report_may_use_the_time_kept_for_it(hooks: Hooks) -> None:
    world = World(seconds=19)
    world.faults[REPORT] = [THROTTLED] * 3

    hooks.invoke("pre_traffic", world)

    assert_failed_once(world)
    assert len(world.sent) == 4


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
def test_a_deployment_of_something_else_fails(hooks: Hooks, field: str, value: str) -> None:
    world = World()
    world.function_info[field] = value

    hooks.invoke("pre_traffic", world)

    assert_failed_once(world)
    assert "lambda:Invoke" not in world.calls


@pytest.mark.parametrize(
    "field", ["functionName", "functionAlias", "currentVersion", "targetVersion"]
)
def test_a_target_that_does_not_say_what_it_is_fails(hooks: Hooks, field: str) -> None:
    world = World()
    del world.function_info[field]

    hooks.invoke("pre_traffic", world)

    assert_failed_once(world)


@pytest.mark.parametrize(
    "targets",
    [{}, {"targetIds": []}, {"targetIds": ["a", "b"]}, {"targetIds": ["a"], "nextToken": "more"}],
    ids=repr,
)
def test_a_deployment_without_exactly_one_target_fails(
    hooks: Hooks, targets: dict[str, object]
) -> None:
    world = World()
    world.targets = targets

    hooks.invoke("pre_traffic", world)

    assert_failed_once(world)


@pytest.mark.parametrize("name", ["FUNCTION_NAME", "ALIAS"])
@pytest.mark.parametrize("value", [None, ""])
def test_a_hook_that_does_not_know_its_function_fails_the_release(
    hooks: Hooks, monkeypatch: pytest.MonkeyPatch, name: str, value: str | None
) -> None:
    if value is None:
        monkeypatch.delenv(name)
    else:
        monkeypatch.setenv(name, value)
    world = World()

    hooks.invoke("pre_traffic", world)

    assert_failed_once(world)


@pytest.mark.parametrize(
    "text", ["", "null", "[]", "{}", '{"cases": []}', '{"cases": [{}]}', "{", "[" * 100_000]
)
def test_a_contract_that_cannot_be_read_fails_the_release(
    hooks: Hooks, contract_file: Callable[[str], None], text: str
) -> None:
    contract_file(text)
    world = World()

    hooks.invoke("pre_traffic", world)

    assert_failed_once(world)


def test_a_missing_contract_fails_the_release(
    hooks: Hooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hooks["checks"], "CONTRACT", hooks["checks"].CONTRACT / "nowhere")
    world = World()

    hooks.invoke("pre_traffic", world)

    assert_failed_once(world)


@pytest.mark.parametrize(
    "alias",
    [
        {"FunctionVersion": "41"},
        {"FunctionVersion": "42", "RoutingConfig": {"AdditionalVersionWeights": {"41": 0.1}}},
        {"FunctionVersion": "42", "RoutingConfig": {"AdditionalVersionWeights": {"41": 0.0}}},
        {},
    ],
)
def test_an_alias_that_does_not_serve_the_target_alone_fails_the_release(
    hooks: Hooks, alias: dict[str, object]
) -> None:
    world = World()
    world.alias = alias

    hooks.invoke("post_traffic", world)

    assert_failed_once(world)


def test_an_alias_with_empty_weights_serves_the_target_alone(hooks: Hooks) -> None:
    world = World()
    world.alias = {"FunctionVersion": "42", "RoutingConfig": {"AdditionalVersionWeights": {}}}

    hooks.invoke("post_traffic", world)

    assert world.sent == ["Succeeded"]


@pytest.mark.parametrize("entry", ENTRIES)
def test_checks_that_cannot_be_imported_fail_the_release(
    hooks: Hooks, monkeypatch: pytest.MonkeyPatch, entry: str
) -> None:
    monkeypatch.setitem(sys.modules, "checks", None)
    world = World()

    hooks.invoke(entry, world)

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
        lambda: [None],
    ],
    ids=["none", "null", "exits", "says nothing", "says true", "says a text", "second", "no check"],
)
def test_only_checks_that_all_return_no_problem_earn_success(
    hooks: Hooks, checks: Callable[[], object]
) -> None:
    world = World()
    hooks.wire.world = world

    hooks["hook"].run(EVENT, world, checks)

    assert_failed_once(world)


def test_a_log_that_cannot_be_written_does_not_silence_the_report(
    hooks: Hooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_memory(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(hooks["log"], "step", no_memory)
    world = World()

    with pytest.raises(MemoryError):
        hooks.invoke("pre_traffic", world)

    assert_failed_once(world)


@each(PASSING | {"read time-out": SLOW})
def test_a_report_is_sent_again_until_it_is_taken(hooks: Hooks, fault: Fault) -> None:
    world = World()
    world.faults[REPORT] = [fault] * 6

    hooks.invoke("pre_traffic", world)

    assert world.completed == "Succeeded"
    assert set(world.sent) == {"Succeeded"}


@pytest.mark.parametrize("error", [SLOW, CLOSED, SystemExit(1)], ids=["slow", "closed", "exit"])
def test_a_report_that_arrived_is_never_followed_by_another_status(
    hooks: Hooks, error: BaseException
) -> None:
    world = World()
    world.faults[REPORT] = [ArrivesAndThen(error)]

    if isinstance(error, SystemExit):
        with pytest.raises(SystemExit):
            hooks.invoke("pre_traffic", world)
    else:
        assert hooks.invoke("pre_traffic", world) == {"status": "Succeeded"}

    assert world.completed == "Succeeded"
    assert set(world.sent) == {"Succeeded"}


def test_an_event_that_comes_twice_is_answered_once(hooks: Hooks) -> None:
    world = World()
    hooks.invoke("pre_traffic", world)
    world.always["Invoke"] = DENIED

    hooks.invoke("pre_traffic", world)

    assert world.completed == "Succeeded"


@each(FATAL | {"unknown execution": AwsError("InvalidLifecycleEventHookExecutionIdException")})
def test_a_report_that_is_refused_is_raised_to_lambda(hooks: Hooks, fault: Fault) -> None:
    world = World()
    world.always[REPORT] = fault
    expected = type(fault) if isinstance(fault, MemoryError | SystemExit) else BaseException

    with pytest.raises(expected):
        hooks.invoke("pre_traffic", world)

    assert world.sent == ["Succeeded"]
    assert world.completed is None


@each(PASSING | {"read time-out": SLOW})
def test_a_report_that_is_never_taken_is_raised_within_the_time(hooks: Hooks, fault: Fault) -> None:
    world = World(seconds=60)
    world.always[REPORT] = fault

    with pytest.raises(hooks["report"].ReportNotDeliveredError):
        hooks.invoke("pre_traffic", world)

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
    hooks: Hooks, entry: str, event: object
) -> None:
    world = World()

    with pytest.raises(hooks["report"].MalformedEventError, match="DeploymentId"):
        hooks.invoke(entry, world, event)

    assert world.calls == []
