"""One pull request as CodeCommit's API shows it, and the details of the events about it."""

import time
from collections.abc import Mapping
from typing import Any

from rehearsal.world.inside.plugins.codecommit.repository import Repository

Pull = dict[str, Any]
HAPPENED = {
    "pullRequestCreated": "The pull request was created",
    "pullRequestSourceBranchUpdated": "The source branch has new commits",
    "pullRequestStatusChanged": "The pull request status has been updated",
    "pullRequestApprovalRuleCreated": "An approval rule was created",
    "pullRequestApprovalRuleDeleted": "An approval rule was deleted",
    "pullRequestApprovalRuleUpdated": "An approval rule was updated",
    "pullRequestApprovalStateChanged": "The approval state has been updated",
    "pullRequestMergeStatusUpdated": "The pull request merge status has been updated",
}


def opened(
    request: Mapping[str, Any], *, number: int, author: str, at: float, target: Mapping[str, Any]
) -> Pull:
    """A new pull request.

    Args:
        request: what was asked for.
        number: its number in its account and region.
        author: the ARN of who asked.
        at: when.
        target: what is to be merged, and where.
    """
    return {
        "pullRequestId": str(number),
        "title": request["title"],
        "description": request.get("description", ""),
        "creationDate": at,
        "pullRequestStatus": "OPEN",
        "authorArn": author,
        "clientRequestToken": request.get("clientRequestToken", ""),
        "approvalRules": [],
        "pullRequestTargets": [dict(target)],
    }


def state_detail(pull: Mapping[str, Any], event: str, caller: str) -> dict[str, Any]:
    """What is told of a pull request when something happens to it.

    Args:
        pull: the pull request as the API shows it.
        event: what happened.
        caller: the ARN of who did it.
    """
    target = pull["pullRequestTargets"][0]
    merge = target["mergeMetadata"]
    sides = ("sourceReference", "destinationReference", "sourceCommit", "destinationCommit")
    return {
        "event": event,
        "pullRequestId": pull["pullRequestId"],
        "pullRequestStatus": pull["pullRequestStatus"].capitalize(),
        "isMerged": str(merge["isMerged"]),
        **({"mergeOption": merge["mergeOption"]} if merge["isMerged"] else {}),
        "title": pull["title"],
        "description": pull["description"],
        "author": pull["authorArn"],
        "callerUserArn": caller,
        "creationDate": _date(pull["creationDate"]),
        "lastModifiedDate": _date(pull["lastActivityDate"]),
        "revisionId": pull["revisionId"],
        "repositoryNames": [target["repositoryName"]],
        **{side: target[side] for side in sides},
        "notificationBody": "A pull request event occurred in the following AWS CodeCommit "
        f"repository: {target['repositoryName']}. User: {caller}. Pull request: "
        f"{pull['pullRequestId']}. {HAPPENED[event]}.",
    }


def comment_detail(
    request: Mapping[str, Any], repository: Repository, comment: Mapping[str, Any]
) -> dict[str, Any]:
    """What is told of a comment.

    Args:
        request: what was asked for.
        repository: where the pull request is.
        comment: the comment as the API shows it.
    """
    about = ("pullRequestId", "beforeCommitId", "afterCommitId")
    return {
        "event": "commentOnPullRequestCreated",
        "repositoryName": repository.name,
        "repositoryId": repository.id,
        "commentId": comment["commentId"],
        "callerUserArn": comment["authorArn"],
        **{name: request[name] for name in about},
        "notificationBody": "A comment event occurred in the following AWS CodeCommit repository: "
        f"{repository.name}. The user {comment['authorArn']} made a comment. The comment was made "
        f"on the following Pull Request: {request['pullRequestId']}.",
    }


def _date(at: float) -> str:
    return time.strftime("%a %b %d %H:%M:%S UTC %Y", time.gmtime(at))
