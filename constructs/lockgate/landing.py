"""What a service's pipeline needs where one environment is."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from constructs import Construct

from lockgate import site as at
from lockgate.action_roles import ActionRoles
from lockgate.artifact_store import ArtifactStore
from lockgate.build_project import BuildProject
from lockgate.health import HealthAlarms, health_alarm
from lockgate.permissions import (
    DECRYPT,
    Permission,
    arn,
    on_objects,
    use_artifact_key,
)
from lockgate.pipeline_permissions import (
    READ_ALARM,
    RUN_BUILD,
    may_count,
    may_create,
    may_execute,
    may_publish,
    may_review,
)
from lockgate.site import Site
from lockgate.version_alarms import VersionObjectives

INTEGRATION_MINUTES = 30


@dataclass(frozen=True, kw_only=True)
class Integration:
    """The integration tests of a service in one environment.

    Attributes:
        buildspec: the file of their commands.
        function: what they call, in the variable FUNCTION.
        call: the permission to call it, all that they have.
        artifact_key: encrypts what they would put out.
        log_key: encrypts their log.
    """

    buildspec: Path
    function: str
    call: Permission
    artifact_key: kms.IKey
    log_key: kms.IKey


@dataclass(frozen=True, kw_only=True)
class Visit:
    """How the functions that the pipelines share come in from another account.

    Attributes:
        visitors: their roles.
        reviews: the toolchain's store, where they put a template that is too large for a call.
    """

    visitors: Sequence[iam.IPrincipal]
    reviews: s3.IBucket


class Landing(Construct):
    """The roles with which a pipeline acts in one environment, its alarms, its integration tests.

    Each action has a role of its own, trusted by the pipeline's role alone: one copies the
    release's assets, one creates the change set and passes CloudFormation's role, one executes
    it, one reads the aggregate alarm, one starts the integration tests, which may call the
    service and nothing else. Where the environment is in another account or Region, the roles
    read the artifacts of one pipeline out of the toolchain's store, and the functions that the
    pipelines share come in by a role that can make a change set and cannot execute it.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        site: Site,
        trust: iam.IPrincipal,
        store: ArtifactStore,
        asset_bucket: s3.IBucket,
        deployer: iam.IRole,
        objectives: VersionObjectives,
        topic: sns.ITopic,
        integration: Integration | None,
        visit: Visit | None,
        boundary: iam.IManagedPolicy,
    ) -> None:
        """Make them.

        Args:
            scope: the parent.
            id_: the construct's id.
            site: the environment.
            trust: the pipeline's role.
            store: where the pipeline's artifacts are, in the environment's Region.
            asset_bucket: where CloudFormation finds the assets.
            deployer: CloudFormation's role for the environment's stack.
            objectives: what the service is held to.
            topic: told when it breaks them.
            integration: the integration tests, where there are any.
            visit: what the shared functions do, where they come from another account.
            boundary: bounds all roles.
        """
        super().__init__(scope, id_)
        self._site = site
        self._store = store
        self._boundary = boundary
        name = site.stack_name
        stack_arn = arn(self, "cloudformation", f"stack/{name}/*")
        alarm_arn = arn(self, "cloudwatch", f"alarm:{health_alarm(name)}")
        HealthAlarms(self, "Health", name=name, objectives=objectives, topic=topic)
        make = self._roles("Roles", trust).make
        make(at.PUBLISH, f"Publish a release's assets for {name}", self._publish(asset_bucket))
        make(
            at.CHANGE,
            f"Create the change set of {name}",
            [*may_create(stack_arn, deployer), *store.read(at.ASSEMBLY)],
        )
        make(at.EXECUTE, f"Execute the change set of {name}", may_execute(stack_arn))
        if site.watched:
            make(
                at.HEALTH,
                f"Read the aggregate alarm of {name}",
                [Permission(actions=READ_ALARM, resources=[alarm_arn])],
            )
        if integration:
            tests = self._tests(integration)
            make(
                at.INTEGRATE,
                f"Run the integration tests of {name}",
                [Permission(actions=RUN_BUILD, resources=[tests.project_arn])],
            )
        if visit:
            self._roles("Visit", iam.CompositePrincipal(*visit.visitors)).make(
                at.REVIEW,
                f"Say what a release would change in {name}; count its requests",
                [*may_review(stack_arn), may_count(), *self._read_templates(visit.reviews)],
            )

    def _roles(self, id_: str, trust: iam.IPrincipal) -> ActionRoles:
        return ActionRoles(
            self,
            id_,
            trust=trust,
            prefix=self._site.stack_name,
            path=self._site.role_path,
            boundary=self._boundary,
        )

    def _publish(self, bucket: s3.IBucket) -> list[Permission]:
        return [*self._store.read(self._site.published), may_publish(bucket, self._site.account)]

    def _read_templates(self, reviews: s3.IBucket) -> list[Permission]:
        """CloudFormation reads a template as whoever makes the change set."""
        folder, by_digest = f"{at.REVIEWS}/{self._site.stack_name}", "It is called by its digest."
        return [
            on_objects(reviews, folder, ("s3:GetObject",), by_digest),
            use_artifact_key(reviews, DECRYPT),
        ]

    def _tests(self, integration: Integration) -> codebuild.IProject:
        return BuildProject(
            self,
            "Tests",
            name=self._site.tests,
            job=f"Run the integration tests of {self._site.stack_name}",
            buildspec=integration.buildspec,
            timeout_minutes=INTEGRATION_MINUTES,
            permissions=[*self._store.read(at.SOURCE), integration.call],
            environment={"FUNCTION": integration.function},
            secrets={},
            artifact_key=integration.artifact_key,
            log_key=integration.log_key,
            role_path=self._site.role_path,
            role_name=f"{self._site.stack_name}-{at.TESTS}",
            boundary=self._boundary,
        ).project
