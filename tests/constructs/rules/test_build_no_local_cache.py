"""No build finds what an earlier one left on its host."""

import pytest

from lockgate.rules.build_no_local_cache import RULE
from tests.constructs.rules.judging import breaches


@pytest.mark.parametrize(
    "project", [{}, {"Cache": {"Type": "NO_CACHE"}}, {"Cache": {"Type": "S3"}}]
)
def test_a_build_that_begins_anew_passes(project: dict[str, object]) -> None:
    assert breaches(RULE, project) == []


@pytest.mark.parametrize("mode", ["LOCAL_SOURCE_CACHE", "LOCAL_CUSTOM_CACHE"])
def test_a_cache_on_the_host_is_found_and_warned_of(mode: str) -> None:
    assert breaches(RULE, {"Cache": {"Type": "LOCAL", "Modes": [mode]}}) == ["Cache.Type"]
    assert RULE.level == "warning"
