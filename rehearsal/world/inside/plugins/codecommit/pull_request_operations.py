"""CodeCommit's operations on pull requests."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from rehearsal.world.inside.json_service import ServiceError
from rehearsal.world.inside.plugins.codecommit.approval_rules import not_satisfied
from rehearsal.world.inside.plugins.codecommit.branches import BRANCH
from rehearsal.world.inside.plugins.codecommit.pull_request import Pull, comment_detail, opened
from rehearsal.world.inside.plugins.codecommit.pull_requests import PullRequests
from rehearsal.world.inside.plugins.codecommit.repository import Repository

COMMENT = "CodeCommit Comment on Pull Request"
MERGE = "FAST_FORWARD_MERGE"


def _create(pulls: PullRequests, request: dict[str, Any]) -> dict[str, Any]:
    if len(request["targets"]) != 1:
        raise ServiceError("InvalidTargetsException", "a pull request has one target")
    target = request["targets"][0]
    repository = pulls.repositories.get(target["repositoryName"])
    with pulls.repositories.lock:
        source = _reference(repository, target["sourceReference"])
        other = target.get("destinationReference") or repository.git.head()
        destination = _reference(repository, other)
        if source == destination:
            code = "SourceAndDestinationAreSameException"
            raise ServiceError(code, f"{source} cannot be merged into itself")
        commits, caller = repository.git.references(), pulls.repositories.caller()
        pull = opened(
            request,
            number=len(pulls.here()) + 1,
            author=caller,
            at=pulls.repositories.world.clock.now(),
            target={
                "repositoryName": repository.name,
                "sourceReference": source,
                "destinationReference": destination,
                "sourceCommit": commits[source],
                "destinationCommit": commits[destination],
                "mergeBase": repository.git.base(commits[source], commits[destination]) or "",
                "mergeMetadata": {"isMerged": False},
            },
        )
        pull["approvalRules"] = pulls.templates.rules_for(repository.name, destination)
        pulls.add(pull, repository)
        pulls.tell(pull, repository, "pullRequestCreated", caller)
    return {"pullRequest": pull}


def _get(pulls: PullRequests, request: dict[str, Any]) -> dict[str, Any]:
    return {"pullRequest": pulls.get(request)}


def _list(pulls: PullRequests, request: dict[str, Any]) -> dict[str, Any]:
    name = pulls.repositories.get(request["repositoryName"]).name
    status = request.get("pullRequestStatus")
    return {
        "pullRequestIds": [
            pull["pullRequestId"]
            for pull in reversed(pulls.here())
            if pull["pullRequestTargets"][0]["repositoryName"] == name
            and status in (None, pull["pullRequestStatus"])
        ]
    }


def _update_status(pulls: PullRequests, request: dict[str, Any]) -> dict[str, Any]:
    with pulls.repositories.lock:
        pull = pulls.get(request)
        if pull["pullRequestStatus"] == "CLOSED" != request["pullRequestStatus"]:
            code = "InvalidPullRequestStatusUpdateException"
            raise ServiceError(code, "a closed pull request stays closed")
        if pull["pullRequestStatus"] != request["pullRequestStatus"]:
            pull["pullRequestStatus"] = request["pullRequestStatus"]
            pulls.touch(pull)
            repository = pulls.repositories.get(pulls.where(request))
            caller = pulls.repositories.caller()
            pulls.tell(pull, repository, "pullRequestStatusChanged", caller)
    return {"pullRequest": pull}


def _merge(pulls: PullRequests, request: dict[str, Any]) -> dict[str, Any]:
    repositories, caller = pulls.repositories, pulls.repositories.caller()
    with repositories.lock:
        pull = pulls.get(request)
        repository = _associated(pulls, pull, request)
        target = pull["pullRequestTargets"][0]
        source, destination = target["sourceCommit"], target["destinationCommit"]
        if pull["pullRequestStatus"] == "CLOSED":
            raise ServiceError("PullRequestAlreadyClosedException", "it is closed")
        if request.get("sourceCommitId", source) != source:
            code = "TipOfSourceReferenceIsDifferentException"
            raise ServiceError(code, f"{target['sourceReference']} is at {source}")
        if repository.git.base(source, destination) != destination:
            code = "ManualMergeRequiredException"
            raise ServiceError(code, f"{target['destinationReference']} has gone on")
        if missing := not_satisfied(pulls, pull):
            code = "PullRequestApprovalRulesNotSatisfiedException"
            raise ServiceError(code, f"not satisfied: {', '.join(missing)}")
        pull["pullRequestStatus"] = "CLOSED"
        about = {
            "sourceCommitId": source,
            "destinationCommitId": destination,
            "baseCommitId": destination,
            "mergeOption": MERGE,
        }
        with repositories.changing(repository, caller, **about):
            repository.git.move(target["destinationReference"], source, destination)
        target["mergeMetadata"] = {
            "isMerged": True,
            "mergedBy": caller,
            "mergeCommitId": source,
            "mergeOption": MERGE,
        }
        pulls.touch(pull)
        pulls.tell(pull, repository, "pullRequestMergeStatusUpdated", caller)
    return {"pullRequest": pull}


def _comment(pulls: PullRequests, request: dict[str, Any]) -> dict[str, Any]:
    with pulls.repositories.lock:
        repository = _associated(pulls, pulls.get(request), request)
        for name in ("beforeCommitId", "afterCommitId"):
            if repository.git.find(request[name]) is None:
                raise ServiceError("CommitDoesNotExistException", f"no commit {request[name]}")
        now, caller = pulls.repositories.world.clock.now(), pulls.repositories.caller()
        ids = [uuid.UUID(int=pulls.chance.getrandbits(128), version=4) for _ in "12"]
        comment = {
            "commentId": ":".join(map(str, ids)),
            "content": request["content"],
            "creationDate": now,
            "lastModifiedDate": now,
            "authorArn": caller,
            "deleted": False,
            "clientRequestToken": request.get("clientRequestToken", ""),
        }
        detail = comment_detail(request, repository, comment)
        pulls.repositories.tell(COMMENT, repository, detail)
    names = ("repositoryName", "pullRequestId", "beforeCommitId", "afterCommitId", "location")
    return {"comment": comment, **{name: request[name] for name in names if name in request}}


def _associated(pulls: PullRequests, pull: Pull, request: Mapping[str, Any]) -> Repository:
    repository = pulls.repositories.get(request["repositoryName"])
    if repository.name != pull["pullRequestTargets"][0]["repositoryName"]:
        code = "RepositoryNotAssociatedWithPullRequestException"
        raise ServiceError(code, f"the pull request is not {repository.name}'s")
    return repository


def _reference(repository: Repository, given: str) -> str:
    name = f"{BRANCH}{given.removeprefix(BRANCH)}"
    if name not in repository.git.references():
        raise ServiceError("ReferenceDoesNotExistException", f"no {given} in {repository.name}")
    return name


OPERATIONS: dict[str, Callable[[PullRequests, dict[str, Any]], dict[str, Any]]] = {
    "CreatePullRequest": _create,
    "GetPullRequest": _get,
    "ListPullRequests": _list,
    "UpdatePullRequestStatus": _update_status,
    "MergePullRequestByFastForward": _merge,
    "PostCommentForPullRequest": _comment,
}
