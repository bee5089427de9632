"""CodeCommit's operations on repositories and their tags."""

from typing import Any

from rehearsal.world.inside.json_service import ServiceError
from rehearsal.world.inside.plugins.codecommit.repositories import Doing, Repositories
from rehearsal.world.inside.plugins.codecommit.repository import described


def _create(repositories: Repositories, request: dict[str, Any]) -> dict[str, Any]:
    made = repositories.create(
        request["repositoryName"],
        description=request.get("repositoryDescription", ""),
        key=request.get("kmsKeyId", ""),
        tags=request.get("tags", {}),
    )
    return {"repositoryMetadata": described(made)}


def _find(repositories: Repositories, request: dict[str, Any]) -> dict[str, Any]:
    return {"repositoryMetadata": described(repositories.get(request["repositoryName"]))}


def _list_all(repositories: Repositories, request: dict[str, Any]) -> dict[str, Any]:
    by_time = request.get("sortBy") == "lastModifiedDate"
    found = repositories.here()
    found.sort(key=lambda each: (each.modified if by_time else 0, each.name))
    if request.get("order") == "descending":
        found.reverse()
    return {
        "repositories": [{"repositoryName": each.name, "repositoryId": each.id} for each in found]
    }


def _delete(repositories: Repositories, request: dict[str, Any]) -> dict[str, Any]:
    gone = repositories.delete(request["repositoryName"])
    return {"repositoryId": gone} if gone else {}


def _describe(repositories: Repositories, request: dict[str, Any]) -> None:
    found = repositories.get(request["repositoryName"])
    found.description = request.get("repositoryDescription", "")
    found.modified = repositories.world.clock.now()


def _rename(repositories: Repositories, request: dict[str, Any]) -> None:
    repositories.rename(repositories.get(request["oldName"]), request["newName"])


def _triggers(repositories: Repositories, request: dict[str, Any]) -> dict[str, Any]:
    repositories.get(request["repositoryName"])
    return {"triggers": []}


def _tagged(repositories: Repositories, request: dict[str, Any]) -> dict[str, str]:
    arn = str(request["resourceArn"])
    name = arn.rpartition(":")[2]
    if arn != repositories.arn(name):
        raise ServiceError("InvalidResourceArnException", f"{arn} is no repository here")
    return repositories.get(name).tags


def _tag(repositories: Repositories, request: dict[str, Any]) -> None:
    _tagged(repositories, request).update(request["tags"])


def _untag(repositories: Repositories, request: dict[str, Any]) -> None:
    tags = _tagged(repositories, request)
    for key in request["tagKeys"]:
        tags.pop(key, None)


def _list_tags(repositories: Repositories, request: dict[str, Any]) -> dict[str, Any]:
    return {"tags": _tagged(repositories, request)}


OPERATIONS: dict[str, Doing] = {
    "CreateRepository": _create,
    "GetRepository": _find,
    "ListRepositories": _list_all,
    "DeleteRepository": _delete,
    "UpdateRepositoryDescription": _describe,
    "UpdateRepositoryName": _rename,
    "GetRepositoryTriggers": _triggers,
    "TagResource": _tag,
    "UntagResource": _untag,
    "ListTagsForResource": _list_tags,
}
