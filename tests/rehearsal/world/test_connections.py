"""A source through a connection: CodeCommit stands in for the provider, IAM decides as on AWS."""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest

from rehearsal.world.inside.stand_in import stand_in
from rehearsal.world.world import World
from tests.rehearsal.world.conftest import Client
from tests.rehearsal.world.lambdas import role
from tests.rehearsal.world.performers import Performers, allow, performing_world, soon
from tests.rehearsal.world.pipelines import MAY_STORE, STORE, Line, Made, declaration, stage
from tests.rehearsal.world.repositories import Clone, address
from tests.rehearsal.world.roles import role_for
from tests.rehearsal.world.test_codecommit_stack import deploy, outputs, stack

SOURCE = ("Source", "AWS", "CodeStarSourceConnection")
SHOP, BRANCH = "acme/shop", "main"
OUTPUTS = {"source": ["store", "source.zip"]}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with performing_world(tmp_path_factory.mktemp("performing")) as world:
        yield world


@pytest.fixture(scope="module")
def performers(world: World, aws: Client) -> Performers:
    for bucket in ("store", "site", STORE):
        where = {"LocationConstraint": world.region}
        aws("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration=where)
    return Performers(world)


@pytest.fixture(scope="module")
def connection(world: World) -> str:
    return f"arn:aws:codeconnections:{world.region}:{world.account}:connection/0a1b2c3d"


@pytest.fixture(scope="module")
def shop(world: World, aws: Client, tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """A clone of what stands in for the provider's repository."""
    aws("codecommit").create_repository(repositoryName=stand_in(SHOP))
    return Clone(world, tmp_path_factory.mktemp("clone") / "shop")


def push(world: World, clone: Clone, *references: str) -> None:
    clone.git("push", "--quiet", address(world, stand_in(SHOP)), *(references or (BRANCH,)))


@pytest.fixture(scope="module")
def commits(world: World, shop: Clone) -> list[str]:
    made = [shop.commit("first", a="1"), shop.commit("second", a="2")]
    push(world, shop)
    return made


def using(connection: str, operator: str, repository: str = SHOP, branch: str = BRANCH) -> Made:
    """A statement that holds the use of a connection to one branch."""
    held = {
        "codeconnections:FullRepositoryId": repository,
        "codeconnections:BranchName": branch,
        "codeconnections:ProviderPermissionsRequired": "read_only",
    }
    return {
        **allow(["codeconnections:UseConnection"], connection),
        "Condition": {operator: held},
    }


def fetch(connection: str, **more: str) -> dict[str, str]:
    told = {"ConnectionArn": connection, "FullRepositoryId": SHOP, "BranchName": BRANCH}
    return {**told, "DetectChanges": "false", **more}


PUT = allow("s3:PutObject", "arn:aws:s3:::store/*")


def test_the_source_is_the_branch_or_the_commit_that_the_execution_carries(
    performers: Performers, aws: Client, connection: str, commits: list[str]
) -> None:
    arn = role(aws, "fetch", using(connection, "StringEqualsIfExists"), PUT, service="codepipeline")
    found = performers.perform(SOURCE, arn, fetch(connection), outputs=OUTPUTS)
    assert found.get("revision") == commits[1], found
    assert found["variables"] == {
        "AuthorDate": "2027-03-01T09:00:00Z",
        "BranchName": BRANCH,
        "CommitId": commits[1],
        "CommitMessage": found["summary"],
        "ConnectionArn": connection,
        "FullRepositoryName": SHOP,
    }
    body = aws("s3").get_object(Bucket="store", Key="source.zip")["Body"].read()
    with zipfile.ZipFile(io.BytesIO(body)) as source:
        assert source.read("a.txt") == b"2"
    found = performers.perform(SOURCE, arn, fetch(connection), outputs=OUTPUTS, revision=commits[0])
    assert found["revision"] == commits[0]


HELD = {
    "nothing": None,
    "another-repository": ("StringEqualsIfExists", "acme/stock", BRANCH),
    "another-branch": ("StringEqualsIfExists", SHOP, "release"),
    # CodePipeline asks for the connection itself too, without the keys.
    "strict": ("StringEquals", SHOP, BRANCH),
}


@pytest.mark.usefixtures("commits")
@pytest.mark.parametrize("name", HELD)
def test_a_role_that_may_not_use_the_connection_for_it_fetches_nothing(
    performers: Performers, aws: Client, connection: str, name: str
) -> None:
    may = [using(connection, *held)] if (held := HELD[name]) else []
    arn = role(aws, f"no-{name}", *may, PUT, service="codepipeline")
    found = performers.perform(SOURCE, arn, fetch(connection), outputs=OUTPUTS)
    assert found["code"] == "PermissionError"
    assert "codeconnections:UseConnection" in found["message"]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"BranchName": "none"}, "PermissionError"),
        ({"FullRepositoryId": "acme/none"}, "PermissionError"),
        ({"OutputArtifactFormat": "CODEBUILD_CLONE_REF"}, "ConfigurationError"),
        ({"Strange": "1"}, "ConfigurationError"),
    ],
)
def test_what_it_cannot_do_is_said(
    performers: Performers, aws: Client, connection: str, wrong: dict[str, str], code: str
) -> None:
    may = using(connection, "StringEqualsIfExists")
    arn = role(aws, f"wrong-{next(iter(wrong))}", may, PUT, service="codepipeline")
    found = performers.perform(SOURCE, arn, fetch(connection, **wrong), outputs=OUTPUTS)
    assert found["code"] == code


