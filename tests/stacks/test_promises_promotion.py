"""No release enters a production environment unasked, and none stays in it unwatched."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from delivery import Delivery, Service
from stacks import names
from tests.assembly import Assembly
from tests.iam.policies import text

Stage = dict[str, Any]


def waves(assembly: Assembly) -> Iterator[tuple[Service, tuple[str, ...], list[Stage]]]:
    """Each wave of each service, with its stages in order; the last deploys."""
    for service in assembly.delivery.services:
        stack = names.pipeline_stack(assembly.delivery, service)
        stages = assembly.only("AWS::CodePipeline::Pipeline", stack)["Stages"]
        for wave in service.waves:
            name = "-".join(wave)
            own = {f"{name}-approval", f"{name}-window", f"{name}-gate", name}
            yield service, wave, [stage for stage in stages if stage["Name"] in own]


def rules(stage: Stage, when: str) -> list[dict[str, Any]]:
    """The rules of a stage's condition, none where it has none."""
    [condition] = stage.get(when, {}).get("Conditions", [{"Rules": []}])
    return list(condition["Rules"])


def providers(stage: Stage, when: str = "BeforeEntry") -> list[str]:
    return [rule["RuleTypeId"]["Provider"] for rule in rules(stage, when)]


def in_production(delivery: Delivery, wave: tuple[str, ...]) -> list[str]:
    return [name for name in wave if delivery.environment(name).production]


def test_production_is_entered_through_a_window_then_quiet_alarms_and_no_freeze(
    everywhere: Assembly,
) -> None:
    delivery = everywhere.delivery
    for service, wave, stages in waves(everywhere):
        if not (held := in_production(delivery, wave)):
            continue
        *_, window, gate, _ = stages
        assert set(providers(window)) == {"DeploymentWindow"}
        assert providers(gate) == ["CloudWatchAlarm"] * len(held)
        alarms = [rule["Configuration"]["AlarmName"] for rule in rules(gate, "BeforeEntry")]
        assert alarms == [f"{names.service_stack(delivery, service, name)}-health" for name in held]
        for stage in (window, gate):
            [condition] = stage["BeforeEntry"]["Conditions"]
            assert condition["Result"] == "FAIL"
        [freeze] = [action for action in gate["Actions"] if action["Name"] == "Freeze"]
        assert freeze["ActionTypeId"]["Provider"] == "Lambda"
        called = text(freeze["Configuration"]["FunctionName"])
        assert called == f"{delivery.name}-freeze"
        parameters = text(freeze["Configuration"]["UserParameters"])
        assert json.loads(parameters) == {"environments": held}


def test_nothing_keeps_a_rollback_out_of_the_stage_that_it_mends(everywhere: Assembly) -> None:
    """It enters the stage as a release does; the alarm that it answers is red at that time."""
    for _, _, stages in waves(everywhere):
        assert "BeforeEntry" not in stages[-1]


def test_each_window_is_the_environments_own(everywhere: Assembly) -> None:
    for _, wave, stages in waves(everywhere):
        found = [
            (rule["Name"], rule["Configuration"]["Cron"], rule["Configuration"]["TimeZone"])
            for stage in stages
            for rule in rules(stage, "BeforeEntry")
            if rule["RuleTypeId"]["Provider"] == "DeploymentWindow"
        ]
        environments = map(everywhere.delivery.environment, wave)
        windows = {e.name: everywhere.delivery.window_of(e) for e in environments}
        assert found == [(f"{n}-window", w.cron, w.time_zone) for n, w in windows.items() if w]


def test_a_window_and_an_alarm_are_never_in_one_condition(everywhere: Assembly) -> None:
    """The alarm would be looked at while the window is still waited for, and not again."""
    for _, _, stages in waves(everywhere):
        for stage in stages:
            assert not {"DeploymentWindow", "CloudWatchAlarm"} <= set(providers(stage))


def test_every_deploying_stage_rolls_back_when_it_fails(everywhere: Assembly) -> None:
    for _, _, stages in waves(everywhere):
        assert stages[-1]["OnFailure"] == {"Result": "ROLLBACK"}


