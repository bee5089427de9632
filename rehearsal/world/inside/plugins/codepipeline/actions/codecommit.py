"""The source action for CodeCommit: the branch's commit as a zip, in the artifact store."""

import base64
import os
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from datetime import UTC, datetime

from rehearsal.world.inside.git_password import git_password
from rehearsal.world.inside.plugins.codepipeline.action import ActionFailedError, Job, Outcome
from rehearsal.world.inside.plugins.codepipeline.actions.configuration import (
    only,
    required,
    wrong,
)
from rehearsal.world.inside.role_session import READ_SECONDS, endpoint

KNOWN = {"RepositoryName", "BranchName", "PollForSourceChanges", "OutputArtifactFormat"}
ZIP = "CODE_ZIP"


def perform(job: Job) -> Outcome:
    """Put out the archive of the commit that the execution carries, or of the branch's last one.

    Raises:
        ActionFailedError: there is no such commit, or the role may not have its archive.
    """
    only(job, KNOWN)
    repository, branch = required(job, "RepositoryName"), required(job, "BranchName")
    if job.configuration.get("OutputArtifactFormat", ZIP) != ZIP:
        wrong(f"the world puts out a source as {ZIP} only")
    if len(job.outputs) != 1:
        wrong(f"{job.action} has one output artifact, not {len(job.outputs)}")
    client = job.session.client("codecommit")
    identity = job.revision
    if not identity:
        found = client.get_branch(repositoryName=repository, branchName=branch)
        identity = found["branch"]["commitId"]
    commit = client.get_commit(repositoryName=repository, commitId=identity)["commit"]
    _may_wait_for_archive(job, repository)
    job.artifacts.put(job.outputs[0], _archive(job, repository, identity), job.session)
    message = commit.get("message", "")
    return Outcome(
        variables={
            "AuthorDate": _moment(commit["author"]),
            "BranchName": branch,
            "CommitId": identity,
            "CommitMessage": message,
            "CommitterDate": _moment(commit["committer"]),
            "RepositoryName": repository,
        },
        external_id=identity,
        summary=message,
        revision=identity,
    )


def _may_wait_for_archive(job: Job, repository: str) -> None:
    """CodePipeline asks how far the archive is, by an operation that is not public either."""
    action = "codecommit:GetUploadArchiveStatus"
    region = job.session.region
    denied = job.world.seams.get("iam_evaluator.enforce")(
        job.session.credentials["AWS_ACCESS_KEY_ID"],
        action,
        "codecommit",
        region,
        f"arn:aws:codecommit:{region}:{job.account}:{repository}",
        {},
    )
    if denied is not None:
        raise ActionFailedError(
            "PermissionError", f"the action's role is not authorized to perform: {action}"
        )


def _archive(job: Job, repository: str, commit: str) -> bytes:
    url = f"{endpoint()}/v1/repos/{repository}"
    request = urllib.request.Request(  # noqa: S310 - the world's own address
        f"{url}/archive/{commit}", headers=_headers(job, url)
    )
    context = ssl.create_default_context(cafile=os.environ["AWS_CA_BUNDLE"])
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
    )
    try:
        with opener.open(request, timeout=READ_SECONDS) as answer:
            content: bytes = answer.read()
    except urllib.error.HTTPError as error:
        code = "PermissionError" if error.code in (401, 403) else "RevisionUnavailable"
        raise ActionFailedError(code, error.read().decode()) from error
    return content


def _headers(job: Job, url: str) -> Mapping[str, str]:
    session = job.session
    moment = f"{datetime.fromtimestamp(job.world.clock.now(), UTC):%Y%m%dT%H%M%S}"
    password = git_password(
        session.credentials["AWS_SECRET_ACCESS_KEY"],
        region=session.region,
        url=url,
        moment=moment,
    )
    keys = session.credentials
    user = f"{keys['AWS_ACCESS_KEY_ID']}%{keys['AWS_SESSION_TOKEN']}"
    basic = base64.b64encode(f"{user}:{password}".encode()).decode()
    party = session.party()
    return {"Authorization": f"Basic {basic}", **({"x-world-party": party} if party else {})}


def _moment(who: Mapping[str, str]) -> str:
    """A date as CodeCommit has it (seconds and offset), as CodePipeline shows it."""
    seconds = int(who["date"].split()[0])
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"
