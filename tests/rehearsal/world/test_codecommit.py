"""Repositories that git pushes to, and that answer as CodeCommit does."""

import base64
import io
import json
import random
import ssl
import urllib.request
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import boto3
import pytest

from rehearsal.world.inside.git_password import git_password
from rehearsal.world.world import World
from tests.rehearsal.world.conftest import Client
from tests.rehearsal.world.lambdas import role
from tests.rehearsal.world.repositories import Clone, address, heard, listen, refusal


@pytest.fixture
def name(request: pytest.FixtureRequest, aws: Client) -> str:
    """A new repository for each test."""
    name = request.node.originalname[:100].replace("test_", "")
    aws("codecommit").create_repository(repositoryName=name)
    return str(name)


@pytest.fixture
def clone(world: World, tmp_path: Path) -> Clone:
    return Clone(world, tmp_path / "clone")


def arn(world: World, name: str) -> str:
    return f"arn:aws:codecommit:{world.region}:{world.account}:{name}"


def key_of(aws: Client, name: str, *statements: dict[str, Any]) -> dict[str, Any]:
    """The access key of a new user who may do what the statements say."""
    aws("iam").create_user(UserName=name)
    document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    aws("iam").put_user_policy(UserName=name, PolicyName="p", PolicyDocument=document)
    key: dict[str, Any] = aws("iam").create_access_key(UserName=name)["AccessKey"]
    return key


def test_a_push_arrives_and_can_be_read(aws: Client, name: str, world: World, clone: Clone) -> None:
    codecommit = aws("codecommit")
    first = clone.commit("first", a="one\n")
    clone.git("push", address(world, name), "main")
    second = clone.commit("second\n\nwhy", a="two\n", b="new\n")
    clone.git("push", address(world, name), "main", "main:other")

    assert codecommit.list_branches(repositoryName=name)["branches"] == ["main", "other"]
    branch = codecommit.get_branch(repositoryName=name, branchName="main")["branch"]
    assert branch == {"branchName": "main", "commitId": second}
    metadata = codecommit.get_repository(repositoryName=name)["repositoryMetadata"]
    assert metadata["defaultBranch"] == "main"
    assert metadata["cloneUrlHttp"] == f"{world.endpoint}/v1/repos/{name}"

    commit = codecommit.get_commit(repositoryName=name, commitId=second)["commit"]
    assert (commit["message"], commit["parents"]) == ("second\n\nwhy\n", [first])
    assert commit["author"] == {
        "name": "Dev",
        "email": "dev@example.com",
        "date": "1803891600 +0000",
    }
    file = codecommit.get_file(repositoryName=name, filePath="a.txt", commitSpecifier=first)
    assert (file["fileContent"], file["fileMode"], file["fileSize"]) == (b"one\n", "NORMAL", 4)
    found = codecommit.get_differences(
        repositoryName=name, beforeCommitSpecifier=first, afterCommitSpecifier="main"
    )["differences"]
    assert [(each["changeType"], each["afterBlob"]["path"]) for each in found] == [
        ("M", "a.txt"),
        ("A", "b.txt"),
    ]
    clone.git("clone", "--quiet", address(world, name), "again")
    assert (clone.folder / "again" / "b.txt").read_text() == "new\n"


def test_the_rule_that_starts_our_pipeline_hears_of_its_branch_only(
    aws: Client, name: str, world: World, clone: Clone
) -> None:
    """The pattern is that of constructs/lockgate/pipeline_events.py."""
    pattern = {
        "source": ["aws.codecommit"],
        "detail-type": ["CodeCommit Repository State Change"],
        "resources": [arn(world, name)],
        "detail": {
            "event": ["referenceCreated", "referenceUpdated"],
            "referenceType": ["branch"],
            "referenceName": ["main"],
        },
    }
    queue, began = listen(world, aws, "starts", pattern), world.clock.now()
    first = clone.commit("first", a="one")
    clone.git("push", address(world, name), "main", "main:other")
    world.clock.sleep(60)
    second = clone.commit("second", a="two")
    clone.git("tag", "main")
    clone.git("push", address(world, name), "refs/heads/main", "refs/tags/main")
    created, updated = heard(aws, queue)
    assert created["time"] == began.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert updated["time"] > created["time"]
    metadata = aws("codecommit").get_repository(repositoryName=name)["repositoryMetadata"]
    about = {
        "callerUserArn": f"arn:aws:iam::{world.account}:root",
        "referenceType": "branch",
        "referenceName": "main",
        "referenceFullName": "refs/heads/main",
        "repositoryName": name,
        "repositoryId": metadata["repositoryId"],
    }
    assert created["detail"] == {**about, "event": "referenceCreated", "commitId": first}
    assert updated["detail"] == {
        **about,
        "event": "referenceUpdated",
        "commitId": second,
        "oldCommitId": first,
    }


