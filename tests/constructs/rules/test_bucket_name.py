"""Nobody can take a bucket's name before we do."""

import pytest

from lockgate.rules.bucket_name import RULE
from tests.constructs.rules.judging import breaches

NAME = {"Fn::Join": ["-", ["shop", {"Ref": "AWS::AccountId"}, {"Ref": "AWS::Region"}, "an"]]}


@pytest.mark.parametrize(
    "bucket",
    [
        {},
        {"BucketNamePrefix": "shop", "BucketNamespace": "account-regional"},
        {"BucketName": NAME, "BucketNamespace": "account-regional"},
    ],
)
def test_a_name_that_nobody_else_can_have_passes(bucket: dict[str, object]) -> None:
    assert breaches(RULE, bucket) == []


@pytest.mark.parametrize(
    "bucket",
    [
        {"BucketName": "shop-artifacts"},
        {"BucketName": {"Fn::Sub": "shop-${AWS::AccountId}"}},
        {"BucketName": NAME},
        {"BucketName": "shop", "BucketNamespace": "account-regional"},
    ],
)
def test_a_name_that_others_could_take_is_found(bucket: dict[str, object]) -> None:
    assert breaches(RULE, bucket) == ["BucketName"]
