"""The pipeline stack: one service's way from source to its last environment."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_codecommit as codecommit
from aws_cdk import aws_sns as sns
from constructs import Construct

import lockgate
from delivery import Delivery, Service
from lockgate import lambda_target
from lockgate.boundary import toolchain_name, workload_name
from lockgate.build_project import BuildProject
from lockgate.deployer import DeployedStack, Owned, StackDeployer
from lockgate.permissions import Permission, arn, read_secrets
from lockgate.pipeline_actions import ArtifactStore
from lockgate.pipeline_events import PipelineEvents, failed_rule, start_rule
from lockgate.release_pipeline import ASSEMBLY, ASSETS, SOURCE, Deployment, ReleasePipeline
from lockgate.resource_types import PIPELINE_TYPES, SERVICE_TYPES
from lockgate.secrets import ServiceSecrets
from stacks import names
from stacks.base import DeliveryStack

PACKAGE_BUILDSPEC = Path(lockgate.__file__).parent / "buildspecs" / "package.yml"
VERIFY, PACKAGE = "verify", "package"
VERIFY_MINUTES = 30
PACKAGE_MINUTES = 60


class PipelineStack(DeliveryStack):
    """A service's builds, its pipeline, and CloudFormation's roles for what it deploys."""

    def __init__(
        self,
        scope: Construct,
        *,
        delivery: Delivery,
        service: Service,
        root: Path,
        delivery_file: str,
    ) -> None:
        own_name = names.pipeline_stack(delivery, service)
        super().__init__(
            scope,
            own_name,
            delivery=delivery,
            place=delivery.toolchain,
            protected=True,
            description=f"Takes each release of {service.name} through its environments",
        )
        self._service = service
        self._path = names.role_path(delivery, service.name, names.PIPELINE)
        self._boundary = self.boundary("Boundary", toolchain_name(delivery.name))
        self._workload_boundary = self.boundary("WorkloadBoundary", workload_name(delivery.name))
        self._asset_bucket = f"cdk-{qualifier(self)}-assets-{self.account}-{self.region}"
        self._log_key = self.shared_key("LogKey", names.LOG_KEY)
        store = ArtifactStore(
            bucket=self.artifact_store(), pipeline_name=names.pipeline(delivery, service)
        )
        self._artifact_key = store.key
        secrets = self.secrets(service, used_by="build", place=names.PIPELINE)
        verify = self._build(
            VERIFY,
            secrets,
            job=f"Verify {service.name}: what its team's buildspec runs",
            buildspec=root / service.path / "buildspec.yml",
            timeout_minutes=VERIFY_MINUTES,
            permissions=store.read(SOURCE),
            environment={},
        )
        package = self._build(
            PACKAGE,
            secrets,
            job=f"Package {service.name}: test the stacks, build the release, judge it",
            buildspec=PACKAGE_BUILDSPEC,
            timeout_minutes=PACKAGE_MINUTES,
            permissions=store.transfer(read=[SOURCE], write=[ASSEMBLY, ASSETS]),
            environment={"DELIVERY": delivery_file},
        )
        if secrets:
            policies = secrets.readable_by([verify.role.role_arn, package.role.role_arn])
            for build in (verify, package):
                build.project.node.add_dependency(*policies)
        repository = codecommit.Repository.from_repository_name(
            self, "Repository", delivery.repository(service)
        )
        release = ReleasePipeline(
            self,
            "Release",
            store=store,
            repository=repository,
            branch=service.source.branch,
            verify=verify.project,
            package=package.project,
            own=Deployment(
                name="self", stack_name=own_name, deployer=self._deployer_of_itself(own_name)
            ),
            environments=[self._deployment(name) for name in service.promotion],
            asset_bucket=self._asset_bucket,
            role_path=self._path,
            boundary=self._boundary,
        )
        PipelineEvents(
            self,
            "Events",
            pipeline=release.pipeline,
            repository=repository,
            branch=service.source.branch,
            topic=sns.Topic.from_topic_arn(
                self, "Notifications", arn(self, "sns", names.topic(delivery))
            ),
            rule_prefix=own_name,
            role_path=self._path,
            boundary=self._boundary,
        )

    def _build(
        self,
        build: str,
        secrets: ServiceSecrets | None,
        *,
        job: str,
        buildspec: Path,
        timeout_minutes: int,
        permissions: Sequence[Permission],
        environment: Mapping[str, str],
    ) -> BuildProject:
        return BuildProject(
            self,
            build.capitalize(),
            name=f"{self.stack_name}-{build}",
            job=job,
            buildspec=buildspec,
            timeout_minutes=timeout_minutes,
            permissions=[
                *permissions,
                *(read_secrets(secrets.arns, secrets.key) if secrets else []),
            ],
            environment=environment,
            secrets=secrets.environment if secrets else {},
            artifact_key=self._artifact_key,
            log_key=self._log_key,
            role_path=self._path,
            boundary=self._boundary,
        )

    def _deployment(self, environment: str) -> Deployment:
        stack_name = names.service_stack(self._delivery, self._service, environment)
        return Deployment(
            name=environment,
            stack_name=stack_name,
            deployer=StackDeployer(
                self,
                f"Deploy-{environment}",
                stack=DeployedStack(
                    name=stack_name,
                    role_path=names.role_path(self._delivery, self._service.name, environment),
                    secret_prefix=names.secret_prefix(self._delivery, self._service, environment),
                    passes_to=[
                        "codedeploy.amazonaws.com",
                        "lambda.amazonaws.com",
                        "states.amazonaws.com",
                    ],
                    owned=lambda_target.owned(stack_name),
                ),
                types=SERVICE_TYPES,
                role_name=names.deployer(stack_name),
                role_path=self._path,
                boundary=self._boundary,
                made_roles_boundary=self._workload_boundary,
                asset_bucket=self._asset_bucket,
            ),
        )

    def _deployer_of_itself(self, own_name: str) -> StackDeployer:
        return StackDeployer(
            self,
            "Deploy-self",
            stack=DeployedStack(
                name=own_name,
                role_path=self._path,
                secret_prefix=names.secret_prefix(self._delivery, self._service, names.PIPELINE),
                passes_to=[
                    "cloudformation.amazonaws.com",
                    "codebuild.amazonaws.com",
                    "codepipeline.amazonaws.com",
                    "events.amazonaws.com",
                ],
                owned=[
                    Owned(
                        service="codebuild",
                        resources=[f"project/{own_name}-{build}" for build in (VERIFY, PACKAGE)],
                    ),
                    Owned(
                        service="codepipeline",
                        resources=[names.pipeline(self._delivery, self._service)],
                    ),
                    Owned(
                        service="events",
                        resources=[
                            f"rule/{start_rule(own_name)}",
                            f"rule/{failed_rule(own_name)}",
                        ],
                    ),
                ],
            ),
            types=PIPELINE_TYPES,
            role_name=names.deployer(own_name),
            role_path=self._path,
            boundary=self._boundary,
            made_roles_boundary=self._boundary,
        )


def qualifier(stack: cdk.Stack) -> str:
    """The qualifier with which the accounts were bootstrapped."""
    return str(stack.node.get_context("@aws-cdk/core:bootstrapQualifier"))
