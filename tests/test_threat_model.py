"""The threat model names a guard that there is and a test that shows it, or it is only words."""

import ast
import re
from pathlib import Path

import pytest

from lockgate.rules.pack import RULES

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
RISKS = [f"CICD-SEC-{number}" for number in range(1, 11)]
# The last column of the two tables of threats.
ROWS = [
    line.strip("|").split("|")
    for line in PAGE.partition("## OWASP's ten")[2].splitlines()
    if line.startswith("| ") and "shown by" not in line
]
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
RULE = re.compile(r"\bLG-\w+")


def names_in(file: str) -> set[str]:
    """The names of a file's tests, none where there is no such file."""
    path = ROOT / file
    if not path.exists():
        return set()
    return {
        node.name
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
    }


@pytest.mark.parametrize("risk", RISKS)
def test_each_of_the_ten_risks_is_dealt_with(risk: str) -> None:
    assert [row for row in ROWS if row[0].split()[0] == risk]


@pytest.mark.parametrize("row", ROWS, ids=[row[0].strip() for row in ROWS])
def test_each_guard_is_shown_by_a_test(row: list[str]) -> None:
    assert TEST.search(row[-1]), "no test is named"


@pytest.mark.parametrize(("file", "name"), sorted(set(TEST.findall(PAGE))))
def test_each_test_that_is_named_is_there(file: str, name: str) -> None:
    assert name in names_in(file)


def test_each_rule_that_is_named_is_one_of_ours() -> None:
    assert set(RULE.findall(PAGE)) <= {rule.id for rule in RULES}


def test_a_test_that_is_not_there_is_found() -> None:
    assert "test_nobody_wrote_this" not in names_in("tests/test_threat_model.py")
    assert not names_in("tests/no_such_file.py")
