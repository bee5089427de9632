"""A source in CodeCommit: an event starts each release."""

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import aws_codecommit as codecommit
from aws_cdk import aws_codepipeline as codepipeline
from aws_cdk import aws_codepipeline_actions as actions
from aws_cdk import aws_events as events

from lockgate.action_roles import ActionRoles
from lockgate.artifact_store import ArtifactStore
from lockgate.permissions import Permission

FETCH = (
    "codecommit:CancelUploadArchive",
    "codecommit:GetBranch",
    "codecommit:GetCommit",
    "codecommit:GetRepository",
    "codecommit:GetUploadArchiveStatus",
    "codecommit:UploadArchive",
)


@dataclass(frozen=True, kw_only=True)
class CodeCommitBranch:
    """A branch of a CodeCommit repository; nothing polls.

    Detail type as in "CodeCommit repository state change" of the EventBridge event reference.
    """

    repository: codecommit.IRepository
    branch: str

    @property
    def start_event(self) -> events.EventPattern:
        """The branch was made or moved."""
        return events.EventPattern(
            source=["aws.codecommit"],
            detail_type=["CodeCommit Repository State Change"],
            resources=[self.repository.repository_arn],
            detail={
                "event": ["referenceCreated", "referenceUpdated"],
                "referenceType": ["branch"],
                "referenceName": [self.branch],
            },
        )

    def fetch(
        self, roles: ActionRoles, store: ArtifactStore, output: codepipeline.Artifact
    ) -> codepipeline.IAction:
        """Take the branch's commit."""
        return actions.CodeCommitSourceAction(
            action_name="Source",
            repository=self.repository,
            branch=self.branch,
            output=output,
            trigger=actions.CodeCommitTrigger.NONE,
            role=roles.make(
                "pipeline-source",
                "Take the source from the repository",
                [
                    Permission(actions=FETCH, resources=[self.repository.repository_arn]),
                    *store.write(str(output.artifact_name)),
                ],
            ),
        )

    def triggers(self, fetch: codepipeline.IAction) -> Sequence[codepipeline.TriggerProps]:  # noqa: ARG002
        """None: the rule on `start_event` starts the pipeline."""
        return ()

    def declare(self) -> Sequence[Permission]:
        """Nothing: a pipeline names the repository, and its action's role reads it."""
        return ()
