"""What of an account is a delivery's, by the names that lead to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from constructs import Construct

from lockgate.permissions import Permission, arn

LED_BY_NAME = "The delivery's name leads the names of all that it deploys, and releases add more."


@dataclass(frozen=True, kw_only=True)
class Scope:
    """One delivery in the account and Region of the construct.

    Attributes:
        construct: where the roles are made.
        delivery: the delivery's name.
    """

    construct: Construct
    delivery: str

    def arn(self, service: str, resource: str, *, region: bool = True) -> str:
        """An ARN in this account."""
        return arn(self.construct, service, resource, region=region)

    def named(
        self,
        actions: Sequence[str],
        service: str,
        *kinds: str,
        region: bool = True,
        rest: str = "-*",
        conditions: Mapping[str, Mapping[str, str]] | None = None,
    ) -> Permission:
        """Take the actions on what the delivery's name leads.

        Args:
            actions: the actions.
            service: the service in the ARN.
            kinds: what stands before the name, such as `log-group:`.
            region: whether the ARN has a Region.
            rest: what stands behind the name.
            conditions: of the permission.
        """
        return Permission(
            actions=actions,
            resources=[
                self.arn(service, f"{kind}{self.delivery}{rest}", region=region)
                for kind in kinds or ("",)
            ],
            conditions=conditions,
            wildcard_reason=LED_BY_NAME,
        )
