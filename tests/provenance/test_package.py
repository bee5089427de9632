"""The functions as a Lambda package: whole without the rest of the project."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.gate.test_package import AWS, PROGRAM, imported
from tests.provenance.conftest import FILES, MODULES


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lay the modules at one root, as they are deployed."""
    root = tmp_path_factory.mktemp("package")
    for path in FILES:
        (root / path.name).write_bytes(path.read_bytes())
    return root


@pytest.mark.parametrize("entry", ["attest", "check_provenance", "sign"])
def test_an_entry_point_loads_without_environment_or_project(
    entry: str, package: Path, tmp_path: Path
) -> None:
    loaded = subprocess.run(
        [sys.executable, "-I", "-c", PROGRAM.format(entry), str(package)],
        cwd=tmp_path,
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


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_module_imports_nothing_that_the_package_and_lambda_do_not_bring(path: Path) -> None:
    assert imported(path) <= sys.stdlib_module_names | set(MODULES) | AWS


@pytest.mark.parametrize(
    "core", ["built", "envelope", "expected", "signable", "signature", "statement", "subjects"]
)
def test_what_decides_asks_nobody(core: str) -> None:
    """Each by what it imports, and by what that imports."""
    files = {path.stem: path for path in FILES}
    known, left = set[str](), {core}
    while left:
        known |= left
        left = ({name for each in left for name in imported(files[each])} & set(files)) - known
    everything = {name for each in known for name in imported(files[each])}
    assert everything <= sys.stdlib_module_names | known
