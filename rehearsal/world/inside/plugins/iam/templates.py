"""The template that CloudFormation fetches from S3, as whoever called it."""

from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from rehearsal.world.inside.plugins.iam.asked import Asked

TEMPLATES = ("TemplateURL", "StackPolicyURL", "StackPolicyDuringUpdateURL")


def fetched(call: Asked) -> Iterator[Asked]:
    """The reads of S3 that a call of CloudFormation makes for its caller."""
    for name in TEMPLATES if call.service == "cloudformation" else ():
        url = urlsplit(call.text(name))
        host, path = url.hostname or "", unquote(url.path.lstrip("/"))
        if not path:
            continue
        # The bucket's name is in the path, or before `.s3.` in the host's name.
        bucket, at, _ = host.partition(".s3")
        key = path
        if not at:
            bucket, _, key = path.partition("/")
        yield Asked(service="s3", operation="GetObject", given={"Bucket": bucket, "Key": key})


def code(call: Asked) -> Iterator[Asked]:
    """The reads of S3 that a call of Lambda makes for its caller."""
    if call.service != "lambda" or call.operation not in ("CreateFunction", "UpdateFunctionCode"):
        return
    place = call.given.get("Code") or call.given
    if place.get("S3Bucket"):
        given = {"Bucket": place["S3Bucket"], "Key": place.get("S3Key")}
        if place.get("S3ObjectVersion"):
            given["VersionId"] = place["S3ObjectVersion"]
        yield Asked(service="s3", operation="GetObject", given=given)
