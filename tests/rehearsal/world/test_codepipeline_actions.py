"""The actions of a pipeline: each does its work as its own role, with no more than AWS asks for."""

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest

from rehearsal.world.world import World
from tests.rehearsal.world.builds import project
from tests.rehearsal.world.conftest import Client
from tests.rehearsal.world.lambdas import role
from tests.rehearsal.world.performers import (
    Performers,
    allow,
    archive,
    performing_world,
    soon,
)
from tests.rehearsal.world.repositories import Clone, address

PUT = allow("s3:PutObject", "arn:aws:s3:::store/*")
GET = allow("s3:GetObject", "arn:aws:s3:::store/*")
SOURCE = ("Source", "AWS", "CodeCommit")
BUILD = ("Build", "AWS", "CodeBuild")
S3 = ("Deploy", "AWS", "S3")
APPROVAL = ("Approval", "AWS", "Manual")
INVOKE = ("Invoke", "AWS", "Lambda")
SERVICE = "codepipeline"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with performing_world(tmp_path_factory.mktemp("performing")) as world:
        yield world


@pytest.fixture(scope="module")
def performers(world: World, aws: Client) -> Performers:
    for bucket in ("store", "site"):
        where = {"LocationConstraint": world.region}
        aws("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration=where)
    return Performers(world)


def unzipped(aws: Client, bucket: str, key: str) -> dict[str, str]:
    body = aws("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    with zipfile.ZipFile(io.BytesIO(body)) as made:
        return {name: made.read(name).decode() for name in made.namelist()}


FETCH = ["GetBranch", "GetCommit", "GetUploadArchiveStatus", "UploadArchive"]


@pytest.fixture(scope="module")
def commits(world: World, aws: Client, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """A repository with two commits on its branch, the older one first."""
    aws("codecommit").create_repository(repositoryName="code")
    clone = Clone(world, tmp_path_factory.mktemp("clone") / "code")
    made = [clone.commit("first", a="1"), clone.commit("second", a="2")]
    clone.git("push", "--quiet", address(world, "code"), "main")
    return made


def fetch_role(world: World, aws: Client, name: str, missing: str = "") -> str:
    arn = f"arn:aws:codecommit:{world.region}:{world.account}:code"
    actions = [f"codecommit:{each}" for each in FETCH if each != missing]
    return role(aws, name, allow(actions, arn), PUT, service=SERVICE)


CODE = {"RepositoryName": "code", "BranchName": "main", "PollForSourceChanges": "false"}


def test_the_source_is_the_branch_or_the_commit_that_the_execution_carries(
    performers: Performers, world: World, aws: Client, commits: list[str]
) -> None:
    arn, outputs = fetch_role(world, aws, "fetch"), {"source": ["store", "source.zip"]}
    found = performers.perform(SOURCE, arn, CODE, outputs=outputs)
    assert found.get("revision") == commits[1], found
    assert unzipped(aws, "store", "source.zip") == {"a.txt": "2"}
    assert found["variables"] == {
        "AuthorDate": "2027-03-01T09:00:00Z",
        "BranchName": "main",
        "CommitId": commits[1],
        "CommitMessage": found["summary"],
        "CommitterDate": "2027-03-01T09:00:00Z",
        "RepositoryName": "code",
    }
    assert found["summary"].strip() == "second"
    found = performers.perform(SOURCE, arn, CODE, outputs=outputs, revision=commits[0])
    assert (found["revision"], found["seconds"]) == (commits[0], 0)
    assert unzipped(aws, "store", "source.zip") == {"a.txt": "1"}
    clone = {**CODE, "OutputArtifactFormat": "CODEBUILD_CLONE_REF"}
    found = performers.perform(SOURCE, arn, clone, outputs=outputs)
    assert found["code"] == "ConfigurationError"


@pytest.mark.parametrize("missing", FETCH)
def test_a_source_without_one_of_its_permissions_fails(
    performers: Performers, world: World, aws: Client, commits: list[str], missing: str
) -> None:
    arn = fetch_role(world, aws, f"no-{missing}", missing)
    outputs = {"source": ["store", "denied.zip"]}
    found = performers.perform(SOURCE, arn, CODE, outputs=outputs)
    assert commits
    assert missing in found["message"]
    assert "authorized" in found["message"] or found["code"] == "PermissionError"


SPEC = """env: {exported-variables: [SAID]}
phases:
  build:
    commands: ['export SAID="$WORD $CODEBUILD_RESOLVED_SOURCE_VERSION"', 'test "$WORD" != bad']
artifacts: {files: ["*"]}
"""
RUN = ["codebuild:StartBuild", "codebuild:BatchGetBuilds", "codebuild:StopBuild"]


def build_role(world: World, aws: Client, name: str, actions: list[str]) -> str:
    arn = f"arn:aws:codebuild:{world.region}:{world.account}:project/{name}"
    return role(aws, f"run-{name}-{len(actions)}", allow(actions, arn), service=SERVICE)


def make_project(aws: Client, name: str, commands: str) -> str:
    aws("s3").put_object(Bucket="store", Key="in.zip", Body=archive(a="1"))
    source = {"type": "CODEPIPELINE", "buildspec": f"version: 0.2\n{commands}"}
    output = {"type": "CODEPIPELINE"}
    return project(aws, name, "", GET, PUT, source=source, artifacts=output)


def test_a_build_takes_and_puts_out_artifacts_and_says_why_it_fails(
    performers: Performers, world: World, aws: Client
) -> None:
    aws("logs").create_log_group(logGroupName="/builds")
    make_project(aws, "build", SPEC)
    arn = build_role(world, aws, "build", RUN[:2])
    places: dict[str, Any] = {
        "inputs": {"in": ["store", "in.zip"]},
        "outputs": {"out": ["store", "out.zip"]},
    }
    word = [{"name": "WORD", "value": "good", "type": "PLAINTEXT"}]
    said = {"ProjectName": "build", "EnvironmentVariables": json.dumps(word)}
    found = performers.perform(BUILD, arn, said, revision="c0ffee", **places)
    assert found.get("variables") == {"SAID": "good c0ffee"}, found
    assert found["external_id"] == found["shown"]["external_id"]
    assert found["seconds"] == 0
    assert unzipped(aws, "store", "out.zip")["a"] == "1"
    said["EnvironmentVariables"] = json.dumps([{"name": "WORD", "value": "bad"}])
    found = performers.perform(BUILD, arn, said, **places)
    assert found["code"] == "JobFailed"
    start = "Build terminated with state: FAILED. Phase: BUILD, Code: COMMAND_EXECUTION_ERROR, "
    assert found["message"].startswith(f"{start}Message: ")
    for actions in (RUN[:1], RUN[1:]):
        other = role(aws, f"not-{actions[0][10:]}", allow(actions, "*"), service=SERVICE)
        found = performers.perform(BUILD, other, said, **places)
        assert "not authorized" in found["message"]


def test_a_build_is_stopped_with_its_execution(
    performers: Performers, world: World, aws: Client
) -> None:
    make_project(aws, "slow", "phases: {build: {commands: ['sleep 600']}}\n")
    arn = build_role(world, aws, "slow", RUN)
    inputs = {"in": ["store", "in.zip"]}
    found = performers.perform(BUILD, arn, {"ProjectName": "slow"}, inputs=inputs, stop_after=15)
    assert found["message"].startswith("Build terminated with state: STOPPED")
    found = performers.perform(BUILD, arn, {"ProjectName": "slow"}, inputs=inputs)
    assert found["seconds"] == 600, found


def test_files_are_put_into_the_bucket_as_the_role(performers: Performers, aws: Client) -> None:
    aws("s3").put_object(Bucket="store", Key="site.zip", Body=archive(a_DOT_html="A", b__c="C"))
    put = allow("s3:PutObject", "arn:aws:s3:::site/*")
    arn, inputs = role(aws, "publish", GET, put, service=SERVICE), {"site": ["store", "site.zip"]}
    said = {"BucketName": "site", "Extract": "true"}
    found = performers.perform(S3, arn, said, inputs=inputs)
    assert "code" not in found, found
    objects = {each["Key"] for each in aws("s3").list_objects_v2(Bucket="site")["Contents"]}
    assert objects == {"a.html", "b/c"}
    assert aws("s3").get_object(Bucket="site", Key="a.html")["ContentType"] == "text/html"
    said = {"BucketName": "site", "Extract": "false", "ObjectKey": "whole.zip"}
    performers.perform(S3, arn, said, inputs=inputs)
    assert unzipped(aws, "site", "whole.zip") == {"a.html": "A", "b/c": "C"}
    acl = {**said, "CannedACL": "public-read"}
    assert performers.perform(S3, arn, acl, inputs=inputs)["code"] == "ConfigurationError"
    for number, statement in enumerate((GET, put)):
        other = role(aws, f"half-{number}", statement, service=SERVICE)
        found = performers.perform(S3, other, said, inputs=inputs)
        assert "AccessDenied" in found["message"]


def test_an_approval_is_told_of_and_decided_once(
    performers: Performers, world: World, aws: Client
) -> None:
    topic = aws("sns").create_topic(Name="approvals")["TopicArn"]
    queue = aws("sqs").create_queue(QueueName="approvals")["QueueUrl"]
    target = f"arn:aws:sqs:{world.region}:{world.account}:approvals"
    let = {**allow("sqs:SendMessage", target), "Principal": {"Service": "sns.amazonaws.com"}}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [let]})
    aws("sqs").set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})
    aws("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=target)
    arn = role(aws, "approve", allow("sns:Publish", topic), service=SERVICE)
    said = {"NotificationArn": topic, "CustomData": "look at it"}
    place = [world.region, "line", "Stage", "Action"]

    def decided(identity: str, status: str) -> dict[str, Any]:
        run = performers.meanwhile(lambda: performers.perform(APPROVAL, arn, said, id=identity))
        with run as answers:
            token = soon(lambda: performers.ask("look", id=identity).get("token"))
            wrong = performers.ask("decide", place=place, token="x", status=status, summary="ok")
            assert wrong["code"] == "InvalidApprovalTokenException"
            decision = {"place": place, "token": token, "status": status, "summary": "fine"}
            assert performers.ask("decide", **decision) == {}
            again = performers.ask("decide", **decision)
            assert again["code"] == "ApprovalAlreadyCompletedException"
        message = aws("sqs").receive_message(QueueUrl=queue)["Messages"][0]
        aws("sqs").delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        told = json.loads(json.loads(message["Body"])["Message"])["approval"]
        assert (told["token"], told["customData"]) == (token, "look at it")
        return answers[0]

    assert decided("yes", "Approved")["summary"] == "fine"
    assert decided("no", "Rejected")["message"] == "Rejected: fine"
    mute = role(aws, "mute", service=SERVICE)
    assert "not authorized" in performers.perform(APPROVAL, mute, said)["message"]


def test_an_approval_that_nobody_gives_ends_after_seven_days(
    performers: Performers, aws: Client
) -> None:
    arn = role(aws, "nobody", service=SERVICE)
    found = performers.perform(APPROVAL, arn, {})
    assert (found["code"], found["seconds"]) == ("Expired", 7 * 24 * 3600)
    found = performers.perform(APPROVAL, arn, {}, stop_after=90)
    assert (found["code"], found["seconds"]) == ("Abandoned", 120)
