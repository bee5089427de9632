"""A bucket's properties by CloudFormation's names, set as S3's API sets them."""

import functools
from collections.abc import Mapping
from typing import Any

import botocore.session
from botocore.serialize import create_serializer

from rehearsal.world.inside.setting import Setting

Properties = dict[str, Any]
# The property: S3's operation, the parameter that is its body, and what of ministack does it.
CALLS = {
    "BucketEncryption": (
        "PutBucketEncryption",
        "ServerSideEncryptionConfiguration",
        "_put_bucket_encryption",
    ),
    "LifecycleConfiguration": (
        "PutBucketLifecycleConfiguration",
        "LifecycleConfiguration",
        "_put_bucket_lifecycle",
    ),
    "LoggingConfiguration": ("PutBucketLogging", "BucketLoggingStatus", "_put_bucket_logging"),
    "ObjectLockConfiguration": (
        "PutObjectLockConfiguration",
        "ObjectLockConfiguration",
        "_put_object_lock_configuration",
    ),
    "OwnershipControls": (
        "PutBucketOwnershipControls",
        "OwnershipControls",
        "_put_bucket_ownership_controls",
    ),
    "Tags": ("PutBucketTagging", "Tagging", "_put_bucket_tagging"),
    "VersioningConfiguration": (
        "PutBucketVersioning",
        "VersioningConfiguration",
        "_put_bucket_versioning",
    ),
}
# Those that can be taken away again, and where they are kept.
STORES = {
    "BucketEncryption": "_bucket_encryption",
    "LifecycleConfiguration": "_bucket_lifecycle",
    "Tags": "_bucket_tags",
}


class NotRemovableError(ValueError):
    """A property of a bucket cannot be taken away in the rehearsal."""


def bucket_type(world: Setting, type_: dict[str, Any]) -> None:
    """Complete the type: all properties, and no deletion of what is not empty."""
    create, update, delete = type_["create"], type_["update"], type_["delete"]

    def creating(logical_id: str, props: Properties, stack_name: str) -> Any:
        made = create(logical_id, props, stack_name)
        _put(world, made[0], props)
        return made

    def updating(physical_id: str, old: Properties, new: Properties, *more: Any) -> Any:
        made = update(physical_id, old, new, *more)
        for name in [each for each in CALLS if old.get(each) and not new.get(each)]:
            if name not in STORES:
                raise NotRemovableError(f"{name} cannot be taken from a bucket here")
            world.seams.get(f"s3.{STORES[name]}").pop(made[0], None)
        _put(world, made[0], new)
        return made

    def deleting(physical_id: str, props: Properties, *more: Any) -> Any:
        bucket = world.seams.get("s3._buckets").get(physical_id) or {}
        versions = world.seams.get("s3._object_versions")
        kept = any(name == physical_id and versions[name, key] for name, key in versions)
        if bucket.get("objects") or kept:
            raise ValueError(
                "The bucket you tried to delete is not empty. You must delete all versions in "
                f"the bucket. (Service: S3, Status Code: 409, Bucket: {physical_id})"
            )
        return delete(physical_id, props, *more)

    type_.update(create=creating, update=updating, delete=deleting)


def _put(world: Setting, name: str, props: Properties) -> None:
    get = world.seams.get
    if _true(props.get("ObjectLockEnabled")):
        lock = {"enabled": True, "default_retention": None}
        get("s3._bucket_object_lock").setdefault(name, lock)
        get("s3._bucket_versioning")[name] = "Enabled"
    for property_, (operation, parameter, function) in CALLS.items():
        if props.get(property_):
            content = _content(property_, props[property_])
            answer = get(f"s3.{function}")(name, _xml(operation, name, parameter, content))
            if answer[0] >= 400:  # noqa: PLR2004 - HTTP's first error
                raise ValueError(f"{property_} of the bucket {name}: {answer[2]!r}")


def _content(property_: str, value: Any) -> Any:
    """What S3 calls what CloudFormation has another name for."""
    if property_ == "BucketEncryption":
        rules = [
            {
                "ApplyServerSideEncryptionByDefault": each.get("ServerSideEncryptionByDefault"),
                "BucketKeyEnabled": _true(each.get("BucketKeyEnabled")),
            }
            for each in value["ServerSideEncryptionConfiguration"]
        ]
        return {"Rules": rules}
    if property_ == "LifecycleConfiguration":
        return {"Rules": [_rule(number, each) for number, each in enumerate(value["Rules"])]}
    if property_ == "LoggingConfiguration":
        to = {
            "TargetBucket": value["DestinationBucketName"],
            "TargetPrefix": value.get("LogFilePrefix", ""),
        }
        return {"LoggingEnabled": to}
    if property_ == "ObjectLockConfiguration":
        retention = dict(value.get("Rule", {}).get("DefaultRetention") or {})
        for name in {"Days", "Years"} & set(retention):
            retention[name] = int(retention[name])
        return {
            "ObjectLockEnabled": "Enabled",
            **({"Rule": {"DefaultRetention": retention}} if retention else {}),
        }
    return {"TagSet": value} if property_ == "Tags" else value


RULE = {
    "Id",
    "Status",
    "Prefix",
    "ExpirationInDays",
    "NoncurrentVersionExpiration",
    "AbortIncompleteMultipartUpload",
}


def _rule(number: int, rule: Mapping[str, Any]) -> dict[str, Any]:
    if strange := set(rule) - RULE:
        raise ValueError(f"a lifecycle rule's {', '.join(sorted(strange))} is not known here")
    made: dict[str, Any] = {
        "ID": rule.get("Id") or f"rule-{number}",
        "Status": rule["Status"],
        "Filter": {"Prefix": rule.get("Prefix", "")},
    }
    if rule.get("ExpirationInDays"):
        made["Expiration"] = {"Days": int(rule["ExpirationInDays"])}
    for name in ("NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload"):
        if rule.get(name):
            made[name] = {key: int(value) for key, value in rule[name].items()}
    return made


def _true(value: object) -> bool:
    return str(value).lower() == "true"


@functools.cache
def _model() -> Any:
    return botocore.session.get_session().get_service_model("s3")


def _xml(operation: str, bucket: str, parameter: str, content: Any) -> bytes:
    """The body of a request of S3's API."""
    serializer = create_serializer("rest-xml", include_validation=True)
    model = _model().operation_model(operation)
    made = serializer.serialize_to_request({"Bucket": bucket, parameter: content}, model)
    body: bytes = made["body"]
    return body
