"""What people may do with the code in CodeCommit's repositories.

"Limit pushes and merges to branches in AWS CodeCommit" has the conditions: a push is authorized
once without a reference and then with each, so the deny must not apply to the first.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from aws_cdk import aws_iam as iam

from lockgate.people.scope import Scope
from lockgate.permissions import Permission, deny

READ = (
    "codecommit:BatchGetCommits",
    "codecommit:DescribePullRequestEvents",
    "codecommit:EvaluatePullRequestApprovalRules",
    "codecommit:GetBlob",
    "codecommit:GetBranch",
    "codecommit:GetCommentsForPullRequest",
    "codecommit:GetCommit",
    "codecommit:GetDifferences",
    "codecommit:GetFile",
    "codecommit:GetFolder",
    "codecommit:GetMergeConflicts",
    "codecommit:GetPullRequest",
    "codecommit:GetPullRequestApprovalStates",
    "codecommit:GetRepository",
    "codecommit:GitPull",
    "codecommit:ListBranches",
    "codecommit:ListPullRequests",
)
COMMENT = ("codecommit:PostCommentForPullRequest", "codecommit:PostCommentReply")
# Whatever moves a branch other than by a pull request.
PUSH = (
    "codecommit:CreateBranch",
    "codecommit:DeleteBranch",
    "codecommit:GitPush",
)
PROPOSE = (
    "codecommit:CreatePullRequest",
    "codecommit:UpdatePullRequestDescription",
    "codecommit:UpdatePullRequestStatus",
    "codecommit:UpdatePullRequestTitle",
)
# Into a release branch as well: the approval rules of the pull request decide.
MERGE = (
    "codecommit:MergePullRequestByFastForward",
    "codecommit:MergePullRequestBySquash",
    "codecommit:MergePullRequestByThreeWay",
)
APPROVE = ("codecommit:UpdatePullRequestApprovalState",)
CONTRIBUTE = (*PUSH, *PROPOSE, *MERGE)
# What else would move a branch, and what would lift the rules of a pull request.
BESIDE_PUSH = (
    "codecommit:CreateCommit",
    "codecommit:DeleteFile",
    "codecommit:MergeBranchesByFastForward",
    "codecommit:MergeBranchesBySquash",
    "codecommit:MergeBranchesByThreeWay",
    "codecommit:PutFile",
)
LIFT_RULES = (
    "codecommit:DeletePullRequestApprovalRule",
    "codecommit:OverridePullRequestApprovalRules",
    "codecommit:UpdatePullRequestApprovalRuleContent",
)
# All that has a hand in the code.
ANY_CHANGE = (*CONTRIBUTE, *APPROVE, *BESIDE_PUSH, *LIFT_RULES)
# As many names of 100 characters, and branches of 256, as a policy has room for.
REPOSITORIES_AT_ONCE, BRANCHES_AT_ONCE = 20, 15


@dataclass(frozen=True, kw_only=True)
class Code:
    """The repositories of a delivery, and the branches in them that become releases."""

    repositories: Sequence[str]
    release_branches: Sequence[str]


def on_repositories(scope: Scope, code: Code, actions: Sequence[str]) -> Iterator[Permission]:
    """Take the actions on the repositories."""
    for names in _parted(code.repositories, REPOSITORIES_AT_ONCE):
        resources = [scope.arn("codecommit", name) for name in names]
        yield Permission(actions=sorted(actions), resources=resources)


def deny_release_branches(code: Code) -> Iterator[list[iam.PolicyStatement]]:
    """Never move a release branch but by a pull request, in whatever repository."""
    for names in _parted(code.release_branches, BRANCHES_AT_ONCE):
        conditions: Mapping[str, Mapping[str, object]] = {
            "StringEqualsIfExists": {
                "codecommit:References": [f"refs/heads/{branch}" for branch in names]
            },
            "Null": {"codecommit:References": "false"},
        }
        yield [deny(sorted((*PUSH, *BESIDE_PUSH)), conditions=conditions)]


def _parted(names: Sequence[str], most: int) -> Iterator[Sequence[str]]:
    for first in range(0, len(names), most):
        yield names[first : first + most]
