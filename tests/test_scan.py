"""A secret in what is or would be committed ends `make scan`, and with it each release."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# In two parts, or this file would be one that has a secret.
KEY = "AKIA" + "QYLPMN5HHHFPZAM2"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name in ("Makefile", ".secrets.baseline", ".gitignore"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "bin").symlink_to(ROOT / ".venv" / "bin")
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    return tmp_path


def scan(folder: Path) -> "subprocess.CompletedProcess[str]":
    # What setup makes is taken for made.
    command = ["make", "--silent", "scan", "--old-file=.venv/ready"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_what_holds_no_secret_passes(checkout: Path) -> None:
    (checkout / "fine.py").write_text('region = "eu-central-1"\n')

    done = scan(checkout)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    "line",
    [f'key = "{KEY}"', "-----BEGIN RSA " + "PRIVATE KEY-----", 'password = "' + 'correct-horse-9"'],
)
def test_a_secret_is_found_and_its_place_is_told(checkout: Path, line: str) -> None:
    (checkout / "settings.py").write_text(f"# settings\n{line}\n")

    done = scan(checkout)

    assert done.returncode != 0
    assert "settings.py:2" in done.stdout


def test_without_a_repository_nothing_passes(checkout: Path) -> None:
    shutil.rmtree(checkout / ".git")

    assert scan(checkout).returncode != 0
