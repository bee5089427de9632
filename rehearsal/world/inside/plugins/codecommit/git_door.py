"""`git clone`, `git fetch` and `git push` at `/v1/repos/NAME`, for whom IAM lets do so.

Who asks gives a user name and password as AWS's credential helper makes them (see git_password).
The signature is checked, its age is not: git signs by the machine's own clock. Then IAM decides
about `codecommit:GitPull` or `codecommit:GitPush`, for a push with the condition key
`codecommit:References`. Git credentials of an IAM user and SSH are missing.

At `/v1/repos/NAME/archive/COMMIT` whom IAM lets do `codecommit:UploadArchive` gets a zip archive:
so CodePipeline takes its source, for which AWS has no public operation.
"""

import asyncio
import base64
import hmac
import re
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

from rehearsal.world.inside.git_password import MOMENT, git_password
from rehearsal.world.inside.json_service import ServiceError
from rehearsal.world.inside.plugins.codecommit.repositories import Repositories
from rehearsal.world.inside.plugins.codecommit.repository import Repository

App = Callable[..., Awaitable[None]]
Answer = tuple[int, list[tuple[str, str]], bytes]
PATH = re.compile(
    r"(/v1/repos/([\w.-]+))(/info/refs|/git-upload-pack|/git-receive-pack|/archive/(.+))"
)
ACTIONS = {
    "git-upload-pack": "GitPull",
    "git-receive-pack": "GitPush",
    "archive": "UploadArchive",
}


class _RefusedError(Exception):
    """What is not answered, and the status that says so."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


def open_git_door(repositories: Repositories, app: App) -> App:
    """The emulator with git's requests answered."""

    async def answer(scope: dict[str, Any], receive: Any, send: Any) -> None:
        asked = PATH.fullmatch(scope["path"]) if scope["type"] == "http" else None
        if asked is None:
            await app(scope, receive, send)
            return
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        answered = await asyncio.to_thread(_answer, repositories, asked, scope, body)
        status, headers, content = answered
        lines = [(name.encode(), value.encode()) for name, value in headers]
        lines.append((b"content-length", str(len(content)).encode()))
        await send({"type": "http.response.start", "status": status, "headers": lines})
        await send({"type": "http.response.body", "body": content})

    return answer


def pushed_references(body: bytes) -> list[str]:
    """The full names of what a push is to move, by git's protocol."""
    names = []
    while len(body) > 4 and (size := int(body[:4], 16)):  # noqa: PLR2004 - a line's length is first
        names.append(body[4:size].split(b"\0")[0].split()[2].decode())
        body = body[size:]
    return names


def _answer(
    repositories: Repositories, asked: re.Match[str], scope: Mapping[str, Any], body: bytes
) -> Answer:
    try:
        return _allowed(repositories, asked, scope, body)
    except _RefusedError as refused:
        headers = [("content-type", "text/plain")]
        if refused.status == HTTPStatus.UNAUTHORIZED:
            headers.append(("www-authenticate", 'Basic realm="codecommit"'))
        return refused.status, headers, str(refused).encode()


def _allowed(
    repositories: Repositories, asked: re.Match[str], scope: Mapping[str, Any], body: bytes
) -> Answer:
    path, name, rest, commit = asked.groups()
    query = scope["query_string"].decode()
    service = query.partition("service=")[2] if rest == "/info/refs" else rest.split("/")[1]
    headers = {key.decode().lower(): value.decode() for key, value in scope["headers"]}
    pushed = pushed_references(body) if rest == "/git-receive-pack" else []
    key, who = _identity(repositories, headers.get("authorization", ""), path)
    if service not in ACTIONS or not _may(repositories, key, ACTIONS[service], name, pushed):
        raise _RefusedError(403, f"{who} may not do {service} on {name}")
    try:
        repository = repositories.get(name)
    except ServiceError as error:
        raise _RefusedError(404, str(error)) from error
    if commit:
        return _archive(repository, commit)
    request = {
        "REQUEST_METHOD": scope["method"],
        "PATH_INFO": rest,
        "QUERY_STRING": query,
        "CONTENT_TYPE": headers.get("content-type", ""),
        "HTTP_CONTENT_ENCODING": headers.get("content-encoding", ""),
        "GIT_PROTOCOL": headers.get("git-protocol", ""),
    }
    if not pushed:
        return repository.git.serve(request, body)
    with repositories.changing(repository, who):
        return repository.git.serve(request, body)


def _archive(repository: Repository, commit: str) -> Answer:
    found = repository.git.find(commit)
    if found is None:
        raise _RefusedError(404, f"no commit {commit} in {repository.name}")
    return 200, [("content-type", "application/zip")], repository.git.archive(found)


def _identity(repositories: Repositories, authorization: str, path: str) -> tuple[str, str]:
    """The access key and ARN of who asks; account and region are theirs from here on."""
    unknown = _RefusedError(401, "the user name or the password is missing or wrong")
    seams, (user, password) = repositories.world.seams, _given(authorization)
    key, _, token = user.partition("%")
    seams.get("responses.set_request_account_id")(seams.get("app._request_account_scope")(key))
    found = seams.get("iam_evaluator.resolve_credential")(key, None, token) if key else None
    secret = getattr(found, "secret_access_key", None)
    if found is None or secret is None:
        raise unknown
    here = seams.get("responses.get_region")()
    # The address does not name the region, but the signature knows it.
    for region in dict.fromkeys([here, *(each.region for each in repositories.all())]):
        url, moment = f"https://127.0.0.1{path}", password[:MOMENT]
        right = git_password(secret, region=region, url=url, moment=moment)
        if hmac.compare_digest(right.encode(), password.encode()):
            seams.get("responses.set_request_region")(region)
            return key, str(found.principal_arn)
    raise unknown


def _given(authorization: str) -> tuple[str, str]:
    kind, _, given = authorization.partition(" ")
    try:
        user, _, password = base64.b64decode(given).decode().partition(":")
    except ValueError:
        return "", ""
    return (user, password) if kind.lower() == "basic" else ("", "")


def _may(
    repositories: Repositories, key: str, action: str, name: str, references: list[str]
) -> bool:
    """Whether IAM lets the owner of the access key do so with each of the references."""
    enforce = repositories.world.seams.get("iam_evaluator.enforce")
    region = repositories.world.seams.get("responses.get_region")()
    arn, asked = repositories.arn(name), f"codecommit:{action}"
    contexts = [{"codecommit:References": each} for each in references] or [{}]
    return all(
        enforce(key, asked, "codecommit", region, arn, context) is None for context in contexts
    )
