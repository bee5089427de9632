"""What a role may do, stated where the role is made.

Each helper here grants the least that its job needs; wildcards stand only in resources,
each with the reason that is acknowledged beside it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import IConstruct

READ_OBJECTS = ("s3:GetObject", "s3:GetObjectVersion")
WRITE_OBJECTS = ("s3:PutObject",)
DECRYPT = ("kms:Decrypt",)
# To store an object; reading parts of an upload back needs Decrypt as well.
USE_KEY = (*DECRYPT, "kms:GenerateDataKey")
WRITE_LOGS = ("logs:CreateLogStream", "logs:PutLogEvents")
READ_SECRET = ("secretsmanager:GetSecretValue",)
NAMED_BY_CODEPIPELINE = "CodePipeline names each artifact object anew for every execution."
KEY_BY_ITS_BUCKET = (
    "The id of a key in another account or Region is not known at synth: the condition holds it to "
    "what encrypts that one bucket, and the key's own policy names this role."
)

_PLACES: WeakKeyDictionary[IConstruct, tuple[str, str, str]] = WeakKeyDictionary()


@dataclass(frozen=True, kw_only=True)
class Permission:
    """Actions that one role may take on resources, under conditions.

    Raises:
        ValueError: an action holds a wildcard.
    """

    actions: Sequence[str]
    resources: Sequence[str]
    conditions: Mapping[str, Any] | None = None
    wildcard_reason: str | None = None
    """Why a resource needs a wildcard; required where one does."""

    def __post_init__(self) -> None:
        if any("*" in action for action in self.actions):
            raise ValueError(f"name each action: {', '.join(self.actions)}")

    def statement(self) -> iam.PolicyStatement:
        """The permission as a policy statement."""
        return iam.PolicyStatement(
            actions=list(self.actions),
            resources=list(self.resources),
            conditions=self.conditions,
        )


def deny(
    actions: Sequence[str],
    resources: Sequence[str] = ("*",),
    conditions: Mapping[str, Any] | None = None,
) -> iam.PolicyStatement:
    """A statement that denies the actions, whatever allows them."""
    return iam.PolicyStatement(
        effect=iam.Effect.DENY,
        actions=list(actions),
        resources=list(resources),
        conditions=conditions,
    )


def arn(scope: IConstruct, service: str, resource: str, *, region: bool = True) -> str:
    """An ARN in the stack's own account, for a resource whose name we chose."""
    partition, stack_region, account = _place(scope)
    return f"arn:{partition}:{service}:{stack_region if region else ''}:{account}:{resource}"


def _place(scope: IConstruct) -> tuple[str, str, str]:
    """Partition, Region and account of the stack; asked once, as each question takes a while."""
    place = _PLACES.get(scope)
    if place is None:
        stack = cdk.Stack.of(scope)
        place = _PLACES[scope] = stack.partition, stack.region, stack.account
    return place


def read_artifacts(bucket: s3.IBucket, prefix: str) -> Permission:
    """Read what one pipeline stored under `prefix`, and nothing else in the bucket."""
    return on_objects(bucket, prefix, READ_OBJECTS, NAMED_BY_CODEPIPELINE)


def write_artifacts(bucket: s3.IBucket, prefix: str) -> Permission:
    """Store objects under `prefix`; never delete, list or open them to others."""
    return on_objects(bucket, prefix, WRITE_OBJECTS, NAMED_BY_CODEPIPELINE)


def on_objects(
    bucket: s3.IBucket, prefix: str, actions: Sequence[str], wildcard_reason: str
) -> Permission:
    """Take the actions on the objects under `prefix`, while the bucket is its account's."""
    return Permission(
        actions=actions,
        resources=[bucket.arn_for_objects(f"{prefix}/*")],
        conditions={"StringEquals": {"aws:ResourceAccount": bucket.env.account}},
        wildcard_reason=wildcard_reason,
    )


def bucket_key(bucket: s3.IBucket) -> kms.IKey:
    """The key that encrypts the bucket's objects.

    Raises:
        ValueError: the bucket has none.
    """
    if bucket.encryption_key is None:
        raise ValueError("an artifact store needs a key")
    return bucket.encryption_key


def use_artifact_key(bucket: s3.IBucket, actions: Sequence[str]) -> Permission:
    """Decrypt, or also encrypt, the bucket's objects with its key, through S3 only.

    The encryption context is the bucket's ARN with an S3 bucket key and the object's without
    (Amazon S3 User Guide, "Reducing the cost of SSE-KMS with Amazon S3 Bucket Keys").

    Raises:
        ValueError: the bucket has no key.
    """
    key_arn = bucket_key(bucket).key_arn
    return Permission(
        actions=actions,
        resources=[key_arn],
        wildcard_reason=None if cdk.Token.is_unresolved(key_arn) else KEY_BY_ITS_BUCKET,
        conditions={
            "StringEquals": {"kms:ViaService": f"s3.{bucket.env.region}.amazonaws.com"},
            "ArnLike": {
                "kms:EncryptionContext:aws:s3:arn": [
                    bucket.bucket_arn,
                    bucket.arn_for_objects("*"),
                ]
            },
        },
    )


def write_logs(log_group: logs.ILogGroup) -> Permission:
    """Write to the streams of one log group that exists already."""
    return Permission(actions=WRITE_LOGS, resources=[log_group.log_group_arn])


def read_secrets(secret_arns: Sequence[str], key: kms.IKey) -> list[Permission]:
    """Read the named secrets and decrypt them, through Secrets Manager only."""
    return [Permission(actions=READ_SECRET, resources=secret_arns), use_secrets_key(key)]


def use_secrets_key(key: kms.IKey, *, writing: bool = False) -> Permission:
    """Decrypt, or also encrypt, secrets with their key, through Secrets Manager only."""
    via = f"secretsmanager.{key.stack.region}.amazonaws.com"
    return Permission(
        actions=USE_KEY if writing else DECRYPT,
        resources=[key.key_arn],
        conditions={"StringEquals": {"kms:ViaService": via}},
    )


def pass_roles(
    roles: Sequence[str], services: Sequence[str], reason: str | None = None
) -> Permission:
    """Hand the roles to the named services and to no other."""
    return Permission(
        actions=("iam:PassRole",),
        resources=roles,
        conditions={"StringEquals": {"iam:PassedToService": list(services)}},
        wildcard_reason=reason,
    )
