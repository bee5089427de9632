"""A key outlives its stack, and is new each year."""

import pytest

from lockgate.rules.key_kept import RULE
from tests.constructs.rules.judging import MISSING, breaches, changed

RIGHT = {"EnableKeyRotation": True, "PendingWindowInDays": 30}
RETAIN = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}


def test_a_key_that_is_kept_and_rotates_passes() -> None:
    assert breaches(RULE, RIGHT, beyond=RETAIN) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EnableKeyRotation", False),
        ("EnableKeyRotation", MISSING),
        ("PendingWindowInDays", 7),
        ("PendingWindowInDays", MISSING),
    ],
)
def test_a_key_that_goes_soon_or_never_changes_is_found(name: str, value: object) -> None:
    assert breaches(RULE, changed(RIGHT, name, value), beyond=RETAIN) == [name]


@pytest.mark.parametrize(("spec", "found"), [("ECC_NIST_P256", 0), ("SYMMETRIC_DEFAULT", 1)])
def test_a_key_that_kms_does_not_rotate_need_not(spec: str, found: int) -> None:
    key = changed(changed(RIGHT, "EnableKeyRotation", MISSING), "KeySpec", spec)
    assert breaches(RULE, key, beyond=RETAIN) == ["EnableKeyRotation"] * found


@pytest.mark.parametrize("policy", RETAIN)
@pytest.mark.parametrize("value", ["Delete", None])
def test_a_key_that_goes_with_its_stack_is_found(policy: str, value: str | None) -> None:
    assert breaches(RULE, RIGHT, beyond=RETAIN | {policy: value}) == [f"/{policy}"]
