"""Whatever installs, installs known bytes from the one index."""

from pathlib import Path

import pytest

from stacks.app import ROOT
from supply.audit import COMMANDS
from supply.installs import problems

FILES = [file for pattern in COMMANDS for file in sorted(ROOT.glob(pattern))]


@pytest.mark.parametrize(
    "command",
    [
        "pip install --require-hashes --requirement lock.txt",
        "python3 -m pip --python x install \\\n  --quiet --require-hashes -r lock.txt",
        "uv pip sync --require-hashes lock.txt",
        "uv pip install --no-deps --no-build-isolation --editable .",
        "npm ci --ignore-scripts",
        "npm install --package-lock-only",
        "uv pip compile --no-emit-index-url requirements.in",
        "# pip install anything",
        "make setup && make test",
    ],
)
def test_what_is_locked_may_be_installed(command: str) -> None:
    assert problems(command, "file") == []


@pytest.mark.parametrize(
    "command",
    [
        "pip install requests",
        "python -m pip install -r requirements.txt",
        "uv pip sync lock.txt",
        "pip download one",
        "true && pip install one",
        "npm install",
        "npm i left-pad",
        "uv pip install --no-deps --editable ../other",
    ],
)
def test_what_is_not_locked_is_found(command: str) -> None:
    [found] = problems(command, "file")
    assert found.startswith("file: ")


@pytest.mark.parametrize(
    "command",
    [
        "pip install --require-hashes --extra-index-url https://example.com -r lock.txt",
        "pip install --require-hashes --index-url https://example.com -r lock.txt",
        "pip install --require-hashes -i https://example.com -r lock.txt",
        "uv pip sync --require-hashes --find-links wheels lock.txt",
        "export PIP_EXTRA_INDEX_URL=https://example.com",
        "UV_INDEX=https://example.com make setup",
    ],
)
def test_another_index_is_found(command: str) -> None:
    assert problems(command, "file") == [f"file: it names another index: {command}"[:131]]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_our_builds_install_what_is_locked_from_the_one_index(file: Path) -> None:
    assert problems(file.read_text(), file.name) == []


def test_every_buildspec_is_looked_at() -> None:
    looked_at = {file.relative_to(ROOT).as_posix() for file in FILES}
    buildspecs = {
        file.relative_to(ROOT).as_posix()
        for folder in ("constructs", "services")
        for file in (ROOT / folder).rglob("*.yml")
    }
    assert buildspecs <= looked_at
    assert "Makefile" in looked_at
