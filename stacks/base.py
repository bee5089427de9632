"""What every stack of a delivery has in common."""

from collections.abc import Mapping
from typing import Literal

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct, IConstruct

from delivery import Delivery, Environment, Place, Service, Toolchain
from lockgate.boundary import boundary_arn
from lockgate.permissions import arn
from lockgate.rotation import Rotator, SecretRotation
from lockgate.secrets import SecretPlan, ServiceSecrets
from stacks import names


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
        place: Toolchain | Environment | Place,
        description: str,
        tags: Mapping[str, str] | None = None,
        protected: bool = False,
    ) -> None:
        """Make the stack.

        Args:
            scope: the app.
            name: the stack's name.
            delivery: the toolchain's account and Region hold where the place has none.
            place: the toolchain, an environment, or wherever it is.
            description: what it is for, in the template and in what tells of it.
            tags: of all its resources.
            protected: whether it can be deleted only after that is allowed by hand.
        """
        toolchain = delivery.toolchain
        super().__init__(
            scope,
            name,
            description=description,
            env=cdk.Environment(
                account=place.account or toolchain.account,
                region=place.region or toolchain.region,
            ),
            synthesizer=cdk.DefaultStackSynthesizer(generate_bootstrap_version_rule=False),
            termination_protection=protected,
        )
        self._delivery = delivery
        # In the template, for the pipeline's change sets pass no tags of a stack.
        for key, value in (tags or {}).items():
            cdk.Tags.of(self).add(key, value)

    @property
    def qualifier(self) -> str:
        """The qualifier with which the accounts were bootstrapped."""
        return str(self.node.get_context("@aws-cdk/core:bootstrapQualifier"))

    def deployer_arn(self, service: Service) -> str:
        """The role with which the service's pipeline deploys this stack."""
        path = names.role_path(self._delivery, service.name, names.PIPELINE)
        name = names.deployer(self.stack_name)
        return arn(self, "iam", f"role{path}{name}", region=False)

    def secrets(
        self, service: Service, *, used_by: Literal["function", "build"], place: str
    ) -> ServiceSecrets | None:
        """The service's secrets of one use, None where it names none."""
        wanted = {
            secret.name: SecretPlan(
                description=secret.description, rotated_after_days=secret.rotated_after_days
            )
            for secret in service.secrets
            if secret.used_by == used_by
        }
        if not wanted:
            return None
        return ServiceSecrets(
            self,
            "Secrets",
            prefix=names.secret_prefix(self._delivery, service, place),
            secrets=wanted,
            deployer_arn=self.deployer_arn(service),
        )

    def guard(
        self, secrets: ServiceSecrets, *, readers: Mapping[str, IConstruct], rotator: Rotator
    ) -> None:
        """Let the readers read their secrets, nobody else, and rotate what is generated.

        Args:
            secrets: the secrets.
            readers: what reads them, by the ARN of its role; made after their policies.
            rotator: what the function that rotates is made of.
        """
        rotation = (
            SecretRotation(self, "Rotation", secrets=secrets, rotator=rotator)
            if secrets.rotated
            else None
        )
        policies = secrets.readable_by(
            list(readers), rotator_arn=rotation.role_arn if rotation else None
        )
        for reader in readers.values():
            reader.node.add_dependency(*policies)
        if rotation:
            rotation.schedule(after=policies)

    def shared_key(self, id_: str, what: str) -> kms.IKey:
        """One of the keys that the foundation exports."""
        return kms.Key.from_key_arn(
            self, id_, cdk.Fn.import_value(names.export(self._delivery, what))
        )

    def artifact_store(self) -> s3.IBucket:
        """The foundation's artifact store, which has its key."""
        return s3.Bucket.from_bucket_attributes(
            self,
            "Artifacts",
            bucket_name=cdk.Fn.import_value(names.export(self._delivery, names.ARTIFACTS)),
            encryption_key=self.shared_key("ArtifactKey", names.ARTIFACT_KEY),
        )

    def code_signing(self) -> str | None:
        """The code signing configuration of the place; None where code is not signed."""
        if not self._delivery.supply.code_signing:
            return None
        return cdk.Fn.import_value(names.export(self._delivery, names.CODE_SIGNING))

    def boundary(self, id_: str, name: str) -> iam.IManagedPolicy:
        """One of the foundation's permissions boundaries, by its name."""
        return iam.ManagedPolicy.from_managed_policy_arn(
            self, id_, boundary_arn(self, self._delivery.name, name)
        )
