"""`python -m rehearsal`: what it prints, and with which exit code it ends."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from rehearsal import synth
from rehearsal.__main__ import cli
from rehearsal.assembly import AssemblyError, read
from rehearsal.overview import overview
from rehearsal.synth import SynthError, failure, synthesize
from tests.assembly import Assembly

ROOT = Path(__file__).parents[2]
RUNNER = CliRunner()

ENTRY = (
    '{"artifacts": {"s": {"type": "aws:cloudformation:stack", "environment": '
    '"aws://unknown-account/unknown-region", "properties": {"templateFile": "s.json"}}}}'
)
BROKEN = {
    "nothing there": ({}, "manifest.json is missing"),
    "not JSON": ({"manifest.json": "{"}, "manifest.json is not JSON"),
    "not UTF-8": ({"manifest.json": "\udcff"}, "manifest.json is not JSON"),
    "not an object": ({"manifest.json": "[]"}, "manifest.json is not a JSON object"),
    "no artifacts": ({"manifest.json": "{}"}, "manifest.json is not what a synth writes"),
    "no environment": (
        {"manifest.json": '{"artifacts": {"s": {"type": "aws:cloudformation:stack"}}}'},
        "manifest.json is not what a synth writes",
    ),
    "no stack": ({"manifest.json": '{"artifacts": {}}'}, "manifest.json names no stack"),
    "no template": ({"manifest.json": ENTRY}, "s.json is missing"),
    "an empty template": (
        {"manifest.json": ENTRY, "s.json": "{}"},
        "s.json is not what a synth writes",
    ),
    "a resource without a type": (
        {"manifest.json": ENTRY, "s.json": '{"Resources": {"R": {}}}'},
        "s.json is not what a synth writes",
    ),
    "no report": (
        {"manifest.json": ENTRY, "s.json": '{"Resources": {}}'},
        "validation-report.json is missing",
    ),
}


def _python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        check=False,
    )


@pytest.mark.parametrize(("files", "what"), BROKEN.values(), ids=BROKEN)
def test_a_broken_assembly_is_one_clear_message(
    files: dict[str, str], what: str, tmp_path: Path
) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(AssemblyError):
        read(tmp_path)
    done = RUNNER.invoke(cli, ["overview", "--assembly", str(tmp_path)], catch_exceptions=False)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith(f"{tmp_path}{os.sep}{what}")
    assert "to do: make synth" in done.stderr


def test_a_template_that_is_a_folder_is_one_clear_message(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").mkdir()
    done = RUNNER.invoke(cli, ["overview", "--assembly", str(tmp_path)], catch_exceptions=False)
    assert done.exit_code == 2
    assert "manifest.json cannot be read" in done.stderr


def test_json_holds_the_facts_of_the_tables(sample: Assembly) -> None:
    done = RUNNER.invoke(cli, ["overview", "--assembly", str(sample.out), "--json"])
    shown = RUNNER.invoke(cli, ["overview", "--assembly", str(sample.out)]).stdout
    said = json.loads(done.stdout)
    facts = overview(read(sample.out))
    assert [stack["name"] for stack in said["stacks"]] == [stack.name for stack in facts.stacks]
    assert said["idle"]["usd"] == facts.idle.usd
    rows = [line.split() for line in shown.splitlines()]
    for stack in said["stacks"]:
        numbers = f"{stack['resources']} {stack['roles']} {stack['idle']['usd']:.2f}"
        assert [stack["name"], *numbers.split()] in rows
    for pack in said["packs"]:
        counts = str(len(pack["findings"])), str(pack["acknowledged"])
        assert [*pack["name"].split(), *counts] in rows
    assert ["in", "sum", f"{said['idle']['usd']:.2f}"] in rows
    [pipeline] = said["pipelines"]
    assert pipeline["stages"][1] == {"name": "Build", "steps": [["Verify", "Package", "Audit"]]}


def test_a_finding_in_an_assembly_ends_with_one(tmp_path: Path) -> None:
    violation = {"ruleName": "A-Rule", "violatingConstructs": [{"constructPath": "s/Bucket"}]}
    packs = [{"pluginName": "A pack", "violations": [violation]}]
    (tmp_path / "manifest.json").write_text(ENTRY)
    (tmp_path / "s.json").write_text('{"Resources": {}}')
    (tmp_path / "validation-report.json").write_text(json.dumps({"pluginReports": packs}))
    done = RUNNER.invoke(cli, ["overview", "--assembly", str(tmp_path)], catch_exceptions=False)
    assert done.exit_code == 1
    assert "A-Rule  s/Bucket" in done.stdout


def test_a_pipe_gets_plain_text_in_any_encoding(sample: Assembly) -> None:
    arguments = ("-m", "rehearsal", "overview", "--assembly", str(sample.out))
    for encoding in ("utf-8", "ascii"):
        done = _python(*arguments, PYTHONIOENCODING=encoding)
        assert (done.returncode, done.stderr) == (0, b"")
        assert b"\x1b" not in done.stdout
        assert b"lockgate-orders-prod" in done.stdout


def test_the_rehearsal_imports_nothing_that_makes_an_assembly() -> None:
    files = (ROOT / "rehearsal").glob("*.py")
    names = [f"rehearsal.{file.stem}" for file in files if not file.stem.startswith("__init")]
    code = f"import {', '.join(names)}, sys; print(*sys.modules)"
    done = _python("-c", code)
    assert done.returncode == 0, done.stderr
    loaded = {name.split(".")[0] for name in done.stdout.decode().split()}
    assert "rehearsal" in loaded
    assert loaded.isdisjoint({"aws_cdk", "cdk_nag", "lockgate", "stacks"})


@pytest.mark.parametrize(
    ("returncode", "stderr", "code", "message"),
    [
        (1, "x: 1 problem\npython app.py: Subprocess exited with error 2\n", 2, "x: 1 problem"),
        (1, "ERROR a finding\nSynthesis finished with errors", 1, None),
        (1, "gone\npython app.py: Subprocess exited with error 1", 1, "gone"),
        (9, "killed", 9, "killed"),
    ],
)
def test_the_exit_code_of_the_app_survives_the_cli(
    returncode: int, stderr: str, code: int, message: str | None
) -> None:
    error = failure(returncode, "", stderr)
    assert (error.code, str(error)) == (code, message or stderr)


def test_the_cli_of_today_still_says_the_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DELIVERY", "tests/delivery/wrong/empty.toml")
    done = RUNNER.invoke(cli, ["overview"], catch_exceptions=False)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "tests/delivery/wrong/empty.toml: 3 problems" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Subprocess" not in done.stderr


def test_a_missing_toolchain_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    console = Console(quiet=True)
    monkeypatch.setattr(synth, "CDK", ROOT / "node_modules" / "no-such-cli")
    with pytest.raises(SynthError, match=r"no-such-cli is missing\n  to do: make setup") as caught:
        synthesize(console)
    assert caught.value.code == 2
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SynthError, match="node is missing"):
        synthesize(console)
