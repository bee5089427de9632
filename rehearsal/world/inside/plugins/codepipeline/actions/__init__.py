"""What does each action of a pipeline, by its category, owner and provider."""

from collections.abc import Mapping

from rehearsal.world.inside.plugins.codepipeline.action import Perform
from rehearsal.world.inside.plugins.codepipeline.actions import (
    approval,
    cloudformation,
    codebuild,
    codecommit,
    connection,
    invoke,
    s3,
)

ACTIONS: Mapping[tuple[str, str, str], Perform] = {
    ("Source", "AWS", "CodeCommit"): codecommit.perform,
    ("Source", "AWS", "CodeStarSourceConnection"): connection.perform,
    ("Build", "AWS", "CodeBuild"): codebuild.perform,
    ("Test", "AWS", "CodeBuild"): codebuild.perform,
    ("Deploy", "AWS", "CloudFormation"): cloudformation.perform,
    ("Deploy", "AWS", "S3"): s3.perform,
    ("Approval", "AWS", "Manual"): approval.perform,
    ("Invoke", "AWS", "Lambda"): invoke.perform,
}

__all__ = ["ACTIONS"]
