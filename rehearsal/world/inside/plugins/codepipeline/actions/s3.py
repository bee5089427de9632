"""The deploy action for S3: an artifact's files, or the artifact itself, put into a bucket."""

import io
import mimetypes
import zipfile
from collections.abc import Iterator

from rehearsal.world.inside.plugins.codepipeline.action import Job, Outcome
from rehearsal.world.inside.plugins.codepipeline.actions.configuration import (
    flag,
    only,
    required,
    wrong,
)

# Without CannedACL: no bucket of ours has ACLs.
KNOWN = {"BucketName", "Extract", "ObjectKey", "KMSEncryptionKeyARN", "CacheControl"}
# The table that comes with Python: a machine's own would make one world differ from another.
_TYPES = mimetypes.MimeTypes()


def perform(job: Job) -> Outcome:
    """Put each file of the artifact into the bucket, or the zip as one object.

    Raises:
        ActionFailedError: the configuration is none of AWS's, or not of the world's.
    """
    only(job, KNOWN)
    bucket, client = required(job, "BucketName"), job.session.client("s3")
    required(job, "Extract")
    if len(job.inputs) != 1:
        wrong(f"{job.action} has one input artifact, not {len(job.inputs)}")
    options: dict[str, str] = {}
    if key := job.configuration.get("KMSEncryptionKeyARN", ""):
        options |= {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key}
    if control := job.configuration.get("CacheControl", ""):
        options["CacheControl"] = control
    for name, content in _objects(job):
        kind = {"ContentType": guessed} if (guessed := _TYPES.guess_type(name)[0]) else {}
        client.put_object(Bucket=bucket, Key=name, Body=content, **kind, **options)
    return Outcome(summary="Deployment Succeeded")


def _objects(job: Job) -> Iterator[tuple[str, bytes]]:
    extract, key = flag(job, "Extract"), job.configuration.get("ObjectKey", "")
    if not extract and not key:
        wrong(f"{job.action} without Extract has an ObjectKey")
    content = job.artifacts.get(job.inputs[0], job.session)
    if not extract:
        yield key, content
        return
    prefix = f"{key.rstrip('/')}/" if key else ""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for entry in archive.infolist():
            if not entry.is_dir():
                yield f"{prefix}{entry.filename}", archive.read(entry)
