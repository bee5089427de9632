"""No build owns the machine that it runs on."""

import pytest

from lockgate.rules.build_privileged import RULE
from tests.constructs.rules.judging import breaches


@pytest.mark.parametrize("project", [{}, {"Environment": {"PrivilegedMode": False}}])
def test_a_build_without_privileges_passes(project: dict[str, object]) -> None:
    assert breaches(RULE, project) == []


@pytest.mark.parametrize("mode", [True, "true", {"Ref": "Parameter"}])
def test_a_privileged_build_is_found(mode: object) -> None:
    found = breaches(RULE, {"Environment": {"PrivilegedMode": mode}})
    assert found == ["Environment.PrivilegedMode"]
