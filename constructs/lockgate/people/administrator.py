"""The cloud administrator: watches releases, stops them and takes them back."""

from lockgate.people import code, sight
from lockgate.people.role import Duties
from lockgate.people.scope import Scope
from lockgate.permissions import Permission, deny

NAME = "cloud-administrator"
STOP = (
    "codepipeline:DisableStageTransition",
    "codepipeline:EnableStageTransition",
    "codepipeline:RollbackStage",
    "codepipeline:StopPipelineExecution",
)
STOP_DEPLOYMENT = ("codedeploy:StopDeployment",)
FREEZE = ("ssm:GetParameter", "ssm:PutParameter")
ALLOWED = (*sight.RELEASES, *sight.RUNS, *STOP, *STOP_DEPLOYMENT, *FREEZE)
# Who stops releases neither makes nor passes any.
RELEASES = (
    "codepipeline:OverrideStageCondition",
    "codepipeline:PutApprovalResult",
    "codepipeline:StartPipelineExecution",
)


def stop(scope: Scope) -> list[Permission]:
    """Stop executions and deployments, roll stages back, hold transitions, freeze and thaw."""
    return [
        scope.named(STOP, "codepipeline"),
        scope.named(STOP_DEPLOYMENT, "codedeploy", "deploymentgroup:"),
        Permission(
            actions=FREEZE, resources=[scope.arn("ssm", f"parameter/{scope.delivery}/freeze")]
        ),
    ]


def duties(scope: Scope) -> Duties:
    """Stop, hold, roll back, freeze."""
    return Duties(
        name=NAME,
        job="Cloud administrator: watch releases, stop them, take them back",
        allowed=stop(scope),
        denied=[[deny(sorted((*RELEASES, *code.ANY_CHANGE)))]],
    )
