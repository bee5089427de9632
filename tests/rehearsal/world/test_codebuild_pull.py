"""A build of a CodeCommit repository pulls what it builds, as the project's role."""

from typing import Any

import pytest

from rehearsal.world.world import World
from tests.rehearsal.world.builds import build, failure, log, project
from tests.rehearsal.world.conftest import Client
from tests.rehearsal.world.roles import allow, arn

HERE = {"repositoryName": "pulled"}
SAY = "phases: {build: {commands: ['cat said']}}"
PULL = allow("codecommit:GitPull", arn("codecommit", "pulled"))


@pytest.fixture(scope="module")
def commits(aws: Client) -> list[str]:
    """A repository that says one thing, and on a branch another."""
    codecommit = aws("codecommit")
    codecommit.create_repository(**HERE)
    aws("logs").create_log_group(logGroupName="/builds")
    made: list[str] = []
    for branch in ("main", "feature"):
        before = {"parentCommitId": made[0]} if made else {}
        if made:
            codecommit.create_branch(**HERE, branchName=branch, commitId=made[0])
        put = [{"filePath": "said", "fileContent": f"this is {branch}".encode()}]
        commit = codecommit.create_commit(**HERE, branchName=branch, putFiles=put, **before)
        made.append(commit["commitId"])
    return made


def pulling(world: World, aws: Client, name: str, *may: dict[str, Any]) -> str:
    location = f"https://git-codecommit.{world.region}.amazonaws.com/v1/repos/pulled"
    source = {"type": "CODECOMMIT", "location": location, "buildspec": f"version: 0.2\n{SAY}"}
    return project(aws, name, SAY, *may, source=source)


def test_a_build_builds_the_commit_that_it_was_asked_for(
    world: World, aws: Client, commits: list[str]
) -> None:
    name = pulling(world, aws, "pulls", PULL)

    found = build(aws, name, sourceVersion=commits[1])

    assert found["buildStatus"] == "SUCCEEDED", failure(found)
    assert found["resolvedSourceVersion"] == commits[1]
    assert "this is feature" in log(aws, found)
    assert build(aws, name)["resolvedSourceVersion"] == commits[0]


def test_a_build_without_the_right_to_pull_has_no_source(
    world: World, aws: Client, commits: list[str]
) -> None:
    found = build(aws, pulling(world, aws, "denied"), sourceVersion=commits[1])

    phase, code, message = failure(found)
    assert (phase, code) == ("DOWNLOAD_SOURCE", "CLIENT_ERROR")
    assert "403" in message
    assert "%" not in message, "the address holds a password"


def test_a_commit_that_is_not_there_is_not_built(
    world: World, aws: Client, commits: list[str]
) -> None:
    assert commits
    found = build(aws, pulling(world, aws, "nowhere", PULL), sourceVersion="0" * 40)

    assert failure(found)[:2] == ("DOWNLOAD_SOURCE", "CLIENT_ERROR")
