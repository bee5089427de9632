"""What the pipeline of one service needs in one environment, from what the delivery says."""

from pathlib import Path

from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from constructs import Construct

from delivery import Delivery, Environment, Service
from lockgate import code_signing, lambda_target
from lockgate.artifact_store import ArtifactStore
from lockgate.boundary import deployer_name, toolchain_name, workload_name
from lockgate.deployer import DeployedStack, Owned, StackDeployer, may_open
from lockgate.landing import Integration, Landing, Visit
from lockgate.permissions import arn
from lockgate.resource_types import SERVICE_TYPES
from lockgate.rotation import may_try, rotation_name
from stacks import destinations, names
from stacks.base import DeliveryStack

INTEGRATION_BUILDSPEC = "integration.yml"


class ServiceLanding(Construct):
    """CloudFormation's role for a service's stack, the pipeline's roles there, its tests."""

    def __init__(
        self,
        stack: DeliveryStack,
        id_: str,
        *,
        delivery: Delivery,
        service: Service,
        environment: Environment,
        root: Path,
        trust: iam.IPrincipal,
        store: ArtifactStore,
        own_key: kms.IKey,
        log_key: kms.IKey,
        visit: Visit | None = None,
        config: str | None = None,
    ) -> None:
        """Make them.

        Args:
            stack: of the environment's place.
            id_: the construct's id.
            delivery: what is delivered.
            service: the service.
            environment: one of its environments, at that place.
            root: the checkout, with the service's buildspecs.
            trust: the pipeline's role.
            store: where the pipeline's artifacts are, in the environment's Region.
            own_key: encrypts what builds there would put out.
            log_key: encrypts the logs of builds there.
            visit: how the shared functions come in from another account.
            config: the code signing configuration there, where code is signed.
        """
        super().__init__(stack, id_)
        bounds = names.bounds(delivery, environment)
        boundary = stack.boundary(f"{id_}-Boundary", toolchain_name(bounds))
        site = destinations.site(self, delivery, service, environment)
        # CloudFormation addresses them without a version.
        functions = [f"function:{name}" for name in lambda_target.functions(site.stack_name)]
        functions.append(f"function:{rotation_name(site.stack_name)}")
        asset_bucket = site.asset_bucket(stack.qualifier)
        deployer = StackDeployer(
            self,
            "Deploy",
            stack=DeployedStack(
                name=site.stack_name,
                role_path=names.role_path(delivery, service.name, environment.name),
                secret_prefix=names.secret_prefix(delivery, service, environment.name),
                passes_to=[
                    "codedeploy.amazonaws.com",
                    "lambda.amazonaws.com",
                    "states.amazonaws.com",
                ],
                owned=[
                    *lambda_target.owned(site.stack_name),
                    Owned(
                        service="lambda",
                        resources=[f"function:{rotation_name(site.stack_name)}"],
                    ),
                ],
            ),
            types=code_signing.SIGNED_TYPES if config else SERVICE_TYPES,
            role_name=names.deployer(site.stack_name),
            role_path=site.role_path,
            boundary=stack.boundary(f"{id_}-Deployer", deployer_name(bounds)),
            made_roles_boundaries=[stack.boundary(f"{id_}-Workload", workload_name(bounds))],
            asset_bucket=asset_bucket,
            outlives=True,
            beside=[
                may_open(self, rotation_name(site.stack_name)),
                may_try(self, site.stack_name),
                *(
                    code_signing.may_carry(
                        config, [arn(self, "lambda", function) for function in functions]
                    )
                    if config
                    else []
                ),
            ],
        )
        call = lambda_target.call(self, site.stack_name)
        self.landing = Landing(
            self,
            "Landing",
            site=site,
            trust=trust,
            store=store,
            asset_bucket=s3.Bucket.from_bucket_name(self, "Assets", asset_bucket),
            deployer=deployer.role,
            objectives=destinations.objectives(service),
            topic=sns.Topic.from_topic_arn(
                self, "Notifications", arn(self, "sns", names.topic(delivery))
            ),
            integration=Integration(
                buildspec=root / service.path / INTEGRATION_BUILDSPEC,
                function=call.resources[0],
                call=call,
                artifact_key=own_key,
                log_key=log_key,
            )
            if service.integration
            else None,
            visit=visit,
            boundary=boundary,
        )
