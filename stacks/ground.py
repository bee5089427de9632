"""What every place of a delivery has, the toolchain's and those that are delivered to."""

from collections.abc import Mapping

from constructs import Construct

from delivery import Delivery, Place
from lockgate.boundary import Boundaries, Reach
from lockgate.bucket import AccessLogBucket, PrivateBucket
from lockgate.code_signing import SignedCodeOnly
from lockgate.key import EncryptionKey
from lockgate.topic import NotificationTopic
from stacks import names
from stacks.base import DeliveryStack

ARTIFACT_DAYS = 90


class GroundStack(DeliveryStack):
    """A store with its key, the topic, the boundaries; exported under the same names everywhere.

    So a service's stack is the same wherever it is: it finds what it needs at its own place, and
    what it writes stays there.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        delivery: Delivery,
        place: Place,
        description: str,
        reach: Reach,
        records: Mapping[str, int],
        gates: bool = False,
        store_name: str | None = None,
    ) -> None:
        """Make it.

        Args:
            scope: the app.
            name: the stack's name.
            delivery: what is delivered.
            place: where.
            description: what the stack is for.
            reach: what its roles touch elsewhere.
            records: the folders of the store that are kept, each for so many days.
            gates: whether the functions that hold releases back are here.
            store_name: leads the store's name, where others must know it.
        """
        super().__init__(
            scope, name, delivery=delivery, place=place, protected=True, description=description
        )
        self.boundaries = Boundaries(
            self,
            "Boundaries",
            delivery=delivery.name,
            prefix=names.bounds(delivery, place),
            reach=reach,
            gates=gates,
            signed_code=delivery.supply.code_signing,
        )
        self.operations_key = EncryptionKey(
            self, "OperationsKey", purpose="Notifications and the pipelines' logs", via=("sns",)
        )
        self.operations_key.allow_logs(f"{delivery.name}-*")
        self.topic = NotificationTopic(
            self,
            "Notifications",
            name=names.topic(delivery),
            key=self.operations_key,
            subscribers=delivery.toolchain.notify,
        ).topic
        self.access_logs = AccessLogBucket(self, "AccessLogs").bucket
        self.artifact_key = EncryptionKey(
            self, "ArtifactKey", purpose="The artifact store", via=("s3",)
        )
        self.artifacts = PrivateBucket(
            self,
            "Artifacts",
            key=self.artifact_key.key,
            access_logs=self.access_logs,
            noncurrent_days=ARTIFACT_DAYS,
            records=records,
            name_prefix=store_name,
            no_replica_reason="Artifacts can be built again from the source; a release that is "
            "deployed lives in its environment.",
        ).bucket
        exports = {
            names.ARTIFACTS: self.artifacts.bucket_name,
            names.ARTIFACT_KEY: self.artifact_key.key.key_arn,
            names.LOG_KEY: self.operations_key.key.key_arn,
        }
        for what, value in exports.items():
            self.export_value(value, name=names.export(delivery, what))

    def take_signed_code_only(self, publisher: str) -> str:
        """Let the services here take the code that one signing profile has signed, and no other.

        Args:
            publisher: the ARN of the profile's version.

        Returns:
            The ARN of the code signing configuration.
        """
        config = SignedCodeOnly(self, "CodeSigning", publisher=publisher, whose=self._delivery.name)
        self.export_value(config.arn, name=names.export(self._delivery, names.CODE_SIGNING))
        return config.arn
