"""The build of each pull request to a repository behind a connection."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from lockgate.acknowledge import acknowledge
from lockgate.build_project import IMAGE
from lockgate.connection import TAKE_TOKEN, use_connection
from lockgate.log_group import kept_log_group
from lockgate.permissions import Permission, arn, write_logs
from lockgate.role import JobRole
from lockgate.trust import trusted_service

BUILDSPEC = Path(__file__).parent / "buildspecs" / "pull_request.yml"
TIMEOUT_MINUTES = 60
QUEUED_MINUTES = 60
OPENED = ("PULL_REQUEST_CREATED", "PULL_REQUEST_UPDATED")
# Bitbucket tells of no reopening.
REOPENED = (*OPENED, "PULL_REQUEST_REOPENED")
# What a webhook's pattern would not take literally.
SPECIAL = frozenset("\\.^$*+?()[]{}|")


@dataclass(frozen=True, kw_only=True)
class Provider:
    """How CodeBuild knows a provider.

    Attributes:
        source_type: the source's type.
        address: where its repositories are; None for a server of one's own.
        approvers: the roles whose comment lets a stranger's pull request be built, and whose own
            pull requests are built at once.
        events: what a build is started by.
    """

    source_type: str
    address: str | None
    approvers: tuple[str, ...]
    events: tuple[str, ...] = REOPENED


GITHUB_APPROVERS = ("GITHUB_MAINTAIN", "GITHUB_ADMIN")
GITLAB_APPROVERS = ("GITLAB_MAINTAINER", "GITLAB_OWNER")
PROVIDERS = {
    "github": Provider(
        source_type="GITHUB", address="https://github.com", approvers=GITHUB_APPROVERS
    ),
    "gitlab": Provider(
        source_type="GITLAB", address="https://gitlab.com", approvers=GITLAB_APPROVERS
    ),
    "bitbucket": Provider(
        source_type="BITBUCKET",
        address="https://bitbucket.org",
        approvers=("BITBUCKET_ADMIN",),
        events=OPENED,
    ),
    "github-enterprise": Provider(
        source_type="GITHUB_ENTERPRISE", address=None, approvers=GITHUB_APPROVERS
    ),
    "gitlab-self-managed": Provider(
        source_type="GITLAB_SELF_MANAGED", address=None, approvers=GITLAB_APPROVERS
    ),
}


class PullRequestProject(Construct):
    """Builds each pull request to some branches, and reports the verdict on its commit.

    The code of a pull request is anybody's. So the commands are the committed buildspec, inline;
    the build has no secrets, no artifacts, no privileges and no cache; its role writes its own
    log and reads this one repository; and a pull request of whoever does not maintain the
    repository waits for a comment of somebody who does. No list of accounts lets anybody past
    that: a pattern for one id also fits longer ones, which anyone may come to own.

    CodeBuild clones with a token of the connection, which no condition can hold to a repository:
    the provider's app must be installed for the delivery's repositories alone.

    Costs nothing when idle. A build that takes or waits longer than an hour fails.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        name: str,
        connection: str,
        provider: str,
        repository: str,
        branches: Sequence[str],
        log_key: kms.IKey,
        role_path: str,
        boundary: iam.IManagedPolicy,
        server: str | None = None,
        environment: dict[str, str] | None = None,
    ) -> None:
        """Make the project and the webhook that starts it.

        Args:
            scope: the parent.
            id_: the construct's id.
            name: the project's name, and the verdict's beside the commit.
            connection: the connection's ARN.
            provider: one of `PROVIDERS`.
            repository: as owner/name.
            branches: which pull requests are built, by the branch that they are to change.
            log_key: encrypts its log group.
            role_path: where its role lives.
            boundary: bounds its role.
            server: the address of a server of one's own, as https://git.example.com.
            environment: plain environment variables.

        Raises:
            ValueError: a server of one's own has no address, or another provider has one.
        """
        super().__init__(scope, id_)
        known = PROVIDERS[provider]
        if (known.address is None) != (server is not None):
            raise ValueError(f"{provider} {'has no' if known.address else 'needs a'} server")
        log_group = kept_log_group(self, "Logs", key=log_key)
        job = f"Build the pull requests of {repository}"
        role = JobRole(
            self,
            "Job",
            job=job,
            trust=trusted_service(
                self,
                "codebuild.amazonaws.com",
                source_arn=arn(self, "codebuild", f"project/{name}"),
            ),
            permissions=[
                write_logs(log_group),
                Permission(actions=TAKE_TOKEN, resources=[connection]),
                use_connection(connection, repository=repository),
            ],
            path=role_path,
            boundary=boundary,
        ).role
        self.project = codebuild.CfnProject(
            self,
            "Project",
            name=name,
            description=job,
            service_role=role.role_arn,
            source=codebuild.CfnProject.SourceProperty(
                type=known.source_type,
                location=f"{known.address or server}/{repository}.git",
                auth=codebuild.CfnProject.SourceAuthProperty(
                    type="CODECONNECTIONS", resource=connection
                ),
                build_spec=yaml.safe_dump(yaml.safe_load(BUILDSPEC.read_text()), sort_keys=False),
                report_build_status=True,
                build_status_config=codebuild.CfnProject.BuildStatusConfigProperty(context=name),
                git_clone_depth=1,
                insecure_ssl=False,
            ),
            artifacts=codebuild.CfnProject.ArtifactsProperty(type="NO_ARTIFACTS"),
            cache=codebuild.CfnProject.ProjectCacheProperty(type="NO_CACHE"),
            environment=codebuild.CfnProject.EnvironmentProperty(
                type="ARM_CONTAINER",
                image=IMAGE,
                image_pull_credentials_type="CODEBUILD",
                compute_type="BUILD_GENERAL1_SMALL",
                privileged_mode=False,
                environment_variables=[
                    codebuild.CfnProject.EnvironmentVariableProperty(
                        name=key, value=value, type="PLAINTEXT"
                    )
                    for key, value in (environment or {}).items()
                ],
            ),
            logs_config=codebuild.CfnProject.LogsConfigProperty(
                cloud_watch_logs=codebuild.CfnProject.CloudWatchLogsConfigProperty(
                    status="ENABLED", group_name=log_group.log_group_name
                )
            ),
            triggers=_webhook(known, branches),
            # Nothing is put out; CodeBuild encrypts what it keeps for itself.
            encryption_key=log_key.key_arn,
            visibility="PRIVATE",
            timeout_in_minutes=TIMEOUT_MINUTES,
            queued_timeout_in_minutes=QUEUED_MINUTES,
        )
        acknowledge(
            self.project,
            "CloudFormation-Validate::E3050",
            "ServiceRole is the role's ARN (Fn::GetAtt), as the rule asks; the validator takes "
            "the GetAtt for a Ref.",
        )


def _webhook(
    provider: Provider, branches: Sequence[str]
) -> codebuild.CfnProject.ProjectTriggersProperty:
    into = "|".join(f"^refs/heads/{literal(branch)}$" for branch in branches)
    return codebuild.CfnProject.ProjectTriggersProperty(
        webhook=True,
        build_type="BUILD",
        filter_groups=[
            [
                codebuild.CfnProject.WebhookFilterProperty(
                    type="EVENT", pattern=", ".join(provider.events)
                ),
                codebuild.CfnProject.WebhookFilterProperty(type="BASE_REF", pattern=into),
            ]
        ],
        pull_request_build_policy=codebuild.CfnProject.PullRequestBuildPolicyProperty(
            requires_comment_approval="ALL_PULL_REQUESTS",
            approver_roles=list(provider.approvers),
        ),
    )


def literal(text: str) -> str:
    """A text as a webhook's pattern for just that text."""
    return "".join(f"\\{each}" if each in SPECIAL else each for each in text)
