"""A source through a connection: the provider tells CodePipeline, and a trigger says of what."""

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import aws_codepipeline as codepipeline
from aws_cdk import aws_codepipeline_actions as actions

from lockgate.action_roles import ActionRoles
from lockgate.artifact_store import ArtifactStore
from lockgate.connection import pass_connection, use_connection
from lockgate.permissions import Permission

# "Quotas in AWS CodePipeline"; GitFilePathFilterCriteria of its API.
MOST_PATTERNS = 8


@dataclass(frozen=True, kw_only=True)
class ConnectedBranch:
    """A branch of a repository on GitHub, GitLab or Bitbucket; nothing polls.

    A push to the branch starts a release, and so does a tag that fits, wherever it points. The
    source is a zip archive of the one commit, so that no build can reach the repository.

    Attributes:
        connection: the connection's ARN.
        repository: as owner/name.
        branch: the branch.
        tags: patterns of tags that start a release as well.
        paths: patterns of files of which one must have changed; any where there is none.
        foreign_paths: folders whose changes alone start nothing. CodePipeline takes eight
            patterns; where there are more, changes in them start a release too.
    """

    connection: str
    repository: str
    branch: str
    tags: Sequence[str] = ()
    paths: Sequence[str] = ()
    foreign_paths: Sequence[str] = ()

    @property
    def start_event(self) -> None:
        """None: CodePipeline's own trigger starts the pipeline."""
        return

    def fetch(
        self, roles: ActionRoles, store: ArtifactStore, output: codepipeline.Artifact
    ) -> codepipeline.IAction:
        """Take the commit that was pushed, or the branch's last one."""
        owner, _, name = self.repository.rpartition("/")
        return actions.CodeStarConnectionsSourceAction(
            action_name="Source",
            connection_arn=self.connection,
            owner=owner,
            repo=name,
            branch=self.branch,
            output=output,
            code_build_clone_output=False,
            # The trigger replaces it; with both, each push would start two releases.
            trigger_on_push=False,
            role=roles.make(
                "pipeline-source",
                "Take the source through the connection",
                [
                    use_connection(self.connection, repository=self.repository, branch=self.branch),
                    *store.write(str(output.artifact_name)),
                ],
            ),
        )

    def triggers(self, fetch: codepipeline.IAction) -> Sequence[codepipeline.TriggerProps]:
        """A push to the branch that changes what is the service's, or a tag."""
        foreign = [f"{path}/**" for path in self.foreign_paths]
        pushes = [
            codepipeline.GitPushFilter(
                branches_includes=[self.branch],
                file_paths_includes=list(self.paths) or None,
                file_paths_excludes=(foreign if 0 < len(foreign) <= MOST_PATTERNS else None),
            )
        ]
        if self.tags:
            pushes.append(codepipeline.GitPushFilter(tags_includes=list(self.tags)))
        return [
            codepipeline.TriggerProps(
                provider_type=codepipeline.ProviderType.CODE_STAR_SOURCE_CONNECTION,
                git_configuration=codepipeline.GitConfiguration(
                    source_action=fetch, push_filter=pushes
                ),
            )
        ]

    def declare(self) -> Sequence[Permission]:
        """Hand the connection to CodePipeline."""
        return pass_connection(self.connection)
