"""What a caller needs of a key of KMS when a service encrypts or decrypts for them.

S3 asks for the object's key, which for a write is the request's or the bucket's; Secrets Manager
and SNS ask for that of the secret or topic. The key's own policy has its say as always.
"""

from collections.abc import Callable, Iterator
from typing import Any

from rehearsal.world.inside.plugins.iam.asked import Asked
from rehearsal.world.inside.plugins.iam.check import Check
from rehearsal.world.inside.plugins.iam.place import Place
from rehearsal.world.inside.setting import Setting

ALGORITHM = "x-amz-server-side-encryption"
KEY = "x-amz-server-side-encryption-aws-kms-key-id"
READS = {"GetObject", "HeadObject", "SelectObjectContent"}
# UploadPart also reads back what was uploaded so far; so AWS wants both of it.
WRITES = {
    "PutObject": ("GenerateDataKey",),
    "CopyObject": ("GenerateDataKey",),
    "CreateMultipartUpload": ("GenerateDataKey",),
    "UploadPart": ("GenerateDataKey", "Decrypt"),
    "UploadPartCopy": ("GenerateDataKey", "Decrypt"),
    "CompleteMultipartUpload": ("Decrypt",),
}
PARTS = {"UploadPart", "UploadPartCopy", "CompleteMultipartUpload"}
SECRETS = {
    "GetSecretValue": ("Decrypt",),
    "BatchGetSecretValue": ("Decrypt",),
    "PutSecretValue": ("GenerateDataKey", "Decrypt"),
    "CreateSecret": ("GenerateDataKey", "Decrypt"),
    "UpdateSecret": ("GenerateDataKey", "Decrypt"),
}
MANAGED = {"alias/aws/s3", "alias/aws/secretsmanager", "alias/aws/sns", "alias/aws/lambda"}


def key_checks(world: Setting) -> Callable[[Asked, Place], Iterator[Check]]:
    """What finds the checks of a call."""
    keys = _Keys(world)
    finders = {"s3": keys.of_objects, "secretsmanager": keys.of_secrets, "sns": keys.of_topics}

    def find(call: Asked, where: Place) -> Iterator[Check]:
        if call.service in finders:
            yield from finders[call.service](call, where)

    return find


class _Keys:
    def __init__(self, world: Setting) -> None:
        self._world, self._get = world, world.seams.get

    def of_objects(self, call: Asked, where: Place) -> Iterator[Check]:
        bucket, key = call.text("Bucket"), call.text("Key")
        operations, stored = WRITES.get(call.operation, ()), dict[str, Any]()
        if call.operation in READS:
            operations, stored = ("Decrypt",), self._stored(bucket, key, call.text("VersionId"))
        elif call.operation in PARTS:
            upload = self._get("s3._multipart_uploads").get(call.text("UploadId")) or {}
            stored = upload.get("preserved_headers") or {}
        elif operations:
            stored = self._get("s3._resolve_sse_write_headers")(call.headers, bucket)[0] or {}
        yield from self._object(stored, (bucket, key), operations, where)
        if call.operation in ("CopyObject", "UploadPartCopy"):
            bucket, _, rest = call.text("CopySource").lstrip("/").partition("/")
            key, _, version = rest.partition("?versionId=")
            stored = self._stored(bucket, key, version)
            yield from self._object(stored, (bucket, key), ("Decrypt",), where)

    def of_secrets(self, call: Asked, where: Place) -> Iterator[Check]:
        given = {"SecretString", "SecretBinary", "KmsKeyId"} & set(call.given)
        if call.operation == "UpdateSecret" and not given:
            return
        name = call.text("SecretId") or call.text("Name")
        secret = self._get("secretsmanager._resolve")(name)[1] or {}
        arn = secret.get("ARN") or where.arn("secretsmanager", f"secret:{name}-AAAAAA")
        key = call.text("KmsKeyId") or str(secret.get("KmsKeyId") or "")
        operations, context = SECRETS.get(call.operation, ()), {"SecretARN": str(arn)}
        yield from self._uses(key, "secretsmanager", operations, where, context)

    def of_topics(self, call: Asked, where: Place) -> Iterator[Check]:
        if call.operation in ("Publish", "PublishBatch"):
            arn = call.text("TopicArn", "TargetArn")
            key, context = topic_key(self._world, arn), {"aws:sns:topicArn": arn}
            yield from self._uses(key, "sns", ("GenerateDataKey", "Decrypt"), where, context)

    def _object(
        self,
        stored: dict[str, Any],
        place: tuple[str, str],
        operations: tuple[str, ...],
        where: Place,
    ) -> Iterator[Check]:
        """With a bucket key the bucket's ARN is the context, else the object's."""
        document = str(self._get("s3._bucket_encryption").get(place[0]) or "")
        by_bucket = "<BucketKeyEnabled>true<" in document
        arn = f"arn:aws:s3:::{place[0] if by_bucket else '/'.join(place)}"
        name, context = str(stored.get(KEY) or ""), {"aws:s3:arn": arn}
        yield from self._uses(name, "s3", operations, where, context)

    def _uses(
        self,
        name: str,
        service: str,
        operations: tuple[str, ...],
        where: Place,
        context: dict[str, str],
    ) -> Iterator[Check]:
        if not name or name.removeprefix(where.arn("kms", "")) in MANAGED:
            return
        key = self._get("kms._resolve_key")(name)
        arn = str(key["Arn"]) if key else where.arn("kms", name if "/" in name else f"key/{name}")
        yield from key_uses(arn, service, operations, where, context)

    def _stored(self, bucket: str, key: str, version: str) -> dict[str, Any]:
        objects = (self._get("s3._buckets").get(bucket) or {}).get("objects", {})
        record = objects.get(key) or {}
        if version:
            versions = self._get("s3._object_versions").get((bucket, key), [])
            record = next((each for each in versions if each["version_id"] == version), record)
        return dict(record.get("preserved_headers") or {})


def key_uses(
    key: str, service: str, operations: tuple[str, ...], where: Place, context: dict[str, str]
) -> Iterator[Check]:
    """What the caller of a service must be allowed of the key that it uses for them."""
    keys = {
        "kms:ViaService": f"{service}.{where.region}.amazonaws.com",
        "kms:CallerAccount": where.account,
        "kms:EncryptionContextKeys": list(context),
        "aws:ViaAWSService": "true",
        "aws:CalledVia": [f"{service}.amazonaws.com"],
        **{f"kms:EncryptionContext:{name}": value for name, value in context.items()},
    }
    for operation in operations:
        yield Check(action=f"kms:{operation}", resource=key, keys=keys)


def topic_key(world: Setting, topic: str) -> str:
    """The key of a topic; empty where it has none."""
    found = world.seams.get("sns._topics").get(topic) or {}
    return str((found.get("attributes") or {}).get("KmsMasterKeyId") or "")


def _by_name(get: Callable[[str], Any]) -> Callable[..., Any]:
    """Where `aws:kms` names no key, S3 takes the bucket's, or else its own: ministack refuses."""

    def around(stock: Callable[..., Any]) -> Callable[..., Any]:
        def resolved(headers: Any, bucket_name: str) -> Any:
            if headers.get(ALGORITHM) == "aws:kms" and not headers.get(KEY):
                default = get("s3._bucket_default_sse_headers")(bucket_name)
                headers = {**headers, KEY: default.get(KEY) or "alias/aws/s3"}
            return stock(headers, bucket_name)

        return resolved

    return around


def install(world: Setting) -> None:
    """Let S3 choose the key where the caller names none."""
    world.seams.wrap("s3._resolve_sse_write_headers", _by_name(world.seams.get))
