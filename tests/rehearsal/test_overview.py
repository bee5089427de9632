"""What `make overview` says is what the assembly holds."""

import copy
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from rehearsal.assembly import Assembly as Read
from rehearsal.assembly import AssemblyError, Stack, read
from rehearsal.costs import SOURCE
from rehearsal.overview import overview
from rehearsal.show import show
from tests.assembly import Assembly


def _shown(assembly: Read, capsys: pytest.CaptureFixture[str], width: int = 100) -> str:
    show(overview(assembly), Console(width=width))
    return capsys.readouterr().out


def _stack(*resources: dict[str, Any], **metadata: str) -> Stack:
    return Stack(
        name="a-stack",
        account=None,
        region=None,
        protected=False,
        file=Path("a-stack.template.json"),
        template={
            "Resources": {f"R{index}": each for index, each in enumerate(resources)},
            "Metadata": {"Lockgate": metadata},
        },
    )


def _assembly(*stacks: Stack, **pack: object) -> Read:
    reports = [{"pluginName": "A pack"} | pack] if pack else []
    return Read(
        stacks=stacks, report={"pluginReports": reports}, report_file=Path("validation-report.json")
    )


def test_the_stacks_are_those_of_the_assembly(sample: Assembly) -> None:
    facts = overview(read(sample.out))
    assert {stack.name: stack.resources for stack in facts.stacks} == {
        name: len(template["Resources"]) for name, template in sample.templates.items()
    }
    assert {stack.name: stack.roles for stack in facts.stacks} == {
        name: len(list(sample.resources("AWS::IAM::Role", name))) for name in sample.templates
    }
    assert all(stack.purpose for stack in facts.stacks)


def test_without_an_account_the_credentials_decide(
    sample: Assembly, capsys: pytest.CaptureFixture[str]
) -> None:
    assembly = read(sample.out)
    facts = overview(assembly)
    assert {(stack.account, stack.region) for stack in facts.stacks} == {(None, None)}
    assert "of your credentials" in _shown(assembly, capsys)


def test_a_chosen_account_is_named(full: Assembly, capsys: pytest.CaptureFixture[str]) -> None:
    assembly = read(full.out)
    assert {(stack.account, stack.region) for stack in overview(assembly).stacks} == {
        ("111122223333", "eu-central-1")
    }
    assert "111122223333 / eu-central-1" in _shown(assembly, capsys)


def test_each_stack_tells_its_place_where_they_differ(capsys: pytest.CaptureFixture[str]) -> None:
    here, there = _stack(), replace(_stack(), name="other", account="111122223333")
    said = _shown(_assembly(here, there), capsys)
    assert "the account and Region of your credentials" in said
    assert "111122223333 / Region of your credentials" in said
    assert "2 stacks in 2 places" in said


def test_the_pipeline_is_read_from_its_template(sample: Assembly) -> None:
    [pipeline] = overview(read(sample.out)).pipelines
    assert pipeline.name == "lockgate-orders"
    assert [stage.name for stage in pipeline.stages] == [
        *("Source", "Build", "Attest", "SelfUpdate", "beta", "prod-window", "prod-gate", "prod")
    ]
    stages = {stage.name: stage.steps for stage in pipeline.stages}
    assert stages["Build"] == (("Verify", "Package", "Audit"),)
    deployed = ("CreateChangeSet",), ("Execute",), ("Integrate",)
    assert stages["beta"] == (("CheckProvenance",), ("Publish",), *deployed)
    assert stages["prod"] == (("CheckProvenance",), *deployed, ("Soak",))


def test_actions_are_shown_in_run_order_and_parallel_ones_as_such(
    capsys: pytest.CaptureFixture[str],
) -> None:
    actions = [("Last", 7), ("Left", 2), ("Right", 2)]
    named: list[dict[str, Any]] = [{"Name": name, "RunOrder": order} for name, order in actions]
    stages = [{"Name": "One", "Actions": [*named, {"Name": "First"}]}]
    stack = _stack({"Type": "AWS::CodePipeline::Pipeline", "Properties": {"Stages": stages}})
    said = _shown(_assembly(stack), capsys)
    assert "Pipeline a-stack" in said
    assert "1  One  First → [Left ∥ Right] → Last" in said


def test_each_environment_tells_its_own_canary(full: Assembly) -> None:
    canaries = {
        (each.service, each.environment): (each.percent, each.minutes)
        for each in overview(read(full.out)).environments
    }
    assert canaries == {
        ("orders", "beta"): (5, 30),
        ("orders", "gamma"): (5, 30),
        ("orders", "prod"): (5, 30),
        ("invoices", "prod"): (10, 15),
    }


def test_hooks_alarms_and_rollbacks_are_told(sample: Assembly) -> None:
    facts = overview(read(sample.out)).environments
    assert len(facts) == 2
    for each in facts:
        assert each.hooks == ("before", "after")
        assert each.rolls_back_on == ("failure", "alarm", "stop")
        assert each.alarms == 3


def test_what_the_canaries_see_is_told(sample: Assembly) -> None:
    for each in overview(read(sample.out)).environments:
        assert each.sees is not None
        assert (each.sees.requests, each.sees.synthetic, each.sees.certifying) == (900, 299, 299)
        assert [current for current, _ in each.sees.stopped_from] == [0.1, 0.5, 1.0]
        assert all(stopped and stopped > current for current, stopped in each.sees.stopped_from)


