"""app.py, as plain Python and the CDK CLI run it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import app
from stacks.app import ROOT
from tests.assembly import DELIVERIES

WRONG = sorted((ROOT / "tests" / "delivery" / "wrong").glob("*.toml"))


@pytest.mark.parametrize("file", WRONG, ids=lambda file: file.stem)
def test_a_wrong_delivery_file_ends_with_two_and_says_why(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DELIVERY", str(file))
    assert app.main() == 2
    said = capsys.readouterr().err
    assert f"{file.relative_to(ROOT).as_posix()}: " in said
    assert "to do: " in said
    assert "Traceback" not in said


def test_there_are_wrong_files() -> None:
    assert len(WRONG) >= 12


def _run(*command: str, tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | {"CDK_OUTDIR": str(tmp_path / "cdk.out")} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def _stacks(tmp_path: Path) -> set[str]:
    manifest = json.loads((tmp_path / "cdk.out" / "manifest.json").read_text())
    kind = "aws:cloudformation:stack"
    return {name for name, entry in manifest["artifacts"].items() if entry["type"] == kind}


def test_the_context_of_the_cli_chooses_the_delivery_file(tmp_path: Path) -> None:
    chosen = {"delivery": str(DELIVERIES / "full.toml")}
    done = _run(sys.executable, "app.py", tmp_path=tmp_path, CDK_CONTEXT_JSON=json.dumps(chosen))
    assert done.returncode == 0, done.stderr
    assert "acme-orders-gamma" in _stacks(tmp_path)


def test_a_handler_that_is_not_there_is_one_clear_message(tmp_path: Path) -> None:
    file = ROOT / "build" / "test-handler.toml"
    file.parent.mkdir(exist_ok=True)
    sample = (DELIVERIES / "sample.toml").read_text()
    file.write_text(sample.replace('name = "orders"', 'name = "orders"\nhandler = "orders.no.x"'))
    try:
        done = _run(sys.executable, "app.py", tmp_path=tmp_path, DELIVERY=str(file))
    finally:
        file.unlink()
    assert done.returncode == 2
    assert "orders.no.x" in done.stderr
    assert "Traceback" not in done.stderr
