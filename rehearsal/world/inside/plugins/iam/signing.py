"""What AWS Signer does in S3 for whoever starts a job: read the package, write the signed one."""

from collections.abc import Iterator

from rehearsal.world.inside.plugins.iam.asked import Asked

START = ("signer", "StartSigningJob")


def handed_over(call: Asked) -> Iterator[Asked]:
    """The read of S3 that a signing job makes for its caller."""
    if (call.service, call.operation) == START:
        place = (call.given.get("source") or {}).get("s3") or {}
        given = {"Bucket": place.get("bucketName"), "Key": place.get("key")}
        yield Asked(
            service="s3", operation="GetObject", given={**given, "VersionId": place.get("version")}
        )


def left_behind(call: Asked) -> Iterator[Asked]:
    """The write that it makes; AWS Signer ends the key with the job's id."""
    if (call.service, call.operation) == START:
        place = (call.given.get("destination") or {}).get("s3") or {}
        given = {"Bucket": place.get("bucketName"), "Key": f"{place.get('prefix') or ''}job.zip"}
        yield Asked(service="s3", operation="PutObject", given=given)
