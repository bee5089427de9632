"""The foundation stack: what the pipelines of a delivery share."""

import aws_cdk as cdk
from aws_cdk import aws_codecommit as codecommit
from constructs import Construct

from delivery import Delivery
from lockgate.boundary import Boundaries
from lockgate.bucket import AccessLogBucket, PrivateBucket
from lockgate.key import EncryptionKey
from lockgate.records import DECISIONS, KEPT_DAYS
from lockgate.topic import NotificationTopic
from stacks import names
from stacks.base import DeliveryStack

ARTIFACT_DAYS = 90


class FoundationStack(DeliveryStack):
    """The artifact store and its key, the topic, the boundaries, the source repositories."""

    def __init__(self, scope: Construct, *, delivery: Delivery) -> None:
        name = names.shared_stack(delivery, names.FOUNDATION)
        super().__init__(
            scope,
            name,
            delivery=delivery,
            place=delivery.toolchain,
            protected=True,
            description="What the pipelines share: artifact store, topic, boundaries, source",
        )
        Boundaries(self, "Boundaries", delivery=delivery.name)
        operations_key = EncryptionKey(
            self, "OperationsKey", purpose="Notifications and the pipelines' logs", via=("sns",)
        )
        operations_key.allow_logs(f"{delivery.name}-*")
        self.topic = NotificationTopic(
            self,
            "Notifications",
            name=names.topic(delivery),
            key=operations_key,
            subscribers=delivery.toolchain.notify,
        ).topic
        self.access_logs = AccessLogBucket(self, "AccessLogs").bucket
        artifact_key = EncryptionKey(self, "ArtifactKey", purpose="The artifact store", via=("s3",))
        self.artifacts = PrivateBucket(
            self,
            "Artifacts",
            key=artifact_key.key,
            access_logs=self.access_logs,
            noncurrent_days=ARTIFACT_DAYS,
            records={DECISIONS: KEPT_DAYS},
            no_replica_reason="Artifacts can be built again from the source; a release that is "
            "deployed lives in its environment.",
        ).bucket
        repositories = dict.fromkeys(delivery.repository(service) for service in delivery.services)
        for repository in repositories:
            codecommit.Repository(
                self,
                f"Repository-{repository}",
                repository_name=repository,
                description=f"Source of the delivery {delivery.name}",
            ).apply_removal_policy(cdk.RemovalPolicy.RETAIN)
        exports = {
            names.ARTIFACTS: self.artifacts.bucket_name,
            names.ARTIFACT_KEY: artifact_key.key.key_arn,
            names.LOG_KEY: operations_key.key.key_arn,
        }
        for what, value in exports.items():
            self.export_value(value, name=names.export(delivery, what))
