"""Pull requests live as in CodeCommit, and EventBridge hears of each step."""

from typing import Any

import pytest

from rehearsal.world.world import World
from tests.rehearsal.world.conftest import Client
from tests.rehearsal.world.repositories import heard, listen, refusal

HERE = {"repositoryName": "pulled"}
TARGET = [{**HERE, "sourceReference": "feature", "destinationReference": "main"}]


@pytest.fixture(scope="module")
def queue(world: World, aws: Client) -> str:
    """A repository, and a queue that hears of its pull requests."""
    aws("codecommit").create_repository(**HERE)
    pattern = {"source": ["aws.codecommit"], "detail-type": [{"wildcard": "*Pull Request*"}]}
    return listen(world, aws, "pulls", pattern)


@pytest.fixture
def branches(aws: Client, queue: str) -> tuple[str, str]:
    """Branches main and feature, one commit ahead, and nothing heard of yet."""
    codecommit = aws("codecommit")
    for name in codecommit.list_branches(**HERE)["branches"]:
        if name == "feature":
            codecommit.delete_branch(**HERE, branchName=name)
    if codecommit.list_branches(**HERE)["branches"]:
        first = codecommit.get_branch(**HERE, branchName="main")["branch"]["commitId"]
    else:
        first = commit(aws, "main")
    codecommit.create_branch(**HERE, branchName="feature", commitId=first)
    second = commit(aws, "feature", parentCommitId=first)
    heard(aws, queue)
    return first, second


def commit(aws: Client, branch: str, **more: str) -> str:
    put = [{"filePath": "a", "fileContent": f"{branch} {more}".encode()}]
    made = aws("codecommit").create_commit(**HERE, branchName=branch, putFiles=put, **more)
    return str(made["commitId"])


def details(aws: Client, queue: str) -> list[dict[str, Any]]:
    return [event["detail"] for event in heard(aws, queue)]


def test_a_pull_request_is_opened_followed_commented_and_merged(
    aws: Client, queue: str, branches: tuple[str, str]
) -> None:
    codecommit, (first, second) = aws("codecommit"), branches
    opened = codecommit.create_pull_request(title="Better", targets=TARGET)["pullRequest"]
    target = opened["pullRequestTargets"][0]
    assert (opened["pullRequestStatus"], target["mergeMetadata"]) == ("OPEN", {"isMerged": False})
    assert (target["sourceCommit"], target["destinationCommit"]) == (second, first)
    assert target["mergeBase"] == first
    here = {"pullRequestId": opened["pullRequestId"]}
    third = commit(aws, "feature", parentCommitId=second)
    followed = codecommit.get_pull_request(**here)["pullRequest"]
    assert followed["pullRequestTargets"][0]["sourceCommit"] == third
    assert followed["revisionId"] != opened["revisionId"]
    comment = codecommit.post_comment_for_pull_request(
        **here, **HERE, beforeCommitId=first, afterCommitId=third, content="Good"
    )["comment"]
    merge = codecommit.merge_pull_request_by_fast_forward
    tip = "TipOfSourceReferenceIsDifferentException"
    assert refusal(merge, **here, **HERE, sourceCommitId=second) == tip
    merged = merge(**here, **HERE, sourceCommitId=third)["pullRequest"]
    metadata = merged["pullRequestTargets"][0]["mergeMetadata"]
    assert (merged["pullRequestStatus"], metadata["mergeCommitId"]) == ("CLOSED", third)
    assert codecommit.get_branch(**HERE, branchName="main")["branch"]["commitId"] == third
    assert refusal(merge, **here, **HERE) == "PullRequestAlreadyClosedException"

    created, updated, commented, told = details(aws, queue)
    assert [each["event"] for each in (created, updated, commented, told)] == [
        "pullRequestCreated",
        "pullRequestSourceBranchUpdated",
        "commentOnPullRequestCreated",
        "pullRequestMergeStatusUpdated",
    ]
    assert (created["sourceReference"], created["isMerged"]) == ("refs/heads/feature", "False")
    assert (updated["sourceCommit"], updated["pullRequestStatus"]) == (third, "Open")
    assert commented["commentId"] == comment["commentId"]
    assert (told["isMerged"], told["mergeOption"]) == ("True", "FAST_FORWARD_MERGE")
    assert (told["pullRequestStatus"], told["repositoryNames"]) == ("Closed", ["pulled"])


def test_a_closed_pull_request_stays_closed(
    aws: Client, queue: str, branches: tuple[str, str]
) -> None:
    codecommit = aws("codecommit")
    opened = codecommit.create_pull_request(title="Never", targets=TARGET)["pullRequest"]
    here = {"pullRequestId": opened["pullRequestId"]}
    codecommit.update_pull_request_status(**here, pullRequestStatus="CLOSED")
    code = refusal(codecommit.update_pull_request_status, **here, pullRequestStatus="OPEN")
    assert code == "InvalidPullRequestStatusUpdateException"
    commit(aws, "feature", parentCommitId=branches[1])
    assert [each["event"] for each in details(aws, queue)] == [
        "pullRequestCreated",
        "pullRequestStatusChanged",
    ]
    ids = codecommit.list_pull_requests(**HERE, pullRequestStatus="OPEN")["pullRequestIds"]
    assert opened["pullRequestId"] not in ids


def test_what_cannot_be_merged_is_refused(
    aws: Client, queue: str, branches: tuple[str, str]
) -> None:
    codecommit = aws("codecommit")
    opened = codecommit.create_pull_request(title="Late", targets=TARGET)["pullRequest"]
    commit(aws, "main", parentCommitId=branches[0], commitMessage="went on")
    here = {"pullRequestId": opened["pullRequestId"]}
    merge = codecommit.merge_pull_request_by_fast_forward
    assert refusal(merge, **here, **HERE) == "ManualMergeRequiredException"
    assert refusal(codecommit.get_pull_request, pullRequestId="99") == (
        "PullRequestDoesNotExistException"
    )
    same = [{**TARGET[0], "destinationReference": "feature"}]
    assert refusal(codecommit.create_pull_request, title="t", targets=same) == (
        "SourceAndDestinationAreSameException"
    )
    nowhere = [{**TARGET[0], "sourceReference": "nowhere"}]
    assert refusal(codecommit.create_pull_request, title="t", targets=nowhere) == (
        "ReferenceDoesNotExistException"
    )
    heard(aws, queue)
