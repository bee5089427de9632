"""Who imports whom: the delivery file knows no AWS, and no construct knows the delivery file."""

import ast
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from stacks.app import ROOT

LAMBDA = ROOT / "lambda"
# What Lambda's Python has beside the standard library.
RUNTIME = {"boto3", "botocore"}
FRAMEWORK = {"aws_cdk", "lockgate", "stacks"}


@dataclass(frozen=True)
class Contract:
    """A folder of Python files and what none of them imports."""

    folder: str
    never: frozenset[str]


TOOLS = {"operations", "rehearsal", "app"}

CONTRACTS = (
    Contract("delivery", frozenset(FRAMEWORK | TOOLS | {"cdk_nag", "constructs"})),
    Contract("constructs/lockgate", frozenset(TOOLS | {"stacks", "delivery"})),
    Contract("stacks", frozenset(TOOLS)),
    Contract("rehearsal", frozenset(FRAMEWORK | {"operations"})),
    Contract("operations", frozenset(FRAMEWORK | {"app"})),
    Contract("supply", frozenset(TOOLS | {"aws_cdk", "stacks"})),
    Contract("services", frozenset(FRAMEWORK | TOOLS | {"delivery"})),
)


def imported(source: str, package: str = "") -> Iterator[str]:
    """The full name of each module that a source imports, wherever in it the import stands.

    Args:
        source: Python.
        package: what a relative import is relative to.
    """
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import():
                yield from (alias.name for alias in node.names)
            case ast.ImportFrom(level=0, module=str() as module):
                yield module
            case ast.ImportFrom(level=level, module=module):
                parents = package.split(".")[: len(package.split(".")) - level + 1]
                yield ".".join([*parents, *([module] if module else [])])
            case ast.Call(
                func=ast.Name(id="__import__") | ast.Attribute(attr="import_module"),
                args=[ast.Constant(value=str() as module), *_],
            ):
                yield module


def roots(folder: Path, package: str = "") -> Iterator[tuple[Path, str]]:
    """Each top-level module that a file below a folder imports."""
    for file in sorted(folder.rglob("*.py")):
        for module in imported(file.read_text(), package):
            yield file, module.partition(".")[0]


def broken(folder: Path, never: frozenset[str]) -> list[str]:
    return [f"{file.name} imports {root}" for file, root in roots(folder) if root in never]


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.folder)
def test_no_file_imports_what_its_folder_must_not_know(contract: Contract) -> None:
    folder = ROOT / contract.folder
    assert len(list(roots(folder))) > 3
    assert broken(folder, contract.never) == []


def test_operations_read_the_assembly_with_the_rehearsals_reader_and_take_no_more_of_it() -> None:
    taken = {
        module
        for file in (ROOT / "operations").rglob("*.py")
        for module in imported(file.read_text())
        if module.partition(".")[0] == "rehearsal"
    }
    assert taken == {"rehearsal.assembly"}


def libraries() -> set[str]:
    """The folders of lambda/ without a handler: libraries, which a function may pack too."""
    return {
        folder.name
        for folder in LAMBDA.iterdir()
        if folder.is_dir() and not any(_handles(file) for file in folder.glob("*.py"))
    }


def _handles(file: Path) -> bool:
    names = {n.name for n in ast.parse(file.read_text()).body if isinstance(n, ast.FunctionDef)}
    return bool(names & {"handle", "handler"})


def modules(folder: Path) -> set[str]:
    """What a folder lets import from itself, being the root of a package on Lambda."""
    files = {file.stem for file in folder.glob("*.py")}
    return files | {file.parent.name for file in folder.glob("*/__init__.py")}


def strangers(folder: Path, shared: Mapping[str, set[str]]) -> list[str]:
    """Imports of a Lambda folder that its package and Lambda's Python do not have.

    Args:
        folder: the code of a function, or of a library.
        shared: the modules of each library.
    """
    known = {*sys.stdlib_module_names, *RUNTIME, *modules(folder), *shared}.union(*shared.values())
    return [f"{file.name} imports {root}" for file, root in roots(folder) if root not in known]


@pytest.mark.parametrize(
    "folder",
    [folder for folder in sorted(LAMBDA.iterdir()) if folder.is_dir()],
    ids=lambda folder: folder.name,
)
def test_a_lambda_folder_needs_only_itself_and_what_lambda_has(folder: Path) -> None:
    shared = {name: modules(LAMBDA / name) for name in libraries()}
    assert len(list(roots(folder))) > 3
    assert strangers(folder, shared) == []


def test_the_hooks_are_no_library() -> None:
    assert (LAMBDA / "hooks").is_dir()
    assert "hooks" not in libraries()


def test_constructs_is_a_folder_and_never_a_package() -> None:
    """With an __init__.py it would hide the library that aws_cdk imports under that name."""
    assert (ROOT / "constructs" / "lockgate" / "__init__.py").is_file()
    assert not (ROOT / "constructs" / "__init__.py").exists()


@pytest.mark.parametrize(
    "source",
    [
        "import aws_cdk",
        "import os, aws_cdk.aws_s3 as s3",
        "from aws_cdk import aws_s3",
        "from aws_cdk.aws_s3 import Bucket",
        "def late():\n    import aws_cdk",
        "if True:\n    from aws_cdk import Stack",
        "import importlib\nimportlib.import_module('aws_cdk')",
        "__import__('aws_cdk')",
    ],
)
def test_a_broken_contract_is_found(tmp_path: Path, source: str) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "file.py").write_text(source)
    assert broken(tmp_path, frozenset({"aws_cdk"})) == ["file.py imports aws_cdk"]
    assert broken(tmp_path, frozenset({"boto3"})) == []


def test_a_name_in_a_text_is_no_import(tmp_path: Path) -> None:
    (tmp_path / "file.py").write_text('"""import aws_cdk"""\nimport aws_cdk_like')
    assert broken(tmp_path, frozenset({"aws_cdk"})) == []


def test_a_stranger_on_lambda_is_found(tmp_path: Path) -> None:
    for name in ("own", "handler"):
        (tmp_path / f"{name}.py").write_text("import json, boto3, botocore.config, own, counts")
    assert strangers(tmp_path, {"judge": {"counts"}}) == []
    assert strangers(tmp_path, {}) == ["handler.py imports counts", "own.py imports counts"]
    (tmp_path / "own.py").write_text("import requests")
    assert "own.py imports requests" in strangers(tmp_path, {})


def test_a_relative_import_stays_in_its_package() -> None:
    assert list(imported("from . import a\nfrom .b import c", "one.two")) == [
        "one.two",
        "one.two.b",
    ]
    assert list(imported("from .. import a\nfrom ..b import c", "one.two")) == ["one", "one.b"]
