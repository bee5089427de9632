"""The replica stack: the pipelines' artifacts in another Region, where actions read them."""

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from constructs import Construct

from delivery import Delivery, Place
from lockgate.artifact_store import share
from lockgate.bucket import AccessLogBucket, PrivateBucket
from lockgate.key import EncryptionKey
from stacks import destinations, names
from stacks.base import DeliveryStack

KEPT_DAYS = 30


class ReplicaStack(DeliveryStack):
    """CodePipeline copies each artifact to the Region of the action that reads it.

    The store there belongs to the toolchain's account, as the first one does; other accounts'
    roles read from it by their ARNs, each what its action needs of one pipeline.
    """

    def __init__(self, scope: Construct, *, delivery: Delivery, region: str) -> None:
        super().__init__(
            scope,
            names.replica_stack(delivery, region),
            delivery=delivery,
            place=Place(account=delivery.toolchain.account, region=region),
            protected=True,
            description=f"The pipelines' artifacts, for what they deploy in {region}",
        )
        key = EncryptionKey(self, "Key", purpose="The artifact store", via=("s3",))
        kms.Alias(
            self, "Alias", alias_name=names.artifact_key_alias(delivery), target_key=key.key
        ).apply_removal_policy(cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
        bucket = PrivateBucket(
            self,
            "Artifacts",
            key=key.key,
            access_logs=AccessLogBucket(self, "AccessLogs").bucket,
            noncurrent_days=KEPT_DAYS,
            expire_days=KEPT_DAYS,
            name_prefix=names.artifact_store(delivery),
            no_replica_reason="It is a copy itself, of what can be built again.",
        ).bucket
        share(bucket, key.key, destinations.readers(self, delivery, region))
