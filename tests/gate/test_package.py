"""The gate as a Lambda package: small, and whole without the rest of the project."""

import ast
import json
import subprocess
import sys
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from tests.gate.conftest import FOLDERS, MODULES
from tests.gate.fake_aws import CONTRACT

ENTRIES = ("pre_traffic", "watch", "post_traffic")
MAX_ZIP_BYTES = 60_000
AWS = {"boto3", "botocore"}
# What Lambda starts and sets beside the modules is nothing that they need.
PROGRAM = "import sys; sys.path.insert(0, sys.argv[1]); import {0}; print(callable({0}.handle))"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lay the folders' modules and a contract at one root, as they are deployed."""
    root = tmp_path_factory.mktemp("package")
    for path in sources():
        (root / path.name).write_bytes(path.read_bytes())
    (root / "contract.json").write_text(json.dumps(CONTRACT), encoding="utf-8")
    return root


def sources() -> list[Path]:
    return [path for folder in FOLDERS for path in sorted(folder.glob("*.py"))]


def imported(path: Path) -> set[str]:
    """Name what a module imports, wherever in it that stands."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Import():
                found |= {alias.name.partition(".")[0] for alias in node.names}
            case ast.ImportFrom(module=str(module), level=0):
                found.add(module.partition(".")[0])
            case ast.ImportFrom():
                raise AssertionError(f"{path.name} imports from a package, and there is none")
    return found


def test_the_package_is_small(package: Path, tmp_path: Path) -> None:
    archive = tmp_path / "package.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in package.iterdir():
            packed.write(path, path.name)

    assert archive.stat().st_size < MAX_ZIP_BYTES


@pytest.mark.parametrize("entry", ENTRIES)
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

    assert loaded.stderr == ""
    assert loaded.stdout == "True\n"


def test_no_two_folders_have_a_module_of_the_same_name() -> None:
    """At one root the second would be written over the first."""
    names = Counter(path.name for path in sources())

    assert [name for name, count in names.items() if count > 1] == []


def test_no_module_hides_one_that_is_imported_from_elsewhere() -> None:
    assert not set(MODULES) & (sys.stdlib_module_names | AWS)


@pytest.mark.parametrize("path", sources(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_module_imports_nothing_that_lambda_does_not_bring(path: Path) -> None:
    allowed = sys.stdlib_module_names | set(MODULES)
    # The judge is told what it judges, and asks nobody.
    brought = set() if path.parent.name == "judge" else AWS

    assert imported(path) <= allowed | brought


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_folder_imports_only_what_lies_beneath_it(folder: Path) -> None:
    """The judge stands alone, what reads and records on it, and hooks and watch on both."""
    beneath = {"judge": 1, "canary": 2}.get(folder.name)
    lower = FOLDERS[:beneath] if beneath else [*FOLDERS[:2], folder]
    known = {path.stem for each in lower for path in each.glob("*.py")}

    for path in folder.glob("*.py"):
        assert imported(path) & set(MODULES) <= known, path.name
