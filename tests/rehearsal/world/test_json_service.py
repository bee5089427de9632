"""A service of ours takes what AWS takes, and says what AWS says or nothing."""

import json
from types import SimpleNamespace
from typing import Any, cast

import botocore.session
import pytest

from rehearsal.world.inside.json_service import (
    JsonService,
    NotAsModelledError,
    Operation,
    ServiceError,
    answer,
    register,
)
from rehearsal.world.inside.setting import Setting

MODEL = botocore.session.get_session().get_service_model("codecommit")
BRANCH = {"branch": {"branchName": "main", "commitId": "c"}}
PUT = {"filePath": "a", "fileContent": "aGk="}
COMMIT = {"repositoryName": "r", "branchName": "main", "putFiles": [PUT]}


def ask(name: str, request: object, operation: Operation) -> Any:  # noqa: ANN401 - any JSON
    body = request if isinstance(request, bytes) else json.dumps(request).encode()
    return json.loads(answer(MODEL.operation_model(name), operation, body) or b"null")


def unreachable(_request: dict[str, Any]) -> dict[str, Any]:
    raise AssertionError("a wrong request must not come so far")


@pytest.mark.parametrize(
    ("name", "request_", "code"),
    [
        ("GetRepository", {}, "RepositoryNameRequiredException"),
        ("GetRepository", {"repositoryName": "a/b"}, "InvalidRepositoryNameException"),
        ("GetRepository", {"repositoryName": "a" * 101}, "InvalidRepositoryNameException"),
        ("GetRepository", {"repositoryName": 1}, "InvalidRepositoryNameException"),
        ("ListRepositories", {"sortBy": "size"}, "InvalidSortByException"),
        ("CreateRepository", {"repositoryName": "r", "tags": 1}, "ValidationException"),
        ("GetRepository", {"repositoryName": "r", "other": 1}, "ValidationException"),
        ("CreateCommit", {**COMMIT, "putFiles": [{}]}, "ValidationException"),
        ("CreateCommit", {**COMMIT, "putFiles": [{**PUT, "fileMode": "X"}]}, "ValidationException"),
        (
            "CreateCommit",
            {**COMMIT, "putFiles": [{**PUT, "fileContent": "?"}]},
            "ValidationException",
        ),
        ("GetRepository", b"{", "SerializationException"),
        ("GetRepository", [], "SerializationException"),
    ],
)
def test_a_wrong_request_gets_the_error_that_the_model_has_for_it(
    name: str, request_: object, code: str
) -> None:
    with pytest.raises(ServiceError) as refused:
        ask(name, request_, unreachable)
    assert refused.value.code == code


def test_blobs_are_bytes_inside_and_times_are_seconds_outside() -> None:
    seen: dict[str, Any] = {}

    def commit(request: dict[str, Any]) -> dict[str, Any]:
        seen.update(request)
        return {"commitId": "c"}

    ask("CreateCommit", COMMIT, commit)
    assert seen["putFiles"] == [{"filePath": "a", "fileContent": b"hi"}]
    metadata = {"repositoryMetadata": {"repositoryName": "r", "creationDate": 1.5}}
    assert ask("GetRepository", {"repositoryName": "r"}, lambda _: metadata) == metadata
    file = {"commitId": "c", "blobId": "b", "filePath": "a", "fileMode": "NORMAL", "fileSize": 2}
    said = ask(
        "GetFile",
        {"repositoryName": "r", "filePath": "a"},
        lambda _: {**file, "fileContent": b"hi"},
    )
    assert said["fileContent"] == "aGk="


def test_an_operation_without_an_answer_answers_nothing() -> None:
    request = {"repositoryName": "r", "branchName": "b", "commitId": "c"}
    assert ask("CreateBranch", request, lambda _: None) is None
    with pytest.raises(NotAsModelledError, match="there is no answer"):
        ask("CreateBranch", request, lambda _: {"branch": "b"})


@pytest.mark.parametrize(
    "wrong",
    [
        {"branch": {**BRANCH["branch"], "head": True}},
        {"branch": {"branchName": 1}},
        {"branch": {"branchName": "a" * 257}},
        {"other": 1},
    ],
)
def test_a_wrong_answer_of_ours_fails_loudly(wrong: dict[str, Any]) -> None:
    with pytest.raises(NotAsModelledError, match="GetBranch answers what AWS does not"):
        ask("GetBranch", {}, lambda _: wrong)


def test_an_error_that_the_model_does_not_have_fails_loudly() -> None:
    def refuse(_request: dict[str, Any]) -> dict[str, Any]:
        raise ServiceError("FileDoesNotExistException", "no")

    with pytest.raises(NotAsModelledError, match="GetBranch has no error FileDoesNotExist"):
        ask("GetBranch", {}, refuse)


def test_an_operation_that_aws_does_not_have_cannot_be_offered() -> None:
    service = JsonService(
        name="codecommit",
        operations={"GetBranch": unreachable, "MakeCoffee": unreachable},
        resource=lambda _operation, _request: "*",
    )
    with pytest.raises(NotAsModelledError, match="codecommit has no MakeCoffee"):
        register(cast("Setting", SimpleNamespace()), service)
