"""The audit stack: what happened, who did it, and what people must hear of."""

from constructs import Construct

from delivery import Delivery
from lockgate.audit.alarms import AuditAlarms
from lockgate.audit.queries import AuditQueries
from lockgate.audit.trail import AuditTrail
from lockgate.boundary import workload_name
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
            watched=foundation.artifacts,
            functions=f"{delivery.name}-",
            # A service's function is named after its environment, a part of its gate after both.
            workloads=[f"-{environment.name}" for environment in delivery.environments],
            role_path=names.role_path(delivery, names.AUDIT),
            boundary=self.boundary("Boundary", workload_name(delivery.name)),
        )
        AuditAlarms(
            self,
            "Alarms",
            delivery=delivery.name,
            log_group=trail.log_group,
            topic=foundation.topic,
        )
        AuditQueries(self, "Queries", delivery=delivery.name, log_group=trail.log_group)
