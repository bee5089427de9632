"""The rotation function as a Lambda package: whole without the rest of the project."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.gate.test_package import AWS, PROGRAM, imported
from tests.rotation.conftest import FILES, FOLDER, MODULES


def test_the_entry_point_loads_without_environment_or_project(tmp_path: Path) -> None:
    package, elsewhere = tmp_path / "package", tmp_path / "elsewhere"
    package.mkdir()
    elsewhere.mkdir()
    for path in FILES:
        (package / path.name).write_bytes(path.read_bytes())
    loaded = subprocess.run(
        [sys.executable, "-I", "-c", PROGRAM.format("rotate"), str(package)],
        cwd=elsewhere,
        env={},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (loaded.stderr, loaded.stdout) == ("", "True\n")


def test_no_two_modules_have_one_name() -> None:
    """At one root the second would be written over the first."""
    assert len(MODULES) == len(set(MODULES))
    assert not set(MODULES) & (sys.stdlib_module_names | AWS)


@pytest.mark.parametrize("core", ["asked", "standing", "value"])
def test_what_decides_asks_nobody(core: str) -> None:
    assert imported(FOLDER / f"{core}.py") <= sys.stdlib_module_names
