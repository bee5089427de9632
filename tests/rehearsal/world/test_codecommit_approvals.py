"""Approval rules come from templates or by hand, and a pull request waits for them."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from rehearsal.world.world import World
from tests.rehearsal.world.conftest import Client
from tests.rehearsal.world.repositories import heard, listen, refusal
from tests.rehearsal.world.roles import ACCOUNT, allow, arn, role_for, session

REGION = "eu-central-1"
HERE = {"repositoryName": "approved"}
TWO = {"approvalRuleTemplateName": "two-people"}
MAY = allow(
    "codecommit:UpdatePullRequestApprovalState codecommit:GetPullRequest", arn("codecommit", "*")
)


def rule(approvals: int, *pool: str, **more: object) -> str:
    statement = {
        "Type": "Approvers",
        "NumberOfApprovalsNeeded": approvals,
        "ApprovalPoolMembers": list(pool),
    }
    return json.dumps({"Version": "2018-11-08", **more, "Statements": [statement]})


def sessions(role: str) -> str:
    return f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/*"


@pytest.fixture(scope="module")
def people(world: World) -> dict[str, Callable[[str], Any]]:
    """Clients of two people and a function, each by a role of its own."""
    return {
        name: session(world, role_for(world, "", MAY, name=name)) for name in ("ann", "bob", "bot")
    }


@pytest.fixture(scope="module")
def commits(aws: Client) -> tuple[str, str]:
    """A repository with the branches main and feature, one commit ahead."""
    codecommit = aws("codecommit")
    codecommit.create_repository(**HERE)
    put = [{"filePath": "a", "fileContent": b"1"}]
    first = codecommit.create_commit(**HERE, branchName="main", putFiles=put)["commitId"]
    codecommit.create_branch(**HERE, branchName="feature", commitId=first)
    put = [{"filePath": "a", "fileContent": b"2"}]
    second = codecommit.create_commit(
        **HERE, branchName="feature", parentCommitId=first, putFiles=put
    )["commitId"]
    codecommit.create_approval_rule_template(
        **TWO,
        approvalRuleTemplateContent=rule(
            2, sessions("ann"), sessions("bob"), DestinationReferences=["refs/heads/main"]
        ),
        approvalRuleTemplateDescription="Nobody alone",
    )
    codecommit.associate_approval_rule_template_with_repository(**TWO, **HERE)
    return first, second


@pytest.fixture
def pull(aws: Client, commits: tuple[str, str]) -> dict[str, Any]:
    """A new pull request of feature to main."""
    assert commits
    target = {**HERE, "sourceReference": "feature", "destinationReference": "main"}
    opened = aws("codecommit").create_pull_request(title="Better", targets=[target])
    found: dict[str, Any] = opened["pullRequest"]
    return found


def approve(who: Callable[[str], Any], pull: dict[str, Any], state: str = "APPROVE") -> None:
    who("codecommit").update_pull_request_approval_state(
        pullRequestId=pull["pullRequestId"], revisionId=pull["revisionId"], approvalState=state
    )


def missing(aws: Client, pull: dict[str, Any]) -> list[str]:
    answer = aws("codecommit").evaluate_pull_request_approval_rules(
        pullRequestId=pull["pullRequestId"], revisionId=pull["revisionId"]
    )
    found: list[str] = answer["evaluation"]["approvalRulesNotSatisfied"]
    return found


def test_a_pull_request_waits_for_two_people_of_the_pool(
    aws: Client, pull: dict[str, Any], people: dict[str, Callable[[str], Any]]
) -> None:
    assert [each["approvalRuleName"] for each in pull["approvalRules"]] == ["two-people"]
    approve(people["ann"], pull)
    approve(people["bot"], pull)
    assert missing(aws, pull) == ["two-people"]
    merge = aws("codecommit").merge_pull_request_by_fast_forward
    here = {"pullRequestId": pull["pullRequestId"]}
    assert refusal(merge, **here, **HERE) == "PullRequestApprovalRulesNotSatisfiedException"
    approve(people["bob"], pull)
    assert missing(aws, pull) == []
    approve(people["bob"], pull, "REVOKE")
    assert missing(aws, pull) == ["two-people"]


def test_an_approval_is_given_to_the_present_revision_and_by_others(
    aws: Client, pull: dict[str, Any], people: dict[str, Callable[[str], Any]]
) -> None:
    stale = {**pull, "revisionId": "0" * 64}
    with pytest.raises(people["ann"]("codecommit").exceptions.RevisionNotCurrentException):
        approve(people["ann"], stale)
    with pytest.raises(aws("codecommit").exceptions.PullRequestCannotBeApprovedByAuthorException):
        approve(aws, pull)


def test_a_rule_of_one_pull_request_is_made_changed_and_removed_and_heard_of(
    world: World, aws: Client, pull: dict[str, Any]
) -> None:
    pattern = {
        "source": ["aws.codecommit"],
        "detail": {"event": [{"prefix": "pullRequestApproval"}]},
    }
    queue = listen(world, aws, "approvals", pattern)
    codecommit, here = aws("codecommit"), {"pullRequestId": pull["pullRequestId"]}
    own = {**here, "approvalRuleName": "analyst"}
    codecommit.create_pull_request_approval_rule(
        **own, approvalRuleContent=rule(1, sessions("ann"))
    )
    assert missing(aws, pull) == ["two-people", "analyst"]
    again = codecommit.create_pull_request_approval_rule
    assert refusal(again, **own, approvalRuleContent=rule(1)) == (
        "ApprovalRuleNameAlreadyExistsException"
    )
    codecommit.update_pull_request_approval_rule_content(
        **own, newRuleContent=rule(1, sessions("bob"))
    )
    codecommit.delete_pull_request_approval_rule(**own)
    assert missing(aws, pull) == ["two-people"]
    assert [each["detail"]["event"] for each in heard(aws, queue)] == [
        "pullRequestApprovalRuleCreated",
        "pullRequestApprovalRuleUpdated",
        "pullRequestApprovalRuleDeleted",
    ]


def test_a_rule_of_a_template_cannot_be_weakened_on_a_pull_request(
    aws: Client, pull: dict[str, Any]
) -> None:
    codecommit = aws("codecommit")
    own = {"pullRequestId": pull["pullRequestId"], "approvalRuleName": "two-people"}
    assert refusal(codecommit.delete_pull_request_approval_rule, **own) == (
        "CannotDeleteApprovalRuleFromTemplateException"
    )
    update = codecommit.update_pull_request_approval_rule_content
    assert refusal(update, **own, newRuleContent=rule(1)) == (
        "CannotModifyApprovalRuleFromTemplateException"
    )


def test_a_template_in_use_stays(aws: Client, commits: tuple[str, str]) -> None:
    assert commits
    codecommit = aws("codecommit")
    assert refusal(codecommit.delete_approval_rule_template, **TWO) == (
        "ApprovalRuleTemplateInUseException"
    )
    found = codecommit.list_repositories_for_approval_rule_template(**TWO)
    assert found["repositoryNames"] == ["approved"]
    assert (
        codecommit.get_approval_rule_template(**TWO)["approvalRuleTemplate"][
            "approvalRuleTemplateDescription"
        ]
        == "Nobody alone"
    )


def test_content_that_is_no_rule_is_refused(aws: Client) -> None:
    create = aws("codecommit").create_approval_rule_template
    named = {"approvalRuleTemplateName": "wrong"}
    for content in ("{}", "no json", rule(0)):
        code = refusal(create, **named, approvalRuleTemplateContent=content)
        assert code == "InvalidApprovalRuleTemplateContentException"
