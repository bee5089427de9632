"""Start a service's pipeline for a push that touches the service.

A release too many does no harm, a lost one does: what cannot be known starts the pipeline.
"""

import json
import os

import aws
import changes
import globs
import log
from delivered import token_of
from push import Push


def handle(event: object, _context: object) -> dict[str, str]:
    """Compare what changed with the filter, and start the pipeline if any of it passes.

    Returns:
        Why the pipeline was started, and the execution; both empty where it was not.

    Raises:
        BotoCoreError, ClientError: CodePipeline did not start it. Lambda tries again.
    """
    push = Push.of(event)
    why = _why(push)
    if not why:
        log.step("not started", commit=push.commit, why="no changed path passes the filter")
        return {"why": "", "execution": ""}
    revisions = _pinned(push)
    # One attempt: whoever tries again must look at the branch again.
    answer = aws.client("codepipeline", attempts=1).start_pipeline_execution(
        name=os.environ["PIPELINE"], clientRequestToken=token_of(event), sourceRevisions=revisions
    )
    execution = str(answer["pipelineExecutionId"])
    log.step("started", commit=push.commit, why=why, execution=execution, pinned=bool(revisions))
    return {"why": why, "execution": execution}


def _why(push: Push) -> str:
    """Say what speaks for a release; empty where nothing does."""
    if not push.commit:
        return "the event names no commit"
    if not push.before:
        return "the branch is new: all of it changed"
    try:
        paths = changes.between(os.environ["REPOSITORY"], push.before, push.commit)
        passed = globs.passing(
            paths,
            includes=json.loads(os.environ["INCLUDES"]),
            excludes=json.loads(os.environ["EXCLUDES"]),
        )
    except (changes.UnknownChangesError, ValueError) as error:
        return f"what changed is unknown: {error}"
    return f"{passed} changed" if passed else ""


def _pinned(push: Push) -> list[dict[str, str]]:
    """The commit as the release's source, while the branch is still at it.

    An event may come late: a release pinned to an older commit would then follow, and take back,
    that of a newer one. Unpinned, the source action takes what the branch is at.
    """
    try:
        branch = aws.client("codecommit").get_branch(
            repositoryName=os.environ["REPOSITORY"], branchName=os.environ["BRANCH"]
        )["branch"]
    except aws.FAILURES as error:
        log.step("not pinned", error=aws.error_code(error))
        return []
    if not push.commit or branch.get("commitId") != push.commit:
        return []
    return [
        {
            "actionName": os.environ["SOURCE_ACTION"],
            "revisionType": "COMMIT_ID",
            "revisionValue": push.commit,
        }
    ]
