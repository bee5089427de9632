"""A pipeline that starts only for the pushes that touch its service."""

import json
from collections.abc import Sequence

from aws_cdk import aws_codecommit as codecommit
from aws_cdk import aws_codepipeline as codepipeline
from aws_cdk import aws_events as events
from constructs import Construct

from lockgate.event_function import EventFunction, SourceFunctions
from lockgate.permissions import Permission
from lockgate.pipeline_events import START

ENTRY = "start"
SOURCE_ACTION = "Source"
COMPARE = ("codecommit:GetBranch", "codecommit:GetDifferences")


class PathFilter(Construct):
    """Starts one pipeline for a push whose changed paths pass a filter.

    CodePipeline filters by path for connections alone, so a function compares what a push to a
    CodeCommit branch changed with the same globs. What it cannot tell it starts. It may read what
    this repository's pushes changed and start this pipeline. Costs 0.10 USD a month.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        pipeline: codepipeline.IPipeline,
        repository: codecommit.IRepository,
        branch: str,
        event: events.EventPattern,
        includes: Sequence[str],
        excludes: Sequence[str],
        name: str,
        shared: SourceFunctions,
    ) -> None:
        """Make the rule and the function.

        Args:
            scope: the parent.
            id_: the construct's id.
            pipeline: what is started.
            repository: where the pushes are.
            branch: the branch that is released.
            event: that the branch moved.
            includes: globs of the paths that concern the service; all do where there are none.
            excludes: globs of the paths that do not, whatever includes says.
            name: of the rule and the function.
            shared: the package, and what all its functions have.

        Raises:
            ValueError: there is nothing to filter by: the event itself can start the pipeline.
        """
        super().__init__(scope, id_)
        if not includes and not excludes:
            raise ValueError(f"{self.node.path}: a filter needs includes or excludes")
        EventFunction(
            self,
            "Start",
            name=name,
            shared=shared,
            entry=ENTRY,
            job=f"Start {name.removesuffix('-start')} for the pushes that touch its service",
            event=event,
            environment={
                "PIPELINE": pipeline.pipeline_name,
                "SOURCE_ACTION": SOURCE_ACTION,
                "REPOSITORY": repository.repository_name,
                "BRANCH": branch,
                "INCLUDES": json.dumps(list(includes)),
                "EXCLUDES": json.dumps(list(excludes)),
            },
            permissions=[
                Permission(actions=COMPARE, resources=[repository.repository_arn]),
                Permission(actions=START, resources=[pipeline.pipeline_arn]),
            ],
            lost_event_reason="A push that starts nothing is released with the next one, or by "
            "a start of the pipeline by hand.",
        )
