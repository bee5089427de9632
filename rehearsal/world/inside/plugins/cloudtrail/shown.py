"""Parameters and answers as an event shows them: spelled its way, and without what is secret.

What botocore's models call sensitive is left out, and so is each blob: secrets' values, code,
environment variables, keys and tokens.
"""

from datetime import UTC, datetime
from typing import Any

from botocore.model import Shape

# Content that is no one's business and that the models do not call sensitive.
LEFT_OUT = frozenset(
    {
        "SecretAccessKey",
        "SessionToken",
        "TemplateBody",
        "Message",
        "MessageBody",
        "MessageAttributes",
        "Item",
        "Detail",
        "ExpressionAttributeValues",
        "RequestItems",
        "TransactItems",
        "logEvents",
        "MetricData",
    }
)
# Those of S3 that have a name of their own.
S3_NAMES = {"Bucket": "bucketName", "Policy": "bucketPolicy"}


def shown(value: Any, shape: Shape | None, *, service: str = "") -> Any:
    """The value in an event, or nothing where nothing of it may be there."""
    if shape is None or shape.metadata.get("sensitive") or shape.type_name == "blob":
        return None
    if shape.type_name == "structure" and isinstance(value, dict):
        found = {
            _spelled(name, service): shown(value[name], member)
            for name, member in shape.members.items()
            if name in value and name not in LEFT_OUT
        }
        return {name: each for name, each in found.items() if each is not None}
    if shape.type_name == "list" and isinstance(value, list | tuple):
        return [shown(each, shape.member) for each in value]
    if shape.type_name == "map" and isinstance(value, dict):
        return {str(key): shown(each, shape.value) for key, each in value.items()}
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return value if isinstance(value, str | int | float | bool) else None


def _spelled(name: str, service: str) -> str:
    if service == "s3" and name in S3_NAMES:
        return S3_NAMES[name]
    return name.lower() if name == "ARN" else name[:1].lower() + name[1:]
