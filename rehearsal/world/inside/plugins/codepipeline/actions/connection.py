"""The source action through a connection, for which a CodeCommit repository stands in.

On AWS the provider is asked, with the connection's own token. Here the commit is read from the
repository of `stand_in`; what IAM says of the connection is asked for as on AWS.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from rehearsal.world.inside.json_service import ServiceError
from rehearsal.world.inside.plugins.codecommit.branches import tip
from rehearsal.world.inside.plugins.codecommit.repositories import repositories_of
from rehearsal.world.inside.plugins.codecommit.repository import Repository
from rehearsal.world.inside.plugins.codepipeline.action import ActionFailedError, Job, Outcome
from rehearsal.world.inside.plugins.codepipeline.actions.configuration import (
    only,
    required,
    wrong,
)
from rehearsal.world.inside.stand_in import stand_in

KNOWN = {
    "BranchName",
    "ConnectionArn",
    "DetectChanges",
    "FullRepositoryId",
    "OutputArtifactFormat",
}
ZIP = "CODE_ZIP"


def perform(job: Job) -> Outcome:
    """Put out the archive of the commit that the execution carries, or of the branch's last one.

    Raises:
        ActionFailedError: there is no such commit, or the role may not use the connection for it.
    """
    only(job, KNOWN)
    connection = required(job, "ConnectionArn")
    full_name, branch = required(job, "FullRepositoryId"), required(job, "BranchName")
    if job.configuration.get("OutputArtifactFormat", ZIP) != ZIP:
        wrong(f"the world puts out a source as {ZIP} only")
    if len(job.outputs) != 1:
        wrong(f"{job.action} has one output artifact, not {len(job.outputs)}")
    _may_use(job, connection, {})
    for action in ("GetBranch", "StartUploadArchiveToS3"):
        _may_use(
            job,
            connection,
            {
                "FullRepositoryId": full_name,
                "BranchName": branch,
                "ProviderAction": action,
                "ProviderPermissionsRequired": "read_only",
            },
        )
    repository, identity = _found(job, full_name, branch)
    commit = repository.git.commit(identity)
    job.artifacts.put(job.outputs[0], repository.git.archive(identity), job.session)
    return Outcome(
        variables={
            "AuthorDate": _moment(commit.author),
            "BranchName": branch,
            "CommitId": identity,
            "CommitMessage": commit.message,
            "ConnectionArn": connection,
            "FullRepositoryName": full_name,
        },
        external_id=identity,
        summary=commit.message,
        revision=identity,
    )


def _found(job: Job, full_name: str, branch: str) -> tuple[Repository, str]:
    """The repository, and the commit in it."""
    try:
        repository = repositories_of(job.world).get(stand_in(full_name))
        identity = repository.git.find(job.revision or tip(repository, branch))
    except ServiceError as error:
        raise ActionFailedError("ConfigurationError", f"{full_name}: {error}") from error
    if identity is None:
        raise ActionFailedError("RevisionUnavailable", f"no commit {job.revision} in {full_name}")
    return repository, identity


def _may_use(job: Job, connection: str, about: Mapping[str, str]) -> None:
    """CodePipeline asks for the connection alone, then for each thing that it does with it."""
    prefix = connection.split(":")[2]
    denied = job.world.seams.get("iam_evaluator.enforce")(
        job.session.credentials["AWS_ACCESS_KEY_ID"],
        f"{prefix}:UseConnection",
        prefix,
        job.session.region,
        connection,
        {f"{prefix}:{key}": value for key, value in about.items()},
    )
    if denied is not None:
        raise ActionFailedError(
            "PermissionError",
            f"the action's role is not authorized to perform: {prefix}:UseConnection "
            f"on resource: {connection}",
        )


def _moment(who: tuple[str, str, str]) -> str:
    """A date as git has it (seconds and offset), as CodePipeline shows it."""
    return f"{datetime.fromtimestamp(int(who[2].split()[0]), UTC):%Y-%m-%dT%H:%M:%SZ}"