def test_one_push_tells_of_each_reference_by_name(
    aws: Client, name: str, world: World, clone: Clone
) -> None:
    queue = listen(world, aws, "all", {"resources": [arn(world, name)]})
    clone.commit("first", a="one")
    clone.git("tag", "v1")
    clone.git("push", address(world, name), "main", "main:b", "main:a", "v1")
    clone.git("push", address(world, name), ":a")
    said = [
        (each["detail"]["event"], each["detail"]["referenceFullName"]) for each in heard(aws, queue)
    ]
    assert said == [
        ("referenceCreated", "refs/heads/a"),
        ("referenceCreated", "refs/heads/b"),
        ("referenceCreated", "refs/heads/main"),
        ("referenceCreated", "refs/tags/v1"),
        ("referenceDeleted", "refs/heads/a"),
    ]


def test_a_commit_can_be_made_without_git(aws: Client, name: str, world: World) -> None:
    codecommit = aws("codecommit")
    put = {"repositoryName": name, "branchName": "main", "authorName": "Ann", "email": "a@b.c"}
    one = {"filePath": "dir/one", "fileContent": b"1", "fileMode": "EXECUTABLE"}
    two = {"filePath": "two", "fileContent": b"2"}
    first = codecommit.create_commit(**put, commitMessage="first", putFiles=[one, two])
    assert [each["absolutePath"] for each in first["filesAdded"]] == ["dir/one", "two"]
    made = codecommit.get_commit(repositoryName=name, commitId=first["commitId"])["commit"]
    assert made["author"]["date"] == f"{world.clock.now().timestamp():.0f} +0000"
    assert (made["author"]["name"], made["message"]) == ("Ann", "first")
    put["parentCommitId"] = first["commitId"]
    second = codecommit.create_commit(
        **put, putFiles=[{**two, "fileContent": b"3"}], deleteFiles=[{"filePath": "dir/one"}]
    )
    assert [each["absolutePath"] for each in second["filesUpdated"]] == ["two"]
    assert [each["absolutePath"] for each in second["filesDeleted"]] == ["dir/one"]

    commit = codecommit.create_commit
    assert refusal(commit, **put, putFiles=[two]) == "ParentCommitIdOutdatedException"
    put["parentCommitId"] = second["commitId"]
    same = {**two, "fileContent": b"3"}
    assert refusal(commit, **put, putFiles=[same]) == "NoChangeException"
    assert refusal(commit, **put) == "FileEntryRequiredException"
    assert refusal(commit, **put, putFiles=[two, two]) == "SamePathRequestException"
    out = {**two, "filePath": "../out"}
    assert refusal(commit, **put, putFiles=[out]) == "InvalidPathException"
    below = {**two, "filePath": "two/three"}
    assert refusal(commit, **put, putFiles=[below]) == (
        "DirectoryNameConflictsWithFileNameException"
    )
    gone = [{"filePath": "gone"}]
    assert refusal(commit, **put, deleteFiles=gone) == "FileDoesNotExistException"
    del put["parentCommitId"]
    assert refusal(commit, **put, putFiles=[two]) == "ParentCommitIdRequiredException"


