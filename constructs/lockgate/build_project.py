"""A CodeBuild project that runs one buildspec."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import aws_cdk as cdk
import yaml
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from lockgate.acknowledge import acknowledge
from lockgate.log_group import kept_log_group
from lockgate.permissions import Permission, arn, write_logs
from lockgate.role import JobRole
from lockgate.trust import trusted_service

# A dated image never changes under its name; "aws codebuild list-curated-environment-images"
# lists them.
IMAGE = "aws/codebuild/amazonlinux-aarch64-standard:3.0-25.03.03"


class BuildProject(Construct):
    """A project whose commands are the committed buildspec, inline, so that no source changes them.

    Pinned image on arm64, no privileged mode, no cache, a role of its own, logs kept for a year.
    A build that takes longer than `timeout_minutes`, or waits longer than an hour, fails.
    Costs nothing when idle.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        name: str,
        job: str,
        buildspec: Path,
        timeout_minutes: int,
        permissions: Sequence[Permission],
        environment: Mapping[str, str],
        secrets: Mapping[str, str],
        artifact_key: kms.IKey,
        log_key: kms.IKey,
        role_path: str,
        boundary: iam.IManagedPolicy,
        role_name: str | None = None,
        source: codebuild.ISource | None = None,
        concurrent_builds: int | None = None,
    ) -> None:
        """Make the project.

        Args:
            scope: the parent.
            id_: the construct's id.
            name: the project's name.
            job: what it is for.
            buildspec: the file of its commands.
            timeout_minutes: 5 to 480.
            permissions: what its commands may do beside writing its logs.
            environment: plain environment variables.
            secrets: environment variables that CodeBuild fills from Secrets Manager, by the
                secret's ARN.
            artifact_key: encrypts what it puts out.
            log_key: encrypts its log group.
            role_path: where its role lives.
            boundary: bounds its role.
            role_name: its role's name, where others must know it.
            source: what it builds, and puts out nothing; where there is none, CodePipeline hands
                the source in and takes the artifacts.
            concurrent_builds: how many may run at a time; as many as the account lets.
        """
        super().__init__(scope, id_)
        log_group = kept_log_group(self, "Logs", key=log_key)
        self.role = JobRole(
            self,
            "Job",
            job=job,
            trust=trusted_service(
                self,
                "codebuild.amazonaws.com",
                source_arn=arn(self, "codebuild", f"project/{name}"),
            ),
            permissions=[write_logs(log_group), *permissions],
            path=role_path,
            boundary=boundary,
            name=role_name,
        ).role
        plain = codebuild.BuildEnvironmentVariableType.PLAINTEXT
        secret = codebuild.BuildEnvironmentVariableType.SECRETS_MANAGER
        self.project: codebuild.IProject = (
            partial(codebuild.Project, source=source) if source else codebuild.PipelineProject
        )(
            self,
            "Project",
            project_name=name,
            description=job,
            build_spec=codebuild.BuildSpec.from_object_to_yaml(
                yaml.safe_load(buildspec.read_text())
            ),
            environment=codebuild.BuildEnvironment(
                build_image=codebuild.LinuxArmBuildImage.from_code_build_image_id(IMAGE),
                compute_type=codebuild.ComputeType.SMALL,
                privileged=False,
            ),
            environment_variables={
                name: codebuild.BuildEnvironmentVariable(value=value, type=kind)
                for kind, values in ((plain, environment), (secret, secrets))
                for name, value in values.items()
            },
            logging=codebuild.LoggingOptions(
                cloud_watch=codebuild.CloudWatchLoggingOptions(log_group=log_group, enabled=True)
            ),
            encryption_key=artifact_key,
            role=self.role,
            timeout=cdk.Duration.minutes(timeout_minutes),
            queued_timeout=cdk.Duration.hours(1),
            concurrent_build_limit=concurrent_builds,
            grant_report_group_permissions=False,
        )
        acknowledge(
            self.project,
            "CloudFormation-Validate::E3050",
            "ServiceRole is the role's ARN (Fn::GetAtt), as the rule asks; the validator takes "
            "the GetAtt for a Ref.",
        )
