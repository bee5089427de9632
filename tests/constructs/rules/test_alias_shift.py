"""An alias moves by a deployment with both hooks, never by itself."""

from typing import Any

import pytest

from lockgate.rules.alias_shift import REQUIRED, RULE, UPDATE
from tests.constructs.rules.judging import breaches

RIGHT: dict[str, Any] = {name: {"Ref": name} for name in REQUIRED}


def test_an_alias_that_codedeploy_moves_between_two_hooks_passes() -> None:
    assert breaches(RULE, {"Name": "live"}, beyond={"UpdatePolicy": {UPDATE: RIGHT}}) == []


@pytest.mark.parametrize("name", REQUIRED)
def test_what_is_missing_is_found(name: str) -> None:
    policy = {UPDATE: {key: value for key, value in RIGHT.items() if key != name}}
    assert breaches(RULE, {}, beyond={"UpdatePolicy": policy}) == [f"/UpdatePolicy.{UPDATE}.{name}"]


@pytest.mark.parametrize("attributes", [{}, {"UpdatePolicy": {}}, {"UpdatePolicy": {UPDATE: None}}])
def test_an_alias_that_cloudformation_moves_is_found(attributes: dict[str, object]) -> None:
    assert len(breaches(RULE, {}, beyond=attributes)) == len(REQUIRED)
