"""The folder as a Lambda package: small, and whole without the rest of the project."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.lambda_hooks.conftest import HOOKS

MAX_ZIP_BYTES = 60_000


def test_the_package_is_small(tmp_path: Path) -> None:
    archive = tmp_path / "hooks.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as package:
        for path in HOOKS.glob("*.py"):
            package.write(path, path.name)

    assert archive.stat().st_size < MAX_ZIP_BYTES


@pytest.mark.parametrize("entry", ["pre_traffic", "post_traffic"])
def test_an_entry_point_loads_without_environment_or_project(entry: str, tmp_path: Path) -> None:
    program = f"import sys; sys.path.insert(0, sys.argv[1]); import {entry}; print({entry}.handle)"

    loaded = subprocess.run(
        [sys.executable, "-I", "-c", program, str(HOOKS)],
        cwd=tmp_path,
        env={},
        capture_output=True,
        text=True,
        check=False,
    )

    assert loaded.stderr == ""
    assert "function handle" in loaded.stdout
