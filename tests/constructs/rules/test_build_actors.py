"""A webhook builds for exactly the people that it names."""

import pytest

from lockgate.rules.build_actors import ACTOR, RULE
from tests.constructs.rules.judging import breaches


def project(pattern: object) -> dict[str, object]:
    event = {"Type": "EVENT", "Pattern": "PULL_REQUEST_CREATED"}
    return {"Triggers": {"FilterGroups": [[event], [event, {"Type": ACTOR, "Pattern": pattern}]]}}


@pytest.mark.parametrize("pattern", ["^1234567$", "^1234567$|^7654321$", "^{a1b2-c3}$"])
def test_whole_ids_pass(pattern: str) -> None:
    assert breaches(RULE, project(pattern)) == []
    assert breaches(RULE, {}) == []


@pytest.mark.parametrize(
    "pattern",
    ["1234567", "^1234567", "1234567$", "^1234567$|7654321", "^.*$", "^1234567$|", {"Ref": "Ids"}],
)
def test_a_part_of_an_id_is_found(pattern: object) -> None:
    assert breaches(RULE, project(pattern)) == ["Triggers.FilterGroups.1.1.Pattern"]