def test_what_does_not_exist_is_refused_by_its_name(
    aws: Client, name: str, world: World, clone: Clone
) -> None:
    codecommit, here = aws("codecommit"), {"repositoryName": name}
    nowhere = {"repositoryName": "nowhere"}
    missing = "RepositoryDoesNotExistException"
    assert refusal(codecommit.get_repository, **nowhere) == missing
    assert refusal(codecommit.get_branch, **nowhere, branchName="main") == missing
    assert refusal(codecommit.list_branches, **nowhere) == missing
    get_branch = codecommit.get_branch
    assert refusal(get_branch, **here, branchName="main") == "BranchDoesNotExistException"
    assert refusal(get_branch, **here) == "BranchNameRequiredException"
    assert refusal(codecommit.create_repository, **here) == "RepositoryNameExistsException"
    commit = clone.commit("first", a="one")
    clone.git("push", address(world, name), "main")
    other = "0" * 40
    get_commit, get_file = codecommit.get_commit, codecommit.get_file
    assert refusal(get_commit, **here, commitId=other) == "CommitIdDoesNotExistException"
    assert refusal(get_file, **here, filePath="b") == "FileDoesNotExistException"
    assert (
        refusal(get_file, **here, filePath="a.txt", commitSpecifier="x")
        == "CommitDoesNotExistException"
    )
    branch = codecommit.create_branch
    codecommit.create_branch(**here, branchName="next", commitId=commit)
    again = {"branchName": "next", "commitId": commit}
    assert refusal(branch, **here, **again) == "BranchNameExistsException"
    assert refusal(branch, **here, branchName="a..b", commitId=commit) == (
        "InvalidBranchNameException"
    )
    assert refusal(codecommit.delete_branch, **here, branchName="main") == (
        "DefaultBranchCannotBeDeletedException"
    )
    pushed = clone.git("push", address(world, "nowhere"), "main", check=False)
    assert "not found" in pushed.stderr


def test_metadata_and_tags_can_be_changed(aws: Client, name: str, world: World) -> None:
    codecommit, resource = aws("codecommit"), {"resourceArn": arn(world, name)}
    codecommit.tag_resource(**resource, tags={"team": "a", "cost": "b"})
    codecommit.untag_resource(**resource, tagKeys=["cost"])
    assert codecommit.list_tags_for_resource(**resource)["tags"] == {"team": "a"}
    codecommit.update_repository_description(repositoryName=name, repositoryDescription="new")
    metadata = codecommit.get_repository(repositoryName=name)["repositoryMetadata"]
    assert metadata["repositoryDescription"] == "new"
    assert metadata["Arn"] == arn(world, name)
    assert codecommit.get_repository_triggers(repositoryName=name)["triggers"] == []
    listed = {"repositoryName": name, "repositoryId": metadata["repositoryId"]}
    assert listed in codecommit.list_repositories()["repositories"]
    gone = codecommit.delete_repository(repositoryName=name)["repositoryId"]
    assert gone == metadata["repositoryId"]
    assert listed not in codecommit.list_repositories()["repositories"]
    assert "repositoryId" not in codecommit.delete_repository(repositoryName=name)


def test_who_may_do_one_thing_is_denied_another(aws: Client, name: str, world: World) -> None:
    own = {"Effect": "Allow", "Action": "codecommit:Get*", "Resource": arn(world, name)}
    tagged = {
        "Effect": "Allow",
        "Action": "codecommit:ListBranches",
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:ResourceTag/open": "yes"}},
    }
    key = key_of(aws, "reader", own, tagged)
    session = boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], region_name=world.region)
    reader = world.client("codecommit", session)
    here = {"repositoryName": name}
    assert reader.get_repository(**here)["repositoryMetadata"]["repositoryName"] == name
    denied = "AccessDeniedException"
    assert refusal(reader.delete_repository, **here) == denied
    assert refusal(reader.get_repository, repositoryName="other") == denied
    assert refusal(reader.list_repositories) == denied
    assert refusal(reader.list_branches, **here) == denied
    aws("codecommit").tag_resource(resourceArn=arn(world, name), tags={"open": "yes"})
    assert reader.list_branches(**here)["branches"] == []


