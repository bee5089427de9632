"""The events that start a pipeline and that tell of its failures."""

from aws_cdk import aws_codepipeline as codepipeline
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from constructs import Construct

from lockgate.permissions import Permission, arn
from lockgate.role import JobRole
from lockgate.source import PipelineSource
from lockgate.trust import trusted_service

START = ("codepipeline:StartPipelineExecution",)


def start_rule(prefix: str) -> str:
    """The name of the rule that starts a pipeline."""
    return f"{prefix}-start"


def failed_rule(prefix: str) -> str:
    """The name of the rule that tells of its failures."""
    return f"{prefix}-failed"


class PipelineEvents(Construct):
    """A rule that starts the pipeline on its source's event, and one that tells failures.

    Where the pipeline has a trigger of its own, or a filter decides what starts it, the first is
    missing. Detail type as in "CodePipeline pipeline execution state change" of the EventBridge
    event reference. Costs nothing.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        pipeline: codepipeline.IPipeline,
        source: PipelineSource,
        topic: sns.ITopic,
        rule_prefix: str,
        role_path: str,
        boundary: iam.IManagedPolicy,
        filtered: bool = False,
    ) -> None:
        super().__init__(scope, id_)
        if source.start_event is not None and not filtered:
            start = start_rule(rule_prefix)
            starter = JobRole(
                self,
                "Starter",
                job="Start the pipeline when its branch changes",
                trust=trusted_service(
                    self, "events.amazonaws.com", source_arn=arn(self, "events", f"rule/{start}")
                ),
                permissions=[Permission(actions=START, resources=[pipeline.pipeline_arn])],
                path=role_path,
                boundary=boundary,
            ).role
            events.Rule(
                self,
                "Start",
                rule_name=start,
                description=f"Starts a release when {source.branch} changes",
                event_pattern=source.start_event,
                targets=[targets.CodePipeline(pipeline, event_role=starter)],
            )
        events.Rule(
            self,
            "Failed",
            rule_name=failed_rule(rule_prefix),
            description="Tells that a release failed",
            event_pattern=events.EventPattern(
                source=["aws.codepipeline"],
                detail_type=["CodePipeline Pipeline Execution State Change"],
                resources=[pipeline.pipeline_arn],
                detail={"state": ["FAILED"]},
            ),
            targets=[targets.SnsTopic(topic)],
        )
