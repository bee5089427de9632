"""The pipeline stack: one service's way from source to its last environment."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from constructs import Construct

import lockgate
from delivery import Delivery, Environment, Service
from lockgate.artifact_store import ArtifactStore
from lockgate.boundary import deployer_name, toolchain_name
from lockgate.bucket import regional_name
from lockgate.build_project import BuildProject
from lockgate.codecommit_source import CodeCommitBranch
from lockgate.deployer import DeployedStack, Owned, StackDeployer, may_open
from lockgate.event_function import SourceFunctions
from lockgate.health import health_alarms
from lockgate.packaging import Package
from lockgate.path_filter import PathFilter
from lockgate.permissions import Permission, arn, read_secrets
from lockgate.pipeline_events import PipelineEvents, failed_rule, start_rule
from lockgate.release_pipeline import OwnStack, ReleasePipeline, ReplicatedStore
from lockgate.resource_types import PIPELINE_TYPES
from lockgate.rotation import Rotator, may_try, rotation_name
from lockgate.secrets import ServiceSecrets
from lockgate.site import ASSEMBLY, ASSETS, EVIDENCE, SOURCE
from lockgate.source import PipelineSource
from lockgate.wave import WaveTopic
from stacks import destinations, names, role_arns
from stacks.base import DeliveryStack
from stacks.service_landing import ServiceLanding
from stacks.sources import pipeline_source

BUILDSPECS = Path(lockgate.__file__).parent / "buildspecs"
VERIFY, PACKAGE, AUDIT = "verify", "package", "audit"
VERIFY_MINUTES = 30
PACKAGE_MINUTES = 60
AUDIT_MINUTES = 30


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
        source_package: Package,
        rotation_package: Package,
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
        self._asset_bucket = f"cdk-{self.qualifier}-assets-{self.account}-{self.region}"
        self._boundary = self.boundary("Boundary", toolchain_name(delivery.name))
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
            buildspec=BUILDSPECS / "package.yml",
            timeout_minutes=PACKAGE_MINUTES,
            permissions=store.transfer(read=[SOURCE], write=[ASSEMBLY, ASSETS]),
            environment={"DELIVERY": delivery_file},
        )
        # Without the builds' secrets, which it has no use for.
        audit = self._build(
            AUDIT,
            None,
            job=f"Audit {service.name}: secrets, advisories, licences, what a release holds",
            buildspec=BUILDSPECS / "audit.yml",
            timeout_minutes=AUDIT_MINUTES,
            permissions=store.transfer(read=[SOURCE], write=[EVIDENCE]),
            environment={},
        )
        topic = sns.Topic.from_topic_arn(
            self, "Notifications", arn(self, "sns", names.topic(delivery))
        )
        if secrets:
            self.guard(
                secrets,
                readers={build.role.role_arn: build.project for build in (verify, package)},
                rotator=Rotator(
                    package=rotation_package,
                    topic=topic,
                    log_key=self._log_key,
                    role_path=self._path,
                    boundary=self._boundary,
                ),
            )
        source = pipeline_source(self, delivery, service)
        # Who names paths means just these; a connection's trigger filters by itself.
        foreign = [] if service.source.paths else globs_below(delivery.foreign_paths(service))
        filtered = isinstance(source, CodeCommitBranch) and bool(service.source.paths or foreign)
        landings = self._landings(root, store)
        release = ReleasePipeline(
            self,
            "Release",
            role_name=names.pipeline_role(delivery, service),
            store=store,
            replicas={region: self._replica(region) for region in self._regions()},
            source=source,
            verify=verify.project,
            package=package.project,
            audit=audit.project,
            projects={build.capitalize(): f"{own_name}-{build}" for build in (PACKAGE, AUDIT)},
            own=OwnStack(name=own_name, deployer=self._deployer_of_itself(own_name, source)),
            waves=destinations.waves(self, delivery, service),
            functions=names.functions(delivery),
            topic=WaveTopic(topic=topic, key_arn=self._log_key.key_arn),
            qualifier=self.qualifier,
            role_path=self._path,
            boundary=self._boundary,
        )
        for landing in landings:
            # Its roles trust the pipeline's role, and the pipeline needs them.
            landing.landing.node.add_dependency(release.job)
            release.pipeline.node.add_dependency(landing)
        self.template_options.metadata = {"Lockgate": {"Stages": release.stages}}
        if isinstance(source, CodeCommitBranch) and filtered:
            PathFilter(
                self,
                "Filter",
                pipeline=release.pipeline,
                repository=source.repository,
                branch=source.branch,
                event=source.start_event,
                includes=service.source.paths,
                excludes=foreign,
                name=start_rule(own_name),
                shared=SourceFunctions(
                    package=source_package,
                    topic=topic,
                    log_key=self._log_key,
                    role_path=self._path,
                    boundary=self._boundary,
                ),
            )
        PipelineEvents(
            self,
            "Events",
            pipeline=release.pipeline,
            source=source,
            filtered=filtered,
            topic=topic,
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

    def _landings(self, root: Path, store: ArtifactStore) -> list[ServiceLanding]:
        """What the pipeline needs in the environments that are where it is."""
        delivery, service = self._delivery, self._service
        role_arn = role_arns.pipeline_role_arn(self, delivery, service, account=self.account)
        config = self.code_signing()
        return [
            ServiceLanding(
                self,
                f"Landing-{name}",
                delivery=delivery,
                service=service,
                environment=delivery.environment(name),
                root=root,
                trust=iam.ArnPrincipal(role_arn),
                store=store,
                own_key=store.key,
                log_key=self._log_key,
                config=config,
            )
            for name in service.environments
            if delivery.is_home(delivery.environment(name))
        ]

    def _regions(self) -> list[str]:
        """The other Regions that the service is delivered to."""
        places = map(self._delivery.place, self._environments())
        return sorted({str(place.region) for place in places} - {str(self._delivery.home.region)})

    def _environments(self) -> list[Environment]:
        return [self._delivery.environment(name) for name in self._service.environments]

    def _replica(self, region: str) -> ReplicatedStore:
        delivery, account = self._delivery, str(self._delivery.toolchain.account)
        place = f"arn:{self.partition}:kms:{region}:{account}"
        alias = f"{place}:{names.artifact_key_alias(delivery)}"

        def bucket(id_: str, key_arn: str) -> s3.IBucket:
            return s3.Bucket.from_bucket_attributes(
                self,
                f"{id_}-{region}",
                bucket_name=regional_name(names.artifact_store(delivery), account, region),
                account=account,
                region=region,
                encryption_key=kms.Key.from_key_arn(self, f"{id_}Key-{region}", key_arn),
            )

        return ReplicatedStore(
            store=ArtifactStore(
                bucket=bucket("Replica", f"arn:aws:kms:{region}:{account}:key/*"),
                pipeline_name=names.pipeline(delivery, self._service),
            ),
            bucket=bucket("ReplicaByAlias", alias),
        )

    def _deployer_of_itself(self, own_name: str, source: PipelineSource) -> StackDeployer:
        by_rule = source.start_event is not None
        bound_to = self.boundary("DeployerBoundary", deployer_name(self._delivery.name))
        rules = [*([start_rule(own_name)] if by_rule else []), failed_rule(own_name)]
        # The first generated secret of the builds brings one, the first path to filter by another.
        functions = [rotation_name(own_name), *([start_rule(own_name)] if by_rule else [])]
        sites = [
            site
            for wave in destinations.waves(self, self._delivery, self._service)
            for site in (destination.site for destination in wave)
            if not site.elsewhere
        ]
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
                    "lambda.amazonaws.com",
                    *(["events.amazonaws.com"] if by_rule else []),
                ],
                owned=[
                    Owned(
                        service="codebuild",
                        resources=[
                            f"project/{name}"
                            for name in (
                                f"{own_name}-{VERIFY}",
                                f"{own_name}-{PACKAGE}",
                                f"{own_name}-{AUDIT}",
                                *(site.tests for site in sites if site.integration),
                            )
                        ],
                    ),
                    Owned(
                        service="cloudwatch",
                        resources=[
                            f"alarm:{alarm}"
                            for site in sites
                            for alarm in health_alarms(site.stack_name)
                        ],
                    ),
                    Owned(
                        service="codepipeline",
                        resources=[names.pipeline(self._delivery, self._service)],
                    ),
                    Owned(service="events", resources=[f"rule/{rule}" for rule in rules]),
                    Owned(service="lambda", resources=[f"function:{name}" for name in functions]),
                ],
            ),
            types=PIPELINE_TYPES,
            role_name=names.deployer(own_name),
            role_path=self._path,
            boundary=bound_to,
            made_roles_boundaries=[self._boundary, bound_to],
            beside=[
                *source.declare(),
                may_open(self, *functions),
                may_try(self, own_name),
            ],
            asset_bucket=self._asset_bucket,
        )


def globs_below(folders: Sequence[str]) -> list[str]:
    """Globs for all that lies in the folders."""
    return [f"{folder}/**" for folder in folders]
