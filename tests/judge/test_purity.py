"""The judge is a pure function: nothing but the standard library, no clock, no I/O."""

import ast
import io
import sys
import zipfile
from types import ModuleType

from tests.judge.canaries import minutes
from tests.judge.conftest import FOLDER, MODULES

IMPURE = {"boto3", "datetime", "io", "logging", "os", "pathlib", "random", "socket", "sys", "time"}


def _imports() -> set[str]:
    found = set()
    for path in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            if isinstance(node, ast.ImportFrom):
                assert node.module is not None
                found.add(node.module.split(".")[0])
    return found


def test_it_imports_nothing_but_itself_and_the_standard_library() -> None:
    others = _imports() - set(MODULES) - {"mutmut"}
    assert others <= sys.stdlib_module_names
    assert not others & IMPURE


def test_it_opens_and_prints_nothing() -> None:
    names = {
        node.id
        for path in FOLDER.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Name)
    }
    assert not names & {"open", "print", "input", "eval", "exec", "globals", "__import__"}


def test_it_is_small() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in MODULES:
            path = FOLDER / f"{name}.py"
            archive.write(path, path.name)
    assert len(packed.getvalue()) < 30_000


def test_the_same_counts_give_the_same_judgement(judge: ModuleType) -> None:
    table = [(60, 1, 540, 4), (50, 2, 500, 3)]
    assert judge.judge(minutes(judge, table)) == judge.judge(minutes(judge, table))
