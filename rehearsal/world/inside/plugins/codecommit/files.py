"""What CodeCommit tells of commits and the files in them."""

from collections.abc import Mapping
from typing import Any

from rehearsal.world.inside.git_store import FILE_MODES, GitStore
from rehearsal.world.inside.json_service import ServiceError
from rehearsal.world.inside.plugins.codecommit.repositories import Doing, Repositories


def _get_commit(repositories: Repositories, request: dict[str, Any]) -> dict[str, Any]:
    git = repositories.get(request["repositoryName"]).git
    found = git.find(request["commitId"])
    if found is None or found != request["commitId"]:
        code = "CommitIdDoesNotExistException"
        raise ServiceError(code, f"no commit {request['commitId']}")
    commit = git.commit(found)
    return {
        "commit": {
            "commitId": commit.id,
            "treeId": commit.tree,
            "parents": list(commit.parents),
            "message": commit.message,
            "author": _person(commit.author),
            "committer": _person(commit.committer),
            "additionalData": "",
        }
    }


def _get_file(repositories: Repositories, request: dict[str, Any]) -> dict[str, Any]:
    git = repositories.get(request["repositoryName"]).git
    commit = _commit(git, request.get("commitSpecifier", "HEAD"))
    path = request["filePath"].strip("/")
    found = git.tree(commit).get(path)
    if found is None:
        raise ServiceError("FileDoesNotExistException", f"no {path} in {commit}")
    content = git.blob(found[1])
    return {
        "commitId": commit,
        "blobId": found[1],
        "filePath": path,
        "fileMode": FILE_MODES[found[0]],
        "fileSize": len(content),
        "fileContent": content,
    }


def _differences(repositories: Repositories, request: dict[str, Any]) -> dict[str, Any]:
    git = repositories.get(request["repositoryName"]).git
    before = request.get("beforeCommitSpecifier")
    old = _below(git, _commit(git, before) if before else None, request.get("beforePath"))
    after = _commit(git, request["afterCommitSpecifier"])
    new = _below(git, after, request.get("afterPath"))
    changed = [path for path in sorted(old | new) if old.get(path) != new.get(path)]
    return {"differences": [_difference(path, old, new) for path in changed]}


def _commit(git: GitStore, specifier: str) -> str:
    found = git.find(specifier)
    if found is None:
        raise ServiceError("CommitDoesNotExistException", f"no commit {specifier}")
    return found


def _below(git: GitStore, commit: str | None, path: str | None) -> dict[str, tuple[str, str]]:
    files = git.tree(commit) if commit else {}
    folder = (path or "").strip("/")
    inside = {name for name in files if not folder or f"{name}/".startswith(f"{folder}/")}
    if folder and commit and not inside:
        raise ServiceError("PathDoesNotExistException", f"no {folder} in {commit}")
    return {name: files[name] for name in inside}


def _difference(
    path: str, old: Mapping[str, tuple[str, str]], new: Mapping[str, tuple[str, str]]
) -> dict[str, Any]:
    told: dict[str, Any] = {"changeType": "A" if path not in old else "M" if path in new else "D"}
    for side, files in (("beforeBlob", old), ("afterBlob", new)):
        if path in files:
            told[side] = {"path": path, "mode": files[path][0], "blobId": files[path][1]}
    return told


def _person(person: tuple[str, str, str]) -> dict[str, str]:
    return dict(zip(("name", "email", "date"), person, strict=True))


OPERATIONS: dict[str, Doing] = {
    "GetCommit": _get_commit,
    "GetFile": _get_file,
    "GetDifferences": _differences,
}
