"""What `make demo` says is what the assembly holds."""

import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from rehearsal.__main__ import cli
from rehearsal.assembly import AssemblyError, read
from rehearsal.costs import idle
from rehearsal.overview import overview
from rehearsal.show import show
from tests.assembly import Assembly

RUNNER = CliRunner()


def _template(*resources: dict[str, Any]) -> dict[str, Any]:
    return {"Resources": {f"R{index}": each for index, each in enumerate(resources)}}


def _alarm(metrics: int) -> dict[str, Any]:
    queries = [{"Id": f"m{n}", "MetricStat": {}} for n in range(metrics)]
    return {"Type": "AWS::CloudWatch::Alarm", "Properties": {"Metrics": queries}}


def test_the_stacks_are_those_of_the_assembly(sample: Assembly) -> None:
    facts = overview(read(sample.out))
    assert {stack.name: stack.resources for stack in facts.stacks} == {
        name: len(template["Resources"]) for name, template in sample.templates.items()
    }
    assert all(stack.purpose for stack in facts.stacks)
    assert {stack.place for stack in facts.stacks} == {"your account / your Region"}


def test_a_chosen_account_is_named(full: Assembly) -> None:
    places = {stack.place for stack in overview(read(full.out)).stacks}
    assert places == {"111122223333 / eu-central-1"}


def test_the_pipeline_is_read_from_its_template(sample: Assembly) -> None:
    [pipeline] = overview(read(sample.out)).pipelines
    assert pipeline.name == "lockgate-orders"
    assert [name for name, _ in pipeline.stages] == [
        *("Source", "Build", "SelfUpdate", "beta", "prod")
    ]
    stages = dict(pipeline.stages)
    assert stages["Build"] == (("Verify", "Package"),)
    assert stages["prod"] == (("Publish",), ("CreateChangeSet",), ("Execute",))


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


def test_hooks_and_rollbacks_are_told(sample: Assembly) -> None:
    for each in overview(read(sample.out)).environments:
        assert each.hooks == ("before", "after")
        assert each.rolls_back_on == ("failure", "alarm", "stop")


def test_no_rule_pack_has_a_finding_and_acknowledgements_are_counted(sample: Assembly) -> None:
    packs = {pack.name: pack for pack in overview(read(sample.out)).packs}
    assert {pack.findings for pack in packs.values()} == {0}
    assert packs["AwsSolutions"].acknowledged > 0


def test_idle_costs_are_summed_by_price() -> None:
    template = _template(
        {"Type": "AWS::KMS::Key"},
        {"Type": "AWS::KMS::Key"},
        {"Type": "AWS::SecretsManager::Secret"},
        {"Type": "AWS::IAM::Role"},
        {"Type": "AWS::S3::Bucket"},
        _alarm(0),
        _alarm(3),
    )
    cost = idle(template)
    assert cost.usd == pytest.approx(1.00 + 1.00 + 0.40 + 0.10 + 0.30)
    assert cost.unknown == ()


def test_a_type_without_a_price_is_never_free() -> None:
    cost = idle(_template({"Type": "AWS::RDS::DBInstance"}))
    assert cost.unknown == ("AWS::RDS::DBInstance",)


def test_every_type_of_a_delivery_has_a_price(assembly: Assembly) -> None:
    assert overview(read(assembly.out)).idle.unknown == ()


def test_an_unpriced_type_is_said(sample: Assembly, capsys: pytest.CaptureFixture[str]) -> None:
    assembly = read(sample.out)
    resources = assembly.stacks[0].template["Resources"]
    resources["Database"] = {"Type": "AWS::RDS::DBInstance"}
    show(overview(assembly), Console(width=100))
    said = capsys.readouterr().out
    assert "No price known for AWS::RDS::DBInstance" in said
    assert " + ?" in said


@pytest.mark.parametrize("width", [80, 120])
def test_nothing_is_cut_off(
    sample: Assembly, width: int, capsys: pytest.CaptureFixture[str]
) -> None:
    show(overview(read(sample.out)), Console(width=width))
    said = capsys.readouterr().out
    assert "…" not in said
    assert all(name in said for name in sample.templates)
    assert max(map(len, said.splitlines())) <= width


def test_a_pipe_gets_no_colour(sample: Assembly) -> None:
    done = RUNNER.invoke(cli, ["--assembly", str(sample.out)])
    assert done.exit_code == 0
    assert "\x1b" not in done.stdout


def test_json_holds_the_same_facts(sample: Assembly) -> None:
    done = RUNNER.invoke(cli, ["--assembly", str(sample.out), "--json"])
    said = json.loads(done.stdout)
    facts = overview(read(sample.out))
    assert [stack["name"] for stack in said["stacks"]] == [stack.name for stack in facts.stacks]
    assert sum(stack["idle"]["usd"] for stack in said["stacks"]) == pytest.approx(facts.idle.usd)


BROKEN = {
    "nothing there": {},
    "not JSON": {"manifest.json": "{"},
    "not an object": {"manifest.json": "[]"},
    "no artifacts": {"manifest.json": "{}"},
    "no stack": {"manifest.json": '{"artifacts": {}}'},
    "no template": {
        "manifest.json": '{"artifacts": {"s": {"type": "aws:cloudformation:stack", "environment": '
        '"aws://unknown-account/unknown-region", "properties": {"templateFile": "s.json"}}}}'
    },
    "an empty template": {
        "manifest.json": '{"artifacts": {"s": {"type": "aws:cloudformation:stack", "environment": '
        '"aws://unknown-account/unknown-region", "properties": {"templateFile": "s.json"}}}}',
        "s.json": "{}",
    },
}


@pytest.mark.parametrize("files", BROKEN.values(), ids=BROKEN)
def test_a_broken_assembly_is_one_clear_message(files: dict[str, str], tmp_path: Path) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(AssemblyError, match="run make synth"):
        read(tmp_path)
    done = RUNNER.invoke(cli, ["--assembly", str(tmp_path)])
    assert done.exit_code == 2
    assert "Traceback" not in done.output


def test_a_wrong_delivery_file_ends_with_two_before_any_synth(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DELIVERY", "tests/delivery/wrong/empty.toml")
    done = RUNNER.invoke(cli, [])
    assert done.exit_code == 2
    assert "3 problems" in done.output