def test_a_service_s_sight_is_shown_once(
    sample: Assembly, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = _shown(read(sample.out), capsys, width=120)
    table = shown[shown.index("What a canary sees") : shown.index("What the rule packs report")]
    assert table.count("orders") == 1
    assert "900" in table
    assert "against 0.1 %" in table


def test_what_guards_nothing_is_not_counted(capsys: pytest.CaptureFixture[str]) -> None:
    group = {
        "DeploymentConfigName": "CodeDeployDefault.LambdaAllAtOnce",
        "AlarmConfiguration": {"Enabled": False, "Alarms": [{"Name": "ignored"}]},
        "AutoRollbackConfiguration": {"Enabled": False, "Events": ["DEPLOYMENT_FAILURE"]},
    }
    stack = _stack(
        {"Type": "AWS::CodeDeploy::DeploymentGroup", "Properties": group},
        Service="orders",
        Environment="prod",
    )
    assembly = _assembly(stack)
    [facts] = overview(assembly).environments
    assert (facts.percent, facts.alarms, facts.hooks, facts.rolls_back_on) == (None, 0, (), ())
    row = next(line for line in _shown(assembly, capsys).splitlines() if "orders in prod" in line)
    assert row.split() == ["orders", "in", "prod", "none", "none", "nothing", "0"]


def test_no_rule_pack_has_a_finding_and_acknowledgements_are_counted(sample: Assembly) -> None:
    facts = overview(read(sample.out))
    packs = {pack.name: pack for pack in facts.packs}
    assert facts.findings == ()
    assert packs["AwsSolutions"].acknowledged > 0
    assert sum(pack.acknowledged for pack in facts.packs) == sum(
        stack.acknowledged for stack in facts.stacks
    )


def test_a_finding_is_named_and_takes_the_place_of_deploying(
    capsys: pytest.CaptureFixture[str],
) -> None:
    violation = {
        "ruleName": "A-Rule[Resource::*]",
        "violatingConstructs": [{"constructPath": "a-stack/Bucket"}],
    }
    said = _shown(_assembly(_stack(), violations=[violation]), capsys)
    assert "Findings: 1" in said
    assert "A-Rule[Resource::*]  a-stack/Bucket" in said
    assert "make deploy" not in said


def test_the_sum_is_that_of_the_stacks(assembly: Assembly) -> None:
    facts = overview(read(assembly.out))
    assert facts.idle.usd == pytest.approx(sum(stack.idle.usd for stack in facts.stacks))
    assert facts.idle.usd > 0


def test_every_type_of_a_delivery_has_a_price(assembly: Assembly) -> None:
    assert overview(read(assembly.out)).idle.unknown == ()


def test_a_type_without_a_price_is_said_to_be_unknown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    said = _shown(_assembly(_stack({"Type": "AWS::RDS::DBInstance"})), capsys)
    assert any(line.split() == ["AWS::RDS::DBInstance", "unknown"] for line in said.splitlines())
    assert said.count("0.00 + unknown") == 3


@pytest.mark.parametrize("width", [80, 100, 120])
def test_nothing_is_cut_off(
    assembly: Assembly, width: int, capsys: pytest.CaptureFixture[str]
) -> None:
    said = _shown(read(assembly.out), capsys, width)
    assert "…" not in said
    assert all(name in said for name in assembly.templates)
    assert max(map(len, said.splitlines())) <= width
    assert SOURCE in " ".join(said.split())


SHAPES: dict[str, dict[str, Any]] = {
    "a pipeline without stages": {"Type": "AWS::CodePipeline::Pipeline"},
    "a stage without actions": {
        "Type": "AWS::CodePipeline::Pipeline",
        "Properties": {"Stages": [{"Name": "Source"}]},
    },
    "a group whose deployment configuration is not there": {
        "Type": "AWS::CodeDeploy::DeploymentGroup",
        "Properties": {"DeploymentConfigName": {"Ref": "Nothing"}},
    },
    "an alarm that reads nonsense": {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {"Metrics": [{"MetricStat": {"Period": "often"}}]},
    },
    "properties that are a list": {"Type": "AWS::CodePipeline::Pipeline", "Properties": []},
}


@pytest.mark.parametrize("resource", SHAPES.values(), ids=SHAPES)
def test_another_shape_is_one_message_that_names_the_file(resource: dict[str, Any]) -> None:
    with pytest.raises(AssemblyError, match=r"a-stack\.template\.json is not what a synth writes"):
        overview(_assembly(_stack(resource)))


def test_another_report_is_one_message_that_names_the_file(sample: Assembly) -> None:
    assembly = read(sample.out)
    reports: list[dict[str, Any]] = [{}, {"pluginReports": [{}]}, {"pluginReports": 1}]
    for report in reports:
        with pytest.raises(AssemblyError, match=r"validation-report\.json is not what a synth"):
            overview(replace(assembly, report=report))


def test_facts_are_read_and_nothing_is_changed(sample: Assembly) -> None:
    assembly = read(sample.out)
    before = copy.deepcopy(assembly)
    assert json.dumps(overview(assembly), default=vars) == json.dumps(
        overview(assembly), default=vars
    )
    assert assembly == before
