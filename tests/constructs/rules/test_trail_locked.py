"""What the trail delivered can be deleted by nobody."""

from typing import Any

import pytest

from lockgate.rules.trail_locked import RULE
from tests.constructs.rules.judging import MISSING, breaches, changed

TRAIL = {"S3BucketName": {"Ref": "Bucket"}}
RETENTION = "ObjectLockConfiguration.Rule.DefaultRetention"
LOCKED: dict[str, Any] = {
    "ObjectLockEnabled": True,
    "ObjectLockConfiguration": {"Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 365}}},
}


def found(bucket: dict[str, Any]) -> list[str]:
    beside = {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": bucket}}
    return breaches(RULE, TRAIL, beside=beside)


def test_a_bucket_that_is_locked_for_a_year_passes() -> None:
    assert found(LOCKED) == []
    assert found(changed(LOCKED, RETENTION, {"Mode": "COMPLIANCE", "Years": 1})) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("ObjectLockEnabled", MISSING),
        ("ObjectLockEnabled", False),
        ("ObjectLockConfiguration", MISSING),
        (f"{RETENTION}.Days", 30),
        (f"{RETENTION}.Mode", MISSING),
    ],
)
def test_one_that_is_not_is_found(path: str, value: object) -> None:
    [where] = found(changed(LOCKED, path, value))
    assert where.startswith("S3BucketName")


def test_a_bucket_of_another_template_is_judged_there() -> None:
    assert breaches(RULE, TRAIL) == []