def test_a_repository_or_a_branch_that_is_not_there_fails_with_its_name(
    performers: Performers, aws: Client, connection: str
) -> None:
    may = allow(["codeconnections:UseConnection"], connection)
    arn = role(aws, "unheld", may, PUT, service="codepipeline")
    for wrong in ({"FullRepositoryId": "acme/none"}, {"BranchName": "none"}):
        found = performers.perform(SOURCE, arn, fetch(connection, **wrong), outputs=OUTPUTS)
        assert found["code"] == "ConfigurationError"
        assert "does not exist" in found["message"]


def connected_line(
    world: World, aws: Client, connection: str, name: str, *push_filters: Made, **told: str
) -> Line:
    """A pipeline from the connection to a bucket, whose first execution has ended."""
    service_role = role_for(
        world,
        "codepipeline.amazonaws.com",
        MAY_STORE,
        allow(["codeconnections:UseConnection"], connection),
        allow(["s3:PutObject"], "arn:aws:s3:::site/*"),
    )
    type_ = {"category": "Source", "owner": "AWS", "provider": SOURCE[2], "version": "1"}
    source = {
        "name": "Fetch",
        "actionTypeId": type_,
        "outputArtifacts": [{"name": "source"}],
        "configuration": fetch(connection, **told),
    }
    put = {
        "name": "Put",
        "actionTypeId": {"category": "Deploy", "owner": "AWS", "provider": "S3", "version": "1"},
        "inputArtifacts": [{"name": "source"}],
        "configuration": {"BucketName": "site", "Extract": "true", "ObjectKey": name},
    }
    git = {"sourceActionName": "Fetch", "push": list(push_filters)}
    trigger = {"providerType": SOURCE[2], "gitConfiguration": git}
    declared = declaration(
        name,
        service_role,
        stage("Source", source),
        stage("Publish", put),
        **({"triggers": [trigger]} if push_filters else {}),
    )
    aws("codepipeline").create_pipeline(pipeline=declared)
    made = Line(world, aws, name, declared)
    made.wait(made.executions()[0]["pipelineExecutionId"])
    return made


def started(line: Line, commit: str) -> list[Made]:
    """The executions that a push of a commit started."""
    return [
        each
        for each in line.executions()
        if each["trigger"]["triggerType"] == "WebhookV2"
        and any(r.get("revisionId") == commit for r in each.get("sourceRevisions", []))
    ]


ON_BRANCH: Made = {"branches": {"includes": [BRANCH]}}


