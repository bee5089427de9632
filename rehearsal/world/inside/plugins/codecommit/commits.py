"""CodeCommit's commits that are made without git."""

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from rehearsal.world.inside.git_store import FILE_MODES, GitStore, blob_id
from rehearsal.world.inside.json_service import ServiceError
from rehearsal.world.inside.plugins.codecommit.branches import BRANCH
from rehearsal.world.inside.plugins.codecommit.repositories import Doing, Repositories
from rehearsal.world.inside.plugins.codecommit.repository import Repository

GIT_MODES = {name: mode for mode, name in FILE_MODES.items()}
Files = dict[str, tuple[str, bytes] | None]


def _create_commit(repositories: Repositories, request: dict[str, Any]) -> dict[str, Any]:
    repository, branch = repositories.get(request["repositoryName"]), request["branchName"]
    by, git = repositories.caller(), repository.git
    with repositories.changing(repository, by):
        parent = _parent(repository, branch, request.get("parentCommitId"))
        before = git.tree(parent)
        files = _files(request, before, git)
        id_ = git.add_commit(
            branch,
            parent,
            files,
            message=request.get("commitMessage", ""),
            person=(request.get("authorName") or _name(by), request.get("email", "")),
            at=int(repositories.world.clock.now()),
        )
    after = git.tree(id_)
    told: dict[str, list[dict[str, str]]] = {"Added": [], "Updated": [], "Deleted": []}
    for path in sorted(files):
        happened = "Added" if path not in before else "Updated" if path in after else "Deleted"
        mode, blob = after.get(path) or before[path]
        entry = {"absolutePath": path, "blobId": blob, "fileMode": FILE_MODES[mode]}
        told[happened].append(entry)
    return {
        "commitId": id_,
        "treeId": git.commit(id_).tree,
        **{f"files{happened}": entries for happened, entries in told.items()},
    }


def _parent(repository: Repository, branch: str, given: str | None) -> str | None:
    """The tip of the branch, which whoever commits to it must name."""
    references = repository.git.references()
    now = references.get(f"{BRANCH}{branch}")
    if now is None:
        if any(name.startswith(BRANCH) for name in references):
            raise ServiceError("BranchDoesNotExistException", f"{branch} does not exist")
        if not GitStore.may_be_called(f"{BRANCH}{branch}"):
            raise ServiceError("InvalidBranchNameException", f"{branch} cannot be a branch's name")
        return None
    if given is None:
        raise ServiceError("ParentCommitIdRequiredException", f"{branch} is at {now}")
    if repository.git.find(given) is None:
        raise ServiceError("ParentCommitDoesNotExistException", f"no commit {given}")
    if given != now:
        raise ServiceError("ParentCommitIdOutdatedException", f"{branch} is at {now}")
    return now


def _files(
    request: Mapping[str, Any], before: Mapping[str, tuple[str, str]], git: GitStore
) -> Files:
    files: Files = {}
    for each in request.get("putFiles", ()):
        if "fileContent" not in each:
            raise ServiceError("SourceFileOrContentRequiredException", "only content is taken here")
        mode = GIT_MODES[each.get("fileMode", "NORMAL")]
        _add(files, each["filePath"], (mode, each["fileContent"]))
    for each in request.get("deleteFiles", ()):
        _existing(each["filePath"], before)
        _add(files, each["filePath"], None)
    for each in request.get("setFileModes", ()):
        blob = _existing(each["filePath"], before)
        _add(files, each["filePath"], (GIT_MODES[each["fileMode"]], git.blob(blob)))
    _check_folders(files, before)
    if not files:
        raise ServiceError("FileEntryRequiredException", "a commit changes at least one file")
    if all(
        file and before.get(path) == (file[0], blob_id(file[1])) for path, file in files.items()
    ):
        raise ServiceError("NoChangeException", "the files are as they were")
    return files


def _add(files: Files, path: str, file: tuple[str, bytes] | None) -> None:
    parts = path.split("/")
    if not path.isprintable() or path.startswith('"') or {"", ".", "..", ".git"} & set(parts):
        raise ServiceError("InvalidPathException", f"{path!r} cannot be a file")
    if path in files:
        raise ServiceError("SamePathRequestException", f"{path} is named twice")
    files[path] = file


def _check_folders(files: Files, before: Mapping[str, tuple[str, str]]) -> None:
    """A name is a file's or a folder's, before and after."""
    stay = before.keys() - {path for path, file in files.items() if file is None}
    new = {path for path, file in files.items() if file is not None}
    folders = {str(folder) for path in stay | new for folder in PurePosixPath(path).parents}
    if taken := sorted(folders & new):
        raise ServiceError("FileNameConflictsWithDirectoryNameException", f"{taken[0]} is a folder")
    if taken := sorted(folders & stay):
        raise ServiceError("DirectoryNameConflictsWithFileNameException", f"{taken[0]} is a file")


def _existing(path: str, before: Mapping[str, tuple[str, str]]) -> str:
    if path not in before:
        raise ServiceError("FileDoesNotExistException", f"no {path}")
    return before[path][1]


def _name(arn: str) -> str:
    return arn.rpartition(":")[2].rpartition("/")[2]


OPERATIONS: dict[str, Doing] = {"CreateCommit": _create_commit}
