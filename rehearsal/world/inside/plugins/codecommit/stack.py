"""CloudFormation's type AWS::CodeCommit::Repository.

`Ref` is the repository's id, as on AWS. What keeps a repository when its stack goes is
ministack's affair, and it honours deletion policies. A repository cannot be filled from S3 here
and has no triggers: a template that asks for either fails.
"""

from collections.abc import Callable, Mapping
from typing import Any

from rehearsal.world.inside.json_service import ServiceError
from rehearsal.world.inside.plugins.codecommit.repositories import Repositories
from rehearsal.world.inside.plugins.codecommit.repository import Repository

Made = tuple[str, dict[str, str]]
Properties = Mapping[str, Any]
MISSING = ("Code", "Triggers")


def resource_type(repositories: Repositories) -> dict[str, Callable[..., Any]]:
    """What ministack's CloudFormation calls to make, change and remove a repository."""

    def create(_logical_id: str, properties: Properties, _stack: str) -> Made:
        return _create(repositories, properties)

    def update(id_: str, old: Properties, new: Properties, _stack: str) -> Made:
        return _update(repositories, id_, old, new)

    def delete(id_: str, _properties: Properties) -> None:
        for each in _with_id(repositories, id_):
            repositories.delete(each.name)

    return {"create": create, "update": update, "delete": delete}


def _create(repositories: Repositories, properties: Properties) -> Made:
    _check(properties)
    try:
        made = repositories.create(
            properties["RepositoryName"],
            description=properties.get("RepositoryDescription", ""),
            key=properties.get("KmsKeyId", ""),
            tags=_tags(properties),
        )
    except ServiceError as error:
        raise ValueError(f"{error} (Service: CodeCommit; Error Code: {error.code})") from error
    return made.id, _attributes(made)


def _update(repositories: Repositories, id_: str, old: Properties, new: Properties) -> Made:
    _check(new)
    for found in _with_id(repositories, id_):
        if new["RepositoryName"] != found.name:
            repositories.rename(found, new["RepositoryName"])
        found.description = new.get("RepositoryDescription", "")
        found.key = new.get("KmsKeyId", "")
        kept = {key: value for key, value in found.tags.items() if key not in _tags(old)}
        found.tags = {**kept, **_tags(new)}
        found.modified = repositories.world.clock.now()
        return id_, _attributes(found)
    return _create(repositories, new)


def _with_id(repositories: Repositories, id_: str) -> list[Repository]:
    return [each for each in repositories.here() if each.id == id_]


def _check(properties: Properties) -> None:
    if missing := [name for name in MISSING if properties.get(name)]:
        raise ValueError(f"a repository of the rehearsal has no {', '.join(missing)}")


def _tags(properties: Properties) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in properties.get("Tags") or ()}


def _attributes(repository: Repository) -> dict[str, str]:
    return {
        "Arn": repository.arn,
        "Name": repository.name,
        "CloneUrlHttp": repository.url,
        "CloneUrlSsh": repository.ssh_url,
    }
