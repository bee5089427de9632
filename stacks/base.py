"""What every stack of a delivery has in common."""

from collections.abc import Mapping

import aws_cdk as cdk
from constructs import Construct

from delivery import Delivery, Environment, Toolchain


class DeliveryStack(cdk.Stack):
    """A stack in the account and Region of its place, else in those of the credentials used.

    It has no rule that looks up the bootstrap version at deployment: the CDK CLI checks it, and
    the pipeline's roles need no access to Parameter Store for it.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        delivery: Delivery,
        place: Toolchain | Environment,
        tags: Mapping[str, str] | None = None,
        protected: bool = False,
    ) -> None:
        """Make the stack.

        Args:
            scope: the app.
            name: the stack's name.
            delivery: the toolchain's account and Region hold where the place has none.
            place: the toolchain or an environment.
            tags: of all its resources.
            protected: whether it can be deleted only after that is allowed by hand.
        """
        toolchain = delivery.toolchain
        super().__init__(
            scope,
            name,
            env=cdk.Environment(
                account=place.account or toolchain.account,
                region=place.region or toolchain.region,
            ),
            synthesizer=cdk.DefaultStackSynthesizer(generate_bootstrap_version_rule=False),
            tags=dict(tags or {}),
            termination_protection=protected,
        )
