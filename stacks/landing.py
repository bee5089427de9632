"""The landing stack: what the pipelines need at a place that is not the toolchain's."""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from delivery import Delivery, Place
from lockgate.action_roles import only_from
from lockgate.artifact_store import ArtifactStore
from lockgate.boundary import Reach
from lockgate.bucket import regional_name
from lockgate.landing import Visit
from lockgate.pipeline_permissions import COUNT_REQUESTS
from lockgate.records import DECISIONS, KEPT_DAYS
from stacks import names, role_arns
from stacks.ground import GroundStack
from stacks.service_landing import ServiceLanding

# The parameter that says whose signature is trusted, where code is signed.
PUBLISHER = "SigningProfileVersionArn"


class LandingStack(GroundStack):
    """A place that services are delivered to: its ground, and the pipelines' roles there.

    The account trusts the named roles of the toolchain account and nothing more of it: each
    pipeline's own, and those of the functions that say what a release changes and count its
    requests. It is deployed by hand, once for each change of what is delivered there.
    """

    def __init__(self, scope: Construct, *, delivery: Delivery, place: Place, root: Path) -> None:
        toolchain, region = str(delivery.toolchain.account), str(place.region)
        regions = sorted({region, str(delivery.home.region)})
        super().__init__(
            scope,
            names.landing_stack(delivery, place),
            delivery=delivery,
            place=place,
            description="What the pipelines need to deliver here",
            records={DECISIONS: KEPT_DAYS},
            reach=Reach(
                stores=[toolchain],
                keys=[_any_key(toolchain, each) for each in regions],
                visits=COUNT_REQUESTS,
            ),
        )
        config = (
            self.take_signed_code_only(self._publisher()) if delivery.supply.code_signing else None
        )
        artifacts = self._store_of_toolchain(region)
        visit = Visit(
            visitors=[
                only_from(toolchain, role_arns.function_role_arn(self, delivery, function))
                for function in (names.functions(delivery).review, names.functions(delivery).soak)
            ],
            reviews=(
                artifacts
                if region == delivery.home.region
                else self._store_of_toolchain(str(delivery.home.region))
            ),
        )
        here = {environment.name for environment in delivery.environments_at(place)}
        for service in delivery.services:
            pipeline_role = role_arns.pipeline_role_arn(self, delivery, service, account=toolchain)
            for name in service.environments:
                if name in here:
                    ServiceLanding(
                        self,
                        f"{service.name}-{name}",
                        delivery=delivery,
                        service=service,
                        environment=delivery.environment(name),
                        root=root,
                        trust=only_from(toolchain, pipeline_role),
                        store=ArtifactStore(
                            bucket=artifacts, pipeline_name=names.pipeline(delivery, service)
                        ),
                        own_key=self.artifact_key.key,
                        log_key=self.operations_key.key,
                        visit=visit,
                        config=config,
                    )

    def _publisher(self) -> str:
        """The version of the toolchain's signing profile, which is told at the deployment.

        AWS Signer draws it when the foundation makes the profile, and CloudFormation imports
        nothing from another account. It is asked for each time that it is not known, and nothing
        but a profile of the toolchain's account and Region is taken.
        """
        home = self._delivery.home
        place = f"arn:aws:signer:{home.region}:{home.account}:/signing-profiles"
        return cdk.CfnParameter(
            self,
            PUBLISHER,
            description="The ARN of the version of the signing profile of the toolchain: the "
            f"foundation exports it as {names.export(self._delivery, names.SIGNING_PROFILE)}",
            allowed_pattern=f"^{place}/[A-Za-z0-9_]{{2,64}}/[A-Za-z0-9]{{10}}$",
            constraint_description=f"must be {place}/<profile>/<version>",
        ).value_as_string

    def _store_of_toolchain(self, region: str) -> s3.IBucket:
        account = str(self._delivery.toolchain.account)
        return s3.Bucket.from_bucket_attributes(
            self,
            f"Toolchain-{region}",
            bucket_name=regional_name(names.artifact_store(self._delivery), account, region),
            account=account,
            region=region,
            encryption_key=kms.Key.from_key_arn(
                self, f"ToolchainKey-{region}", _any_key(account, region)
            ),
        )


def _any_key(account: str, region: str) -> str:
    """The id of the store's key is known only where it is made."""
    return f"arn:aws:kms:{region}:{account}:key/*"
