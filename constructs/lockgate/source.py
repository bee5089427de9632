"""What a pipeline needs to know of where its source comes from."""

from collections.abc import Sequence
from typing import Protocol

from aws_cdk import aws_codepipeline as codepipeline
from aws_cdk import aws_events as events

from lockgate.action_roles import ActionRoles
from lockgate.artifact_store import ArtifactStore
from lockgate.permissions import Permission


class PipelineSource(Protocol):
    """A branch of a repository: how it is fetched, and what starts a release of it."""

    @property
    def branch(self) -> str:
        """The branch whose pushes become releases."""

    @property
    def start_event(self) -> events.EventPattern | None:
        """The event on which a rule starts the pipeline; None where a trigger of its own does."""

    def fetch(
        self, roles: ActionRoles, store: ArtifactStore, output: codepipeline.Artifact
    ) -> codepipeline.IAction:
        """The action that puts the source into the artifact store, with its role."""

    def triggers(self, fetch: codepipeline.IAction) -> Sequence[codepipeline.TriggerProps]:
        """What starts the pipeline by itself; nothing where a rule does."""

    def declare(self) -> Sequence[Permission]:
        """What CloudFormation may do beside, to declare a pipeline with this source."""