def test_every_production_environment_bakes_and_is_rolled_back_by_its_alarm(
    everywhere: Assembly,
) -> None:
    delivery = everywhere.delivery
    for service, wave, stages in waves(everywhere):
        expected = {
            f"{name}-bake": (
                f"{names.service_stack(delivery, service, name)}-health",
                str(delivery.bake(service, name).minutes),
            )
            for name in wave
            if delivery.bake(service, name).minutes
        }
        assert {f"{name}-bake" for name in in_production(delivery, wave)} <= set(expected)
        found = {
            rule["Name"]: (rule["Configuration"]["AlarmName"], rule["Configuration"]["WaitTime"])
            for rule in rules(stages[-1], "OnSuccess")
        }
        assert found == expected
        for condition in stages[-1].get("OnSuccess", {}).get("Conditions", []):
            assert condition["Result"] == "ROLLBACK"


def test_a_minimum_of_requests_is_waited_for_before_the_bake(everywhere: Assembly) -> None:
    delivery = everywhere.delivery
    for service, wave, stages in waves(everywhere):
        asked = {
            parameters["function"]: parameters["requests"]
            for action in stages[-1]["Actions"]
            if action["Name"].startswith("Soak")
            for parameters in [json.loads(text(action["Configuration"]["UserParameters"]))]
        }
        assert asked == {
            names.service_stack(delivery, service, name): delivery.bake(service, name).requests
            for name in wave
            if delivery.bake(service, name).requests
        }


def test_no_person_is_waited_for_in_a_stage_that_rolls_back(everywhere: Assembly) -> None:
    """A rollback runs the stage's actions again: it would wait for a yes to go back."""
    for _, wave, stages in waves(everywhere):
        approving = [
            stage
            for stage in stages
            if any(a["ActionTypeId"]["Provider"] == "Manual" for a in stage["Actions"])
        ]
        asked = any(everywhere.delivery.environment(name).approval for name in wave)
        assert len(approving) == bool(asked)
        assert not any("OnFailure" in stage for stage in approving)


def test_who_approves_reads_what_would_change(everywhere: Assembly) -> None:
    for _, wave, stages in waves(everywhere):
        asking = [name for name in wave if everywhere.delivery.environment(name).approval]
        if asking:
            by_kind = {
                kind: [a for a in stages[0]["Actions"] if a["ActionTypeId"]["Provider"] == kind]
                for kind in ("Lambda", "Manual")
            }
            reviews, approvals = by_kind["Lambda"], by_kind["Manual"]
            assert [review["Namespace"] for review in reviews] == [f"review-{n}" for n in asking]
            said = [approval["Configuration"]["CustomData"] for approval in approvals]
            assert said == [f"#{{review-{name}.Summary}}" for name in asking]
            assert max(r["RunOrder"] for r in reviews) < min(a["RunOrder"] for a in approvals)


def test_integration_tests_follow_each_deployment(everywhere: Assembly) -> None:
    for service, wave, stages in waves(everywhere):
        order = {action["Name"]: action["RunOrder"] for action in stages[-1]["Actions"]}
        tests = [name for name in order if name.startswith("Integrate")]
        assert len(tests) == len(wave) * service.integration
        executed = max(run for name, run in order.items() if name.startswith("Execute"))
        assert all(order[name] > executed for name in tests)


def test_environments_of_a_wave_go_side_by_side(three_accounts: Assembly) -> None:
    [stages] = [stages for _, wave, stages in waves(three_accounts) if len(wave) > 1]
    order = {action["Name"]: action["RunOrder"] for action in stages[-1]["Actions"]}
    for name in ("CreateChangeSet", "Execute", "Integrate", "Soak"):
        assert len({run for each, run in order.items() if each.startswith(f"{name}-")}) == 1
        assert len([each for each in order if each.startswith(f"{name}-")]) == 2


def test_the_template_says_what_is_production(everywhere: Assembly) -> None:
    """So that the rules can tell; what it does not say counts as production."""
    delivery = everywhere.delivery
    for service in delivery.services:
        template = everywhere.templates[names.pipeline_stack(delivery, service)]
        said = template["Metadata"]["Lockgate"]["Stages"]
        assert {name: stage["Production"] for name, stage in said.items()} == {
            "-".join(wave): bool(in_production(delivery, wave)) for wave in service.waves
        }


@pytest.fixture(params=["sample", pytest.param("full", marks=pytest.mark.full), "three_accounts"])
def everywhere(request: pytest.FixtureRequest) -> Assembly:
    """Each delivery, the one that reaches other accounts and Regions too."""
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Assembly)
    return found
