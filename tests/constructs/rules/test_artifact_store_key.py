"""A pipeline's artifacts are encrypted with a key of the delivery."""

from typing import Any

import pytest

from lockgate.rules.artifact_store_key import RULE
from tests.constructs.rules.judging import MISSING, breaches, changed

STORE = {"Type": "S3", "EncryptionKey": {"Type": "KMS", "Id": {"Ref": "Key"}}}
KEY = "ArtifactStore.EncryptionKey"


def test_a_store_with_a_key_passes() -> None:
    assert breaches(RULE, {"ArtifactStore": STORE}) == []


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        (KEY, MISSING, KEY),
        (f"{KEY}.Id", "", KEY),
        (f"{KEY}.Type", "AES", KEY),
        ("ArtifactStore", MISSING, "ArtifactStore"),
    ],
)
def test_a_store_without_one_is_found(path: str, value: object, where: str) -> None:
    assert breaches(RULE, changed({"ArtifactStore": STORE}, path, value)) == [where]


def test_each_store_of_a_pipeline_across_regions_needs_its_key() -> None:
    stores: list[dict[str, Any]] = [
        {"Region": "eu-west-1", "ArtifactStore": STORE},
        {"Region": "eu-central-1", "ArtifactStore": {"Type": "S3"}},
    ]
    assert breaches(RULE, {"ArtifactStores": stores}) == ["ArtifactStores.1.EncryptionKey"]
    stores[1]["ArtifactStore"] = STORE
    assert breaches(RULE, {"ArtifactStores": stores}) == []


def test_stores_that_only_the_deployment_knows_are_found() -> None:
    [where] = breaches(RULE, {"ArtifactStores": {"Fn::If": ["A", [], []]}})
    assert where.startswith("ArtifactStores")
