"""CodeCommit's operations on branches."""

from typing import Any

from rehearsal.world.inside.git_store import GitStore
from rehearsal.world.inside.json_service import ServiceError
from rehearsal.world.inside.plugins.codecommit.repositories import Doing, Repositories
from rehearsal.world.inside.plugins.codecommit.repository import Repository

BRANCH = "refs/heads/"


def tip(repository: Repository, branch: str) -> str:
    """The commit that a branch has.

    Raises:
        ServiceError: there is no such branch.
    """
    if not branch:
        raise ServiceError("BranchNameRequiredException", "branchName is required")
    found = repository.git.references().get(f"{BRANCH}{branch}")
    if found is None:
        raise ServiceError("BranchDoesNotExistException", f"{branch} does not exist")
    return found


def _branch(repositories: Repositories, request: dict[str, Any]) -> dict[str, Any]:
    found = repositories.get(request.get("repositoryName", ""))
    name = request.get("branchName", "")
    return {"branch": {"branchName": name, "commitId": tip(found, name)}}


def _branches(repositories: Repositories, request: dict[str, Any]) -> dict[str, Any]:
    found = repositories.get(request["repositoryName"]).git.references()
    names = [each.removeprefix(BRANCH) for each in found if each.startswith(BRANCH)]
    return {"branches": names}


def _create_branch(repositories: Repositories, request: dict[str, Any]) -> None:
    found, name = repositories.get(request["repositoryName"]), request["branchName"]
    if not GitStore.may_be_called(f"{BRANCH}{name}"):
        raise ServiceError("InvalidBranchNameException", f"{name} cannot be a branch's name")
    commit = found.git.find(request["commitId"])
    if commit is None:
        raise ServiceError("CommitDoesNotExistException", f"no commit {request['commitId']}")
    with repositories.changing(found, repositories.caller()):
        if f"{BRANCH}{name}" in found.git.references():
            raise ServiceError("BranchNameExistsException", f"{name} already exists")
        found.git.move(f"{BRANCH}{name}", commit)


def _delete_branch(repositories: Repositories, request: dict[str, Any]) -> dict[str, Any]:
    found, name = repositories.get(request["repositoryName"]), request["branchName"]
    with repositories.changing(found, repositories.caller()):
        commit = found.git.references().get(f"{BRANCH}{name}")
        if commit is None:
            return {}
        if name == found.git.head():
            raise ServiceError(
                "DefaultBranchCannotBeDeletedException", f"{name} is the default branch"
            )
        found.git.move(f"{BRANCH}{name}", None, commit)
    return {"deletedBranch": {"branchName": name, "commitId": commit}}


def _default_branch(repositories: Repositories, request: dict[str, Any]) -> None:
    found = repositories.get(request["repositoryName"])
    tip(found, request["defaultBranchName"])
    found.git.set_head(request["defaultBranchName"])


OPERATIONS: dict[str, Doing] = {
    "GetBranch": _branch,
    "ListBranches": _branches,
    "CreateBranch": _create_branch,
    "DeleteBranch": _delete_branch,
    "UpdateDefaultBranch": _default_branch,
}
