"""Post the verdict of a validation build to its pull request.

The event only says which build is over. What it ran, on what and how it ended is read from
CodeBuild, and the approval is given to the revision that was built: CodeCommit itself refuses it
once there is a newer one.
"""

import os
from collections.abc import Mapping
from typing import Any, Final

import aws
import log
import meaning
from finished import Finished
from meaning import Decision
from revision import UnreadableRevisionError

# No approval can be given any more, and none is missing.
_TOO_LATE: Final = {
    "PullRequestAlreadyClosedException": "the pull request is closed",
    "RevisionNotCurrentException": "the pull request has a newer revision",
}
# The comment is there: its answer was lost, or the decision differs now.
_POSTED: Final = "IdempotencyParameterMismatchException"


class UnknownBuildError(Exception):
    """The event names no build of the project, or CodeBuild does not know it."""


def handle(event: object, _context: object) -> dict[str, str]:
    """Approve the revision or take the approval back, and say why in a comment.

    Returns:
        The approval, empty where none was given or taken, and why.

    Raises:
        UnknownBuildError: there is no such build.
        BotoCoreError, ClientError: a call failed. Lambda tries again.
    """
    build, project = _build(event), _project()
    try:
        finished = Finished.of(build, project)
    except UnreadableRevisionError as error:
        log.step("no verdict", build=build["id"], why=str(error))
        return {"approval": "", "why": str(error)}
    pull = aws.client("codecommit").get_pull_request(pullRequestId=finished.asked.pull_request)
    decided = _approve(finished, meaning.decide(finished, pull["pullRequest"]))
    _comment(finished, decided)
    log.step("verdict", build=finished.build, approval=decided.approval, why=decided.why)
    return {"approval": decided.approval, "why": decided.why}


def _build(event: object) -> dict[str, Any]:
    detail = event.get("detail") if isinstance(event, Mapping) else None
    name = detail.get("build-id") if isinstance(detail, Mapping) else None
    # An ARN; its last part is the id.
    build_id = name.rpartition("build/")[2] if isinstance(name, str) else ""
    if not build_id.startswith(f"{os.environ['PROJECT']}:"):
        raise UnknownBuildError(f"{name!r} is no build of {os.environ['PROJECT']}")
    for build in aws.client("codebuild").batch_get_builds(ids=[build_id]).get("builds", []):
        return dict(build)
    raise UnknownBuildError(f"CodeBuild does not know {build_id}")


def _project() -> dict[str, Any]:
    names = [os.environ["PROJECT"]]
    for project in aws.client("codebuild").batch_get_projects(names=names).get("projects", []):
        return dict(project)
    raise UnknownBuildError(f"CodeBuild does not know the project {names[0]}")


def _approve(finished: Finished, decided: Decision) -> Decision:
    if not decided.approval:
        return decided
    try:
        aws.client("codecommit").update_pull_request_approval_state(
            pullRequestId=finished.asked.pull_request,
            revisionId=finished.asked.revision,
            approvalState=decided.approval,
        )
    except aws.FAILURES as error:
        if why := _TOO_LATE.get(aws.error_code(error)):
            return Decision(approval="", why=why)
        raise
    return decided


def _comment(finished: Finished, decided: Decision) -> None:
    asked = finished.asked
    try:
        aws.client("codecommit").post_comment_for_pull_request(
            pullRequestId=asked.pull_request,
            repositoryName=os.environ["REPOSITORY"],
            beforeCommitId=asked.destination_commit,
            afterCommitId=asked.source_commit,
            content=meaning.comment(finished, decided),
            clientRequestToken=finished.build.rpartition(":")[2],
        )
    except aws.FAILURES as error:
        if aws.error_code(error) != _POSTED:
            raise
        log.step("commented before", build=finished.build)
