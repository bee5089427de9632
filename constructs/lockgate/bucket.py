"""Buckets that are private, versioned and kept."""

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from lockgate.acknowledge import acknowledge

NO_REPLICA = "NIST.800.53.R5::NIST.800.53.R5-S3BucketReplicationEnabled"


class PrivateBucket(Construct):
    """An encrypted bucket: TLS only, versioned, closed to the public, access logged, kept.

    Old versions leave after `noncurrent_days`, current objects after `expire_days` where that
    is given. A folder of `records` expires after its own days, and until then nobody may delete
    from it: whoever would must change the bucket's policy first, which the trail records.
    CloudFormation names it, so that nobody can take its name in advance; where others must know
    the name, `name_prefix` leads it and S3 ends it with the account and the Region, a namespace
    that no other account can take names from (Amazon S3 User Guide, "Namespaces for general
    purpose buckets").
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        key: kms.IKey,
        access_logs: s3.IBucket,
        no_replica_reason: str,
        noncurrent_days: int = 90,
        expire_days: int | None = None,
        object_lock_days: int | None = None,
        records: Mapping[str, int] | None = None,
        name_prefix: str | None = None,
    ) -> None:
        super().__init__(scope, id_)
        self.bucket = s3.Bucket(
            self,
            "Bucket",
            bucket_namespace=s3.BucketNamespace.ACCOUNT_REGIONAL if name_prefix else None,
            bucket_name_prefix=name_prefix,
            encryption=s3.BucketEncryption.KMS,
            encryption_key=key,
            bucket_key_enabled=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            versioned=True,
            server_access_logs_bucket=access_logs,
            server_access_logs_prefix=f"{id_.lower()}/",
            object_lock_default_retention=(
                s3.ObjectLockRetention.governance(cdk.Duration.days(object_lock_days))
                if object_lock_days
                else None
            ),
            lifecycle_rules=[
                s3.LifecycleRule(
                    abort_incomplete_multipart_upload_after=cdk.Duration.days(7),
                    noncurrent_version_expiration=cdk.Duration.days(noncurrent_days),
                    expiration=cdk.Duration.days(expire_days) if expire_days else None,
                ),
                *(
                    s3.LifecycleRule(prefix=f"{folder}/", expiration=cdk.Duration.days(days))
                    for folder, days in (records or {}).items()
                ),
            ],
            removal_policy=cdk.RemovalPolicy.RETAIN,
        )
        if records:
            self.bucket.add_to_resource_policy(
                iam.PolicyStatement(
                    sid="RecordsAreNotDeleted",
                    effect=iam.Effect.DENY,
                    principals=[iam.AnyPrincipal()],
                    actions=["s3:DeleteObject", "s3:DeleteObjectVersion"],
                    resources=[self.bucket.arn_for_objects(f"{folder}/*") for folder in records],
                )
            )
        acknowledge(self.bucket, NO_REPLICA, no_replica_reason)


class AccessLogBucket(Construct):
    """Where S3 writes the access logs of the account's other buckets, for a year.

    S3 can deliver server access logs only to a bucket with SSE-S3 (Amazon S3 User Guide,
    "Enabling Amazon S3 server access logging"), and a bucket that logged its own access would
    log without end.
    """

    def __init__(self, scope: Construct, id_: str) -> None:
        super().__init__(scope, id_)
        self.bucket = s3.Bucket(
            self,
            "Bucket",
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            versioned=True,
            lifecycle_rules=[
                s3.LifecycleRule(
                    abort_incomplete_multipart_upload_after=cdk.Duration.days(7),
                    expiration=cdk.Duration.days(365),
                    noncurrent_version_expiration=cdk.Duration.days(30),
                )
            ],
            removal_policy=cdk.RemovalPolicy.RETAIN,
        )
        # The CDK lets S3 deliver for buckets of other stacks without saying whose they are.
        self.bucket.add_to_resource_policy(
            iam.PolicyStatement(
                sid="OnlyLogsOfThisAccount",
                effect=iam.Effect.DENY,
                principals=[iam.ServicePrincipal("logging.s3.amazonaws.com")],
                actions=["s3:PutObject"],
                resources=[self.bucket.arn_for_objects("*")],
                conditions={"StringNotEquals": {"aws:SourceAccount": cdk.Stack.of(self).account}},
            )
        )
        acknowledge(
            self.bucket,
            "NIST.800.53.R5::NIST.800.53.R5-S3DefaultEncryptionKMS",
            "S3 delivers server access logs only to buckets with SSE-S3, not SSE-KMS.",
        )
        acknowledge(
            self.bucket,
            NO_REPLICA,
            "Access logs help an inquiry; the record of who did what is the trail, which is "
            "locked and validated.",
        )


def regional_name(prefix: str, account: str, region: str) -> str:
    """The name that S3 gives a bucket of that prefix in an account's own namespace."""
    return f"{prefix}-{account}-{region}-an"
