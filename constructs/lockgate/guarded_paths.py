"""An approval that only the pull requests need which touch some paths."""

import json
from collections.abc import Sequence

from aws_cdk import aws_codecommit as codecommit
from constructs import Construct

from lockgate.event_function import EventFunction, SourceFunctions
from lockgate.permissions import Permission
from lockgate.pull_requests import changed

GUARD = (
    "codecommit:CreatePullRequestApprovalRule",
    "codecommit:GetDifferences",
    "codecommit:GetPullRequest",
    "codecommit:UpdatePullRequestApprovalRuleContent",
)
# A rule that somebody removes or changes is put back.
HAPPENED = (
    "pullRequestApprovalRuleDeleted",
    "pullRequestApprovalRuleUpdated",
    "pullRequestCreated",
    "pullRequestSourceBranchUpdated",
)


class GuardedPaths(Construct):
    """Demands one approval of certain people where a pull request touches guarded paths.

    It stays once it is demanded, and where what changed cannot be told it is demanded as well.
    The function may read and put rules on this repository's pull requests, and approve nothing.
    Costs 0.10 USD a month.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        repository: codecommit.IRepository,
        branches: Sequence[str],
        paths: Sequence[str],
        rule: str,
        approvers: Sequence[str],
        shared: SourceFunctions,
    ) -> None:
        """Make the rule and the function.

        Args:
            scope: the parent.
            id_: the construct's id.
            repository: whose pull requests are looked at.
            branches: which of them, by the branch that they are to change.
            paths: globs of what is guarded.
            rule: the name of the approval rule.
            approvers: whose approval counts, as ARNs that may hold wildcards.
            shared: the package, and what all its functions have.

        Raises:
            ValueError: there are no paths, or no approvers.
        """
        super().__init__(scope, id_)
        if not paths or not approvers:
            raise ValueError(f"{self.node.path}: a guard needs paths and approvers")
        EventFunction(
            self,
            "Guard",
            shared=shared,
            entry="guard",
            job=f"Demand the approval {rule} on pull requests of {repository.repository_name}",
            event=changed(repository, branches, HAPPENED),
            environment={
                "REPOSITORY": repository.repository_name,
                "RULE": rule,
                "APPROVERS": json.dumps(list(approvers)),
                "GUARDED": json.dumps(list(paths)),
            },
            permissions=[Permission(actions=GUARD, resources=[repository.repository_arn])],
            lost_event_reason="A pull request may lack the rule until its next revision; the "
            "alarm tells, and two people approve it all the same.",
        )