@pytest.mark.usefixtures("performers", "commits")
def test_a_push_starts_what_its_trigger_says_with_the_commit_that_was_pushed(
    world: World, aws: Client, shop: Clone, connection: str
) -> None:
    excluding = {**ON_BRANCH, "filePaths": {"excludes": ["b*"]}}
    lines = {
        "all": connected_line(world, aws, connection, "all", ON_BRANCH),
        "excluding": connected_line(world, aws, connection, "excluding", excluding),
        "including": connected_line(
            world, aws, connection, "including", {**ON_BRANCH, "filePaths": {"includes": ["b*"]}}
        ),
        "tags": connected_line(
            world,
            aws,
            connection,
            "tags",
            {"branches": {"includes": ["none"]}},
            {"tags": {"includes": ["v*"]}},
        ),
        "default": connected_line(world, aws, connection, "default", DetectChanges="true"),
        "deaf": connected_line(world, aws, connection, "deaf"),
    }

    def pushed(*references: str, **files: str) -> set[str]:
        """Which pipelines a push starts; those that hear of it do so at once."""
        commit = (
            shop.commit("another", **files)
            if files
            else shop.git("rev-parse", "HEAD").stdout.strip()
        )
        push(world, shop, *references)
        hearing = lines["tags" if references else "all"]
        [execution] = soon(lambda: started(hearing, commit))
        assert hearing.wait(execution["pipelineExecutionId"])["status"] == "Succeeded"
        return {name for name, line in lines.items() if started(line, commit)}

    assert pushed(b="1") == {"all", "including", "default"}
    assert pushed(c="1") == {"all", "excluding", "default"}
    assert pushed(b="2", c="2") == {"all", "excluding", "including", "default"}
    shop.git("tag", "v1")
    assert "tags" in pushed("v1")


@pytest.mark.parametrize(
    ("name", "trigger"),
    [
        ("pulls", {"sourceActionName": "Fetch", "pullRequest": [{"events": ["OPEN"]}]}),
        ("another", {"sourceActionName": "Other", "push": [ON_BRANCH]}),
        (
            "both",
            {"sourceActionName": "Fetch", "push": [{**ON_BRANCH, "tags": {"includes": ["a"]}}]},
        ),
        ("glob", {"sourceActionName": "Fetch", "push": [{"branches": {"includes": ["{a"]}}]}),
    ],
)
def test_a_trigger_that_cannot_work_is_refused(
    aws: Client, connection: str, name: str, trigger: Made
) -> None:
    made: dict[str, Any] = declaration(
        name, "arn:aws:iam::111122223333:role/none", stage("A"), stage("B")
    )
    type_ = {"category": "Source", "owner": "AWS", "provider": SOURCE[2], "version": "1"}
    made["stages"][0]["actions"] = [
        {"name": "Fetch", "actionTypeId": type_, "configuration": fetch(connection)}
    ]
    made["triggers"] = [{"providerType": SOURCE[2], "gitConfiguration": trigger}]
    client = aws("codepipeline")
    with pytest.raises(client.exceptions.InvalidStructureException):
        client.create_pipeline(pipeline=made)


TEMPLATE = """{{"Resources": {{"Hub": {{"Type": "AWS::CodeConnections::Connection",
"Properties": {properties}}}}}, "Outputs": {{
"Ref": {{"Value": {{"Ref": "Hub"}}}},
"Arn": {{"Value": {{"Fn::GetAtt": ["Hub", "ConnectionArn"]}}}},
"Status": {{"Value": {{"Fn::GetAtt": ["Hub", "ConnectionStatus"]}}}}}}}}"""


def test_a_stack_makes_a_connection_that_is_confirmed_already(world: World, aws: Client) -> None:
    body = TEMPLATE.format(properties='{"ConnectionName": "hub", "ProviderType": "GitHub"}')
    assert deploy(aws, "hub", body) == "CREATE_COMPLETE"
    made = outputs(aws, "hub")
    prefix = f"arn:aws:codeconnections:{world.region}:{world.account}:connection/"
    assert made["Ref"] == made["Arn"]
    assert made["Arn"].startswith(prefix)
    assert made["Status"] == "AVAILABLE"
    renamed = TEMPLATE.format(properties='{"ConnectionName": "b", "ProviderType": "GitHub"}')
    assert deploy(aws, "hub", renamed, update=True) == "UPDATE_COMPLETE"
    assert outputs(aws, "hub")["Arn"] != made["Arn"]


@pytest.mark.parametrize(
    ("name", "properties"),
    [
        ("long", '{"ConnectionName": "' + "n" * 33 + '", "ProviderType": "GitHub"}'),
        ("neither", '{"ConnectionName": "a"}'),
        ("both", '{"ConnectionName": "a", "ProviderType": "GitHub", "HostArn": "arn"}'),
    ],
)
def test_a_wrong_connection_fails_its_stack(aws: Client, name: str, properties: str) -> None:
    assert deploy(aws, name, TEMPLATE.format(properties=properties)).startswith("ROLLBACK")
    assert "CREATE" not in str(stack(aws, name)["StackStatus"])
