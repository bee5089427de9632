"""What cannot be made again outlives its stack."""

import pytest

from lockgate.rules.data_kept import POLICIES, RULE
from tests.constructs.rules.judging import breaches

RETAIN = dict.fromkeys(POLICIES, "Retain")


@pytest.mark.parametrize("kind", RULE.resource_types)
def test_what_is_retained_passes(kind: str) -> None:
    assert breaches(RULE, {}, of=kind, beyond=RETAIN) == []


@pytest.mark.parametrize("kind", RULE.resource_types)
@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("value", ["Delete", "Snapshot", None])
def test_what_would_be_lost_is_found(kind: str, policy: str, value: str | None) -> None:
    assert breaches(RULE, {}, of=kind, beyond=RETAIN | {policy: value}) == [f"/{policy}"]
