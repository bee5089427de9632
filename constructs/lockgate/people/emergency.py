"""The role for emergencies: what only a person can do when the machinery is what is broken."""

from lockgate.people import administrator, code, sight
from lockgate.people.role import Duties
from lockgate.people.scope import Scope
from lockgate.permissions import deny

NAME = "break-glass"
# A condition that cannot be met, such as an alarm that is red for another reason.
OVERRIDE = ("codepipeline:OverrideStageCondition", "codepipeline:RetryStageExecution")
# Back to the last good version when CodeDeploy does not get there.
MOVE_ALIAS = ("lambda:UpdateAlias",)
# Out of UPDATE_ROLLBACK_FAILED, or of an update that hangs; with the stack's own role.
FREE_STACK = ("cloudformation:CancelUpdateStack", "cloudformation:ContinueUpdateRollback")
# A watch that will not end.
STOP_WATCH = ("states:StopExecution",)
# An emergency is no way to release something.
RELEASES = ("codepipeline:PutApprovalResult", "codepipeline:StartPipelineExecution")
ALLOWED = (*administrator.ALLOWED, *sight.LOGS, *OVERRIDE, *MOVE_ALIAS, *FREE_STACK, *STOP_WATCH)


def duties(scope: Scope) -> Duties:
    """What the cloud administrator may, and override gates, move aliases and free stacks."""
    return Duties(
        name=NAME,
        job="Break glass: override a gate, move an alias, free a stack; each use is told",
        allowed=[
            *sight.logs(scope),
            *administrator.stop(scope),
            scope.named(OVERRIDE, "codepipeline"),
            scope.named(MOVE_ALIAS, "lambda", "function:"),
            scope.named(FREE_STACK, "cloudformation", "stack/"),
            scope.named(STOP_WATCH, "states", "execution:"),
        ],
        denied=[[deny(sorted((*RELEASES, *code.ANY_CHANGE)))]],
    )
