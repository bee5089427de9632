"""The audit stack: what happened, who did it, and what people must hear of."""

from constructs import Construct

from delivery import Delivery
from lockgate.audit.alarms import AuditAlarms
from lockgate.audit.queries import AuditQueries
from lockgate.audit.trail import AuditTrail, Organization
from lockgate.boundary import workload_name
from lockgate.bucket import regional_name
from lockgate.permissions import arn
from stacks import names
from stacks.base import DeliveryStack
from stacks.foundation import FoundationStack


class AuditStack(DeliveryStack):
    """The trail of the toolchain account, the alarms on it and the questions to it."""

    def __init__(
        self,
        scope: Construct,
        *,
        delivery: Delivery,
        foundation: FoundationStack,
    ) -> None:
        name = names.shared_stack(delivery, names.AUDIT)
        super().__init__(
            scope,
            name,
            delivery=delivery,
            place=delivery.toolchain,
            protected=True,
            description="Who did what: the trail, and alarms on what people must hear of",
        )
        trail = AuditTrail(
            self,
            "Trail",
            name=f"{delivery.name}-trail",
            access_logs=foundation.access_logs,
            watched=[foundation.artifacts.arn_for_objects(""), *self._replicas(delivery)],
            functions=self._functions(delivery),
            # A service's function is named after its environment, a part of its gate after both.
            workloads=[f"-{environment.name}" for environment in delivery.environments],
            role_path=names.role_path(delivery, names.AUDIT),
            organization=Organization(
                id=delivery.audit.organization,
                management_account=delivery.audit.management_account,
            )
            if delivery.audit.organization
            else None,
            boundary=self.boundary("Boundary", workload_name(delivery.name)),
        )
        AuditAlarms(
            self,
            "Alarms",
            delivery=delivery.name,
            log_group=trail.log_group,
            topic=foundation.topic,
            of_organization=delivery.audit.organization is not None,
        )
        AuditQueries(self, "Queries", delivery=delivery.name, log_group=trail.log_group)

    def _replicas(self, delivery: Delivery) -> list[str]:
        """What leads to the artifacts in the other Regions, whose buckets are the toolchain's."""
        account = str(delivery.toolchain.account)
        return [
            f"arn:{self.partition}:s3:::"
            f"{regional_name(names.artifact_store(delivery), account, region)}/"
            for region in delivery.regions_elsewhere
        ]

    def _functions(self, delivery: Delivery) -> list[str]:
        """What leads to the delivery's functions, in each account that the trail records."""
        here = arn(self, "lambda", f"function:{delivery.name}-")
        recorded = [
            place
            for place in delivery.places_elsewhere
            if delivery.audit.organization or place.account == delivery.toolchain.account
        ]
        return [here] + [
            f"arn:{self.partition}:lambda:{place.region}:{place.account}:function:{delivery.name}-"
            for place in recorded
        ]
