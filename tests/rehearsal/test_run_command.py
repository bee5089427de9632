"""`python -m rehearsal run`: what it refuses, and how."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from rehearsal.__main__ import cli
from rehearsal.scenario import bundled

RUNNER = CliRunner()


def run(*arguments: str) -> tuple[int, str, str]:
    done = RUNNER.invoke(cli, ["run", *arguments], catch_exceptions=False)
    return done.exit_code, done.stdout, done.stderr


def test_the_list_names_every_scenario_and_plays_none() -> None:
    code, said, _ = run("--list")

    assert code == 0
    for name, scenario in bundled().items():
        assert name in said
        assert scenario.told.title in said


def test_an_unknown_scenario_is_one_clear_message() -> None:
    code, said, wrong = run("goood")

    assert (code, said) == (2, "")
    assert wrong.startswith("goood: no such scenario; allowed: ")
    assert "bad-under-traffic" in wrong


def test_a_folder_without_a_scenario_is_one_clear_message(tmp_path: Path) -> None:
    code, _, wrong = run(str(tmp_path))

    assert code == 2
    assert f"{tmp_path}/scenario.toml: cannot be read" in wrong


def test_an_unknown_service_is_one_clear_message() -> None:
    code, _, wrong = run("good", "--service", "nobody")

    assert (code, wrong) == (2, "--service nobody: allowed: orders\n")


def test_a_wrong_delivery_is_one_clear_message() -> None:
    code, _, wrong = run("good", "--delivery", "tests/delivery/wrong/empty.toml")

    assert code == 2
    assert "tests/delivery/wrong/empty.toml: 3 problems" in wrong


def test_a_keep_folder_that_is_in_use_is_one_clear_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "good").mkdir()
    (tmp_path / "good" / "mine").touch()
    monkeypatch.setenv("COLUMNS", "200")

    code, _, wrong = run("good", "--keep", str(tmp_path))

    assert code == 2
    assert "is not empty: give the world a folder of its own" in wrong