def test_who_pushes_must_be_known_and_allowed(
    aws: Client, name: str, world: World, clone: Clone
) -> None:
    here = arn(world, name)
    push = {"Effect": "Allow", "Action": "codecommit:GitPush", "Resource": here}
    pull = {"Effect": "Allow", "Action": "codecommit:GitPull", "Resource": here}
    protect = {
        "Effect": "Deny",
        "Action": "codecommit:GitPush",
        "Resource": here,
        "Condition": {
            "StringEqualsIfExists": {"codecommit:References": ["refs/heads/main"]},
            "Null": {"codecommit:References": "false"},
        },
    }
    clone.commit("first", a="one")

    def pushed(key: dict[str, Any] | None, branch: str = "main") -> str:
        to = address(world, name, key) if key is not None else f"{world.endpoint}/v1/repos/{name}"
        return clone.git("push", to, f"main:{branch}", check=False).stderr

    writer = key_of(aws, "writer", push, protect)
    assert "could not read Username" in pushed(None)
    assert "Authentication failed" in pushed({**writer, "SecretAccessKey": "guessed"})
    assert "Authentication failed" in pushed({**writer, "AccessKeyId": "AKIAUNKNOWN"})
    assert "error: 403" in pushed(key_of(aws, "puller", pull))
    assert "[new branch]" in pushed(writer, "feature")
    assert "HTTP 403" in pushed(writer, "main")
    assert aws("codecommit").list_branches(repositoryName=name)["branches"] == ["feature"]


def test_the_password_is_the_one_of_the_aws_cli() -> None:
    """Its own test has this one (tests/functional/codecommit in aws/aws-cli)."""
    url = "https://git-codecommit.us-east-1.amazonaws.com//v1/repos/myrepo"
    password = git_password("bar", region="us-east-1", url=url, moment="20101008T000000")
    assert password == (
        "20101008T000000Z7dc259e2d505af354a1219b9bcd784bd384dc706efa0d9aefc571f214be4c89c"
    )


def test_a_large_push_arrives_in_pieces(aws: Client, name: str, world: World, clone: Clone) -> None:
    size = 1_200_000
    (clone.folder / "large").write_bytes(random.Random(1).randbytes(size))  # noqa: S311
    clone.commit("large")
    clone.git("push", address(world, name), "main")
    found = aws("codecommit").get_file(repositoryName=name, filePath="large")
    assert found["fileSize"] == size


def test_a_role_takes_the_source_with_its_session(
    aws: Client, name: str, world: World, clone: Clone
) -> None:
    """As CodePipeline does: the archive of one commit, as the role that may have it."""
    commit = clone.commit("first", a="one")
    clone.git("push", address(world, name), "main")
    upload = {"Effect": "Allow", "Action": "codecommit:UploadArchive", "Resource": arn(world, name)}
    source = role(aws, "source", upload)
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{world.account}:user/driver"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    assume = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": source}
    key = key_of(aws, "driver", assume)
    aws("iam").update_assume_role_policy(RoleName="source", PolicyDocument=json.dumps(trust))
    driver = boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], region_name=world.region)
    session = world.client("sts", driver).assume_role(RoleArn=source, RoleSessionName="one")
    assert (
        "403"
        in clone.git("ls-remote", address(world, name, session["Credentials"]), check=False).stderr
    )
    files = zipfile.ZipFile(io.BytesIO(_archive(world, name, commit, session["Credentials"])))
    assert files.read("a.txt") == b"one"


def _archive(world: World, name: str, commit: str, key: dict[str, Any]) -> bytes:
    where = urlsplit(address(world, name, key))
    who = f"{unquote(where.username or '')}:{where.password}".encode()
    request = urllib.request.Request(  # noqa: S310 - the world's own address
        f"{world.endpoint}/v1/repos/{name}/archive/{commit}",
        headers={"Authorization": f"Basic {base64.b64encode(who).decode()}"},
    )
    trusting = ssl.create_default_context(cafile=str(world.ca_bundle))
    with urllib.request.urlopen(request, context=trusting) as answer:  # noqa: S310 - the same
        content: bytes = answer.read()
        return content
