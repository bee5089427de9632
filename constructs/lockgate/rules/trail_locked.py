"""What the trail delivered can be deleted by nobody."""

from collections.abc import Iterable, Mapping
from typing import Any

from lockgate.rules.rule import Resource, Rule, Template, mapping, properties, resources
from lockgate.rules.statements import text

LEAST_DAYS = 365


def _breaches(resource: Resource, template: Template) -> Iterable[str]:
    logical_id = text(properties(resource).get("S3BucketName")).strip("<>")
    bucket = resources(template, "AWS::S3::Bucket").get(logical_id)
    # A bucket of another template keeps its own promises.
    if bucket is not None and _locked_days(properties(bucket)) < LEAST_DAYS:
        yield f"S3BucketName ({logical_id}: ObjectLockConfiguration)"


def _locked_days(bucket: Mapping[str, Any]) -> int:
    """How long an object is locked, in days; 0 where the bucket locks none."""
    lock = mapping(bucket.get("ObjectLockConfiguration"))
    retention = mapping(mapping(lock.get("Rule")).get("DefaultRetention"))
    if bucket.get("ObjectLockEnabled") is not True or not retention.get("Mode"):
        return 0
    days, years = retention.get("Days", 0), retention.get("Years", 0)
    return int(days) + LEAST_DAYS * int(years)


RULE = Rule(
    id="LG-TrailLocked",
    what="The trail's files can be deleted or overwritten within the year: whoever broke in takes "
    "the record of it away.",
    fix="Set ObjectLockEnabled on the trail's bucket, with a DefaultRetention of "
    f"{LEAST_DAYS} days or more.",
    source="AWS Foundational Security Best Practices, S3.15; CloudTrail User Guide, Security best "
    "practices",
    resource_types=("AWS::CloudTrail::Trail",),
    breaches=_breaches,
)
