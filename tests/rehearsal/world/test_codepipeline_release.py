"""A release from a commit to a bucket: nothing in it is faked."""

from collections.abc import Iterator

import pytest

from rehearsal.world.world import World
from tests.rehearsal.world.conftest import Client
from tests.rehearsal.world.lambdas import function
from tests.rehearsal.world.pipelines import (
    MAY_STORE,
    Line,
    Made,
    approval,
    declaration,
    faked_world,
    stage,
)
from tests.rehearsal.world.roles import allow, arn, role_for

# Reports what it was asked.
CHECK = """
    import boto3

    def handle(event, context):
        job = event["CodePipeline.job"]
        said = job["data"]["actionConfiguration"]["configuration"]["UserParameters"]
        boto3.client("codepipeline").put_job_success_result(
            jobId=job["id"], outputVariables={"Seen": said}
        )
"""
FETCH = "GetBranch GetCommit GetUploadArchiveStatus UploadArchive"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with faked_world(tmp_path_factory.mktemp("faked")) as world:
        yield world


def act(name: str, category: str, provider: str, **configuration: str) -> Made:
    """An action of AWS's."""
    type_ = {"category": category, "owner": "AWS", "provider": provider, "version": "1"}
    return {"name": name, "actionTypeId": type_, "configuration": configuration}


def stages() -> list[Made]:
    """From a commit over a function and an approval to a bucket."""
    fetch = act("Fetch", "Source", "CodeCommit", RepositoryName="code", BranchName="main")
    fetch |= {"namespace": "Source", "outputArtifacts": [{"name": "source"}]}
    ask = act("Ask", "Invoke", "Lambda", FunctionName="check", UserParameters="#{Source.CommitId}")
    put = act("Put", "Deploy", "S3", BucketName="site", Extract="true", ObjectKey="#{Asked.Seen}")
    return [
        stage("Source", fetch),
        stage("Check", ask | {"namespace": "Asked"}),
        stage("Allow", approval("Somebody")),
        stage("Publish", put | {"inputArtifacts": [{"name": "source"}]}),
    ]


def commit(aws: Client, text: str, parent: str = "") -> str:
    """A commit of one file; its id."""
    made = aws("codecommit").create_commit(
        repositoryName="code",
        branchName="main",
        commitMessage=text,
        putFiles=[{"filePath": "page.txt", "fileContent": text.encode()}],
        **({"parentCommitId": parent} if parent else {}),
    )
    return str(made["commitId"])


def approve(made: Line, execution: str) -> None:
    """Let an execution pass once it asks."""
    with made.world.clock.busy():
        for _ in range(600):
            state = made.state("Allow")
            latest = state["actionStates"][0].get("latestExecution", {})
            here = state.get("latestExecution", {}).get("pipelineExecutionId") == execution
            if here and "token" in latest:
                break
            made.world.clock.sleep(1)
        made.aws("codepipeline").put_approval_result(
            pipelineName=made.name,
            stageName="Allow",
            actionName="Somebody",
            token=latest["token"],
            result={"status": "Approved", "summary": "seen"},
        )


def test_a_push_is_released_when_somebody_allows_it(world: World, aws: Client) -> None:
    place = {"CreateBucketConfiguration": {"LocationConstraint": world.region}}
    aws("s3").create_bucket(Bucket="site", **place)
    aws("codecommit").create_repository(repositoryName="code")
    first = commit(aws, "first")
    may_report = allow("codepipeline:PutJobSuccessResult", "*")
    function(aws, "check", CHECK, may_report)
    fetch = " ".join(f"codecommit:{each}" for each in FETCH.split())
    role = role_for(
        world,
        "codepipeline.amazonaws.com",
        MAY_STORE,
        allow(fetch, arn("codecommit", "code")),
        allow("lambda:InvokeFunction", arn("lambda", "function:check")),
        allow("s3:PutObject", "arn:aws:s3:::site/*"),
    )
    declared = declaration("release", role, *stages())
    aws("codepipeline").create_pipeline(pipeline=declared)
    made = Line(world, aws, "release", declared)
    begun = made.executions()[0]["pipelineExecutionId"]
    approve(made, begun)
    assert made.wait(begun)["status"] == "Succeeded"
    assert published(aws) == {f"{first}/page.txt": "first"}

    # The rule of the real template, but for the names.
    starter = role_for(
        world,
        "events.amazonaws.com",
        allow("codepipeline:StartPipelineExecution", made.arn),
    )
    pattern = (
        '{"source": ["aws.codecommit"], "detail-type": ["CodeCommit Repository State Change"],'
        f' "resources": ["{arn("codecommit", "code")}"],'
        ' "detail": {"event": ["referenceCreated", "referenceUpdated"],'
        ' "referenceType": ["branch"], "referenceName": ["main"]}}'
    )
    aws("events").put_rule(Name="push", EventPattern=pattern)
    aws("events").put_targets(
        Rule="push", Targets=[{"Id": "line", "Arn": made.arn, "RoleArn": starter}]
    )
    with world.clock.busy():
        second = commit(aws, "second", first)
        world.clock.sleep(60)
    newest = made.executions()[0]
    assert newest["trigger"]["triggerType"] == "CloudWatchEvent"
    approve(made, newest["pipelineExecutionId"])
    ended = made.wait(newest["pipelineExecutionId"])
    assert ended["status"] == "Succeeded"
    assert ended["artifactRevisions"] == [
        {"name": "source", "revisionId": second, "revisionSummary": "second"}
    ]
    assert published(aws)[f"{second}/page.txt"] == "second"


def published(aws: Client) -> dict[str, str]:
    """What the bucket holds."""
    found = aws("s3").list_objects_v2(Bucket="site").get("Contents", [])
    return {
        each["Key"]: aws("s3").get_object(Bucket="site", Key=each["Key"])["Body"].read().decode()
        for each in found
    }
