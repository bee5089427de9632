"""The audit stack: what happened, who did it, and what people must hear of."""

from constructs import Construct

from delivery import Delivery
from lockgate.audit_alarms import AuditAlarms
from lockgate.boundary import workload_name
from lockgate.trail import AuditTrail
from stacks import names
from stacks.base import DeliveryStack
from stacks.foundation import FoundationStack


class AuditStack(DeliveryStack):
    """The trail of the toolchain account and the alarms on it."""

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
            role_path=names.role_path(delivery, names.AUDIT),
            boundary=self.boundary("Boundary", workload_name(delivery.name)),
        )
        AuditAlarms(self, "Alarms", log_group=trail.log_group, topic=foundation.topic)
