"""Where one environment of a service is, and what a pipeline finds there, by chosen names."""

from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_iam as iam
from constructs import Construct, IConstruct

from lockgate.artifact_store import Reader, folder

SOURCE, ASSEMBLY, ASSETS = "source", "assembly", "assets"
EVIDENCE, PROVENANCE = "evidence", "provenance"
EVERY_ARTIFACT = (SOURCE, ASSEMBLY, ASSETS, EVIDENCE, PROVENANCE)
# The assets with their code signed, where code is: what is published then.
SIGNED = "signed"
# The roles there, by what they are for.
PUBLISH, CHANGE, EXECUTE, DEPLOY = "publish", "change", "execute", "deploy"
HEALTH, INTEGRATE, TESTS, REVIEW = "health", "integrate", "tests", "review"
ACTIONS = (PUBLISH, CHANGE, EXECUTE, HEALTH, INTEGRATE)
# The folder of the toolchain's store for templates that are reviewed.
REVIEWS = "reviews"
# The folder in which AWS Signer finds a release's packages, and leaves the signed ones.
SIGNING = "signing"
# What each of them that reads a release reads of it, beside what is published.
READS = {CHANGE: ASSEMBLY, TESTS: SOURCE}


@dataclass(frozen=True, kw_only=True)
class Site:
    """Where one environment of a service is.

    Attributes:
        stack_name: the service's stack there, which leads the names of the roles.
        account: its account.
        region: its Region.
        role_path: where the roles that act there live.
        elsewhere: whether that is not the account and Region of the pipeline.
        watched: whether the pipeline reads its aggregate alarm, on entry or while it bakes.
        integration: whether integration tests run there.
        published: the artifact whose files are published there.
    """

    stack_name: str
    account: str
    region: str
    role_path: str
    elsewhere: bool
    watched: bool
    integration: bool
    published: str = ASSETS

    @property
    def tests(self) -> str:
        """The project of its integration tests."""
        return f"{self.stack_name}-{INTEGRATE}"

    def role_arn(self, scope: IConstruct, role: str) -> str:
        """One of the roles there."""
        partition = cdk.Stack.of(scope).partition
        return f"arn:{partition}:iam::{self.account}:role{self.role_path}{self.stack_name}-{role}"

    def role(self, scope: Construct, role: str) -> iam.IRole:
        """One of the roles there, for whatever refers to it."""
        return iam.Role.from_role_arn(
            scope, f"{role}-{self.stack_name}", self.role_arn(scope, role), mutable=False
        )

    def project(self, scope: Construct) -> codebuild.IProject:
        """The project of its integration tests, for whatever refers to it."""
        place = f"arn:{cdk.Stack.of(scope).partition}:codebuild:{self.region}:{self.account}"
        return codebuild.Project.from_project_arn(
            scope, f"Tests-{self.stack_name}", f"{place}:project/{self.tests}"
        )

    def asset_bucket(self, qualifier: str) -> str:
        """Where CloudFormation finds the assets there."""
        return f"cdk-{qualifier}-assets-{self.account}-{self.region}"

    def acting(self, scope: IConstruct) -> list[str]:
        """The roles there that the pipeline's role assumes."""
        absent = {
            *(() if self.watched else (HEALTH,)),
            *(() if self.integration else (INTEGRATE,)),
        }
        return [self.role_arn(scope, role) for role in ACTIONS if role not in absent]

    def reviewer(self, scope: IConstruct) -> Reader:
        """Its role by which CloudFormation reads a template that is reviewed, if a large one."""
        return Reader(
            account=self.account,
            role_arn=self.role_arn(scope, REVIEW),
            folder=f"{REVIEWS}/{self.stack_name}",
        )

    def readers(self, scope: IConstruct, pipeline_name: str) -> list[Reader]:
        """Its roles that read the pipeline's artifacts."""
        return [
            Reader(
                account=self.account,
                role_arn=self.role_arn(scope, role),
                folder=folder(pipeline_name, artifact),
            )
            for role, artifact in {PUBLISH: self.published, **READS}.items()
            if role != TESTS or self.integration
        ]
