"""What holds for every template: logs kept, alarms heard, buckets closed, state not lost."""

import json
from collections.abc import Iterator, Mapping
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pytest

from tests.assembly import Assembly

YEAR_DAYS = 365
KEPT = {"Retain", "RetainExceptOnCreate"}
# cfn-lint's list of types that hold state, and those of ours that it leaves out: the source, and
# the versions that a rollback goes back to.
CFN_LINT = "cfnlint/data/AdditionalSpecs/StatefulResources.json"
STATEFUL = {
    # Found without importing it, which takes seconds.
    *json.loads(Path(str(distribution("cfn-lint").locate_file(CFN_LINT))).read_text())[
        "ResourceTypes"
    ],
    "AWS::CodeCommit::Repository",
    "AWS::Lambda::Version",
}

Resources = Mapping[str, Mapping[str, Any]]
PRIVATE = {
    "BlockPublicAcls": True,
    "BlockPublicPolicy": True,
    "IgnorePublicAcls": True,
    "RestrictPublicBuckets": True,
}


def of_type(resources: Resources, resource_type: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for logical_id, resource in resources.items():
        if resource["Type"] == resource_type:
            yield logical_id, resource.get("Properties", {})


def loose_log_groups(resources: Resources) -> Iterator[str]:
    """Log groups that forget within a year, or that have no key."""
    for logical_id, group in of_type(resources, "AWS::Logs::LogGroup"):
        if group.get("RetentionInDays", 0) < YEAR_DAYS or not group.get("KmsKeyId"):
            yield logical_id


def silent_alarms(resources: Resources) -> Iterator[str]:
    """Alarms that nobody hears, or that do not say what missing data means."""
    for logical_id, alarm in of_type(resources, "AWS::CloudWatch::Alarm"):
        heard = alarm.get("AlarmActions") and alarm.get("ActionsEnabled", True)
        if not heard or "TreatMissingData" not in alarm:
            yield logical_id


def open_buckets(resources: Resources) -> Iterator[str]:
    """Buckets that do not block every kind of public access."""
    for logical_id, bucket in of_type(resources, "AWS::S3::Bucket"):
        if bucket.get("PublicAccessBlockConfiguration") != PRIVATE:
            yield logical_id


def lost_state(resources: Resources) -> Iterator[str]:
    """Resources that hold state and go with their stack, or when they are replaced."""
    for logical_id, resource in resources.items():
        policies = {resource.get("DeletionPolicy"), resource.get("UpdateReplacePolicy")}
        if resource["Type"] in STATEFUL and not policies <= KEPT:
            yield logical_id


CHECKS = {
    "AWS::Logs::LogGroup": loose_log_groups,
    "AWS::CloudWatch::Alarm": silent_alarms,
    "AWS::S3::Bucket": open_buckets,
}


def test_every_log_group_is_encrypted_and_kept_for_a_year(assembly: Assembly) -> None:
    for name, template in assembly.templates.items():
        assert list(loose_log_groups(template["Resources"])) == [], name


def test_every_alarm_says_what_missing_data_means_and_is_heard(assembly: Assembly) -> None:
    for name, template in assembly.templates.items():
        assert list(silent_alarms(template["Resources"])) == [], name


def test_every_bucket_blocks_public_access(assembly: Assembly) -> None:
    for name, template in assembly.templates.items():
        assert list(open_buckets(template["Resources"])) == [], name


def test_nothing_that_holds_state_is_deleted_with_its_stack(assembly: Assembly) -> None:
    for name, template in assembly.templates.items():
        assert list(lost_state(template["Resources"])) == [], name


@pytest.mark.parametrize("resource_type", [*CHECKS, "AWS::SecretsManager::Secret"])
def test_there_are_such_resources(assembly: Assembly, resource_type: str) -> None:
    assert len(list(assembly.resources(resource_type))) >= 2


@pytest.mark.parametrize(
    ("resource_type", "wrong"),
    [
        ("AWS::Logs::LogGroup", {"KmsKeyId": "key"}),
        ("AWS::Logs::LogGroup", {"KmsKeyId": "key", "RetentionInDays": 180}),
        ("AWS::Logs::LogGroup", {"RetentionInDays": 365}),
        ("AWS::CloudWatch::Alarm", {"AlarmActions": ["topic"]}),
        ("AWS::CloudWatch::Alarm", {"AlarmActions": [], "TreatMissingData": "missing"}),
        (
            "AWS::CloudWatch::Alarm",
            {"AlarmActions": ["topic"], "ActionsEnabled": False, "TreatMissingData": "missing"},
        ),
        ("AWS::S3::Bucket", {}),
        (
            "AWS::S3::Bucket",
            {"PublicAccessBlockConfiguration": {**PRIVATE, "IgnorePublicAcls": False}},
        ),
    ],
)
def test_a_wrong_resource_is_found(resource_type: str, wrong: dict[str, Any]) -> None:
    resources = {"Wrong": {"Type": resource_type, "Properties": wrong}}
    assert list(CHECKS[resource_type](resources)) == ["Wrong"]


@pytest.mark.parametrize(
    "policies",
    [
        {},
        {"DeletionPolicy": "Retain"},
        {"UpdateReplacePolicy": "Retain"},
        {"DeletionPolicy": "Delete", "UpdateReplacePolicy": "Retain"},
    ],
)
def test_state_that_would_be_lost_is_found(policies: dict[str, str]) -> None:
    resources = {"Wrong": {"Type": "AWS::CodeCommit::Repository", **policies}}
    assert list(lost_state(resources)) == ["Wrong"]
