"""The DevOps engineer: changes the code, and follows its release."""

from lockgate.people import code, sight
from lockgate.people.code import Code
from lockgate.people.role import Duties
from lockgate.people.scope import Scope
from lockgate.permissions import deny

NAME = "devops-engineer"
# A stage is retried as it was, with the same artifacts.
RUN = (
    "codepipeline:RetryStageExecution",
    "codepipeline:StartPipelineExecution",
    "codepipeline:StopPipelineExecution",
)
ALLOWED = (
    *sight.RELEASES,
    *sight.RUNS,
    *sight.LOGS,
    *code.READ,
    *code.COMMENT,
    *code.CONTRIBUTE,
    *RUN,
)
# Who pushes a release never approves it, nor opens a gate for it.
APPROVALS = ("codepipeline:OverrideStageCondition", "codepipeline:PutApprovalResult")


def duties(scope: Scope, repositories: Code) -> Duties:
    """Read logs, push feature branches, start, retry and stop pipelines."""
    return Duties(
        name=NAME,
        job="DevOps engineer: change code on branches, follow and repeat releases",
        allowed=[
            *sight.logs(scope),
            scope.named(RUN, "codepipeline"),
            *code.on_repositories(
                scope, repositories, (*code.READ, *code.COMMENT, *code.CONTRIBUTE)
            ),
        ],
        denied=[
            [
                deny(sorted((*APPROVALS, *code.APPROVE, *code.LIFT_RULES))),
                # The trail has what others did, and from where.
                deny(
                    sorted(sight.READ_LOGS),
                    [scope.arn("logs", f"log-group:{scope.delivery}-audit-*")],
                ),
            ],
            *code.deny_release_branches(repositories),
        ],
    )
