"""The action for CloudFormation: change sets and stacks, by roles as the pipeline's stack has."""

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from rehearsal.world.world import World
from tests.rehearsal.world.conftest import Client
from tests.rehearsal.world.lambdas import role
from tests.rehearsal.world.performers import Performers, allow, performing_world

DEPLOY = ("Deploy", "AWS", "CloudFormation")
INPUTS = {"assembly": ["store", "assembly.zip"]}
READ = allow("s3:GetObject", "arn:aws:s3:::store/*")
CREATE = ["CreateChangeSet", "DeleteChangeSet", "DescribeChangeSet"]
TOPICS = (allow("sns:*", "*"), {**allow("sns:*", "arn:aws:sns:*:*:refused"), "Effect": "Deny"})
EXECUTE = ["DescribeChangeSet", "ExecuteChangeSet"]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with performing_world(tmp_path_factory.mktemp("performing")) as world:
        yield world


@pytest.fixture(scope="module")
def performers(world: World, aws: Client) -> Performers:
    where = {"LocationConstraint": world.region}
    aws("s3").create_bucket(Bucket="store", CreateBucketConfiguration=where)
    return Performers(world)


@pytest.fixture(scope="module")
def deployer(aws: Client) -> str:
    """CloudFormation's own role."""
    return role(aws, "deployer", *TOPICS, service="cloudformation")


def assemble(aws: Client, value: str, *, padding: int = 0, **files: object) -> None:
    """An assembly with a template of one topic, whose name it also puts out."""
    template = {
        "Metadata": {"Padding": "x" * padding},
        "Parameters": {"Word": {"Type": "String", "Default": value}},
        "Resources": {
            "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": {"Ref": "Word"}}}
        },
        "Outputs": {"Said": {"Value": {"Fn::GetAtt": ["Topic", "TopicName"]}}},
    }
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in {"template": template, **files}.items():
            archive.writestr(f"{name}.json", json.dumps(text))
    aws("s3").put_object(Bucket="store", Key="assembly.zip", Body=content.getvalue())


def own(world: World, stack: str, actions: list[str], *, change_set: bool = True) -> dict[str, Any]:
    arn = f"arn:aws:cloudformation:{world.region}:{world.account}:stack/{stack}/*"
    statement = allow([f"cloudformation:{each}" for each in actions], arn)
    named = {"StringEquals": {"cloudformation:ChangeSetName": "release"}}
    return {**statement, **({"Condition": named} if change_set else {})}


def passing(deployer: str) -> dict[str, Any]:
    to = {"StringEquals": {"iam:PassedToService": ["cloudformation.amazonaws.com"]}}
    return {**allow("iam:PassRole", deployer), "Condition": to}


def roles(world: World, aws: Client, stack: str, deployer: str) -> tuple[str, str]:
    """What may create a stack's change set and what may execute it, as in the pipeline's stack."""
    describe = own(world, stack, ["DescribeStacks"], change_set=False)
    create = [own(world, stack, CREATE), describe, passing(deployer), READ]
    execute = [own(world, stack, EXECUTE), describe]
    return (
        role(aws, f"create-{stack}", *create, service="codepipeline"),
        role(aws, f"execute-{stack}", *execute, service="codepipeline"),
    )


def said(stack: str, mode: str, **more: str) -> Mapping[str, str]:
    return {"StackName": stack, "ActionMode": mode, **more}


def replacing(stack: str, deployer: str, **more: str) -> Mapping[str, str]:
    path = "assembly::template.json"
    return said(
        stack,
        "CHANGE_SET_REPLACE",
        **{"ChangeSetName": "release", "TemplatePath": path, "RoleArn": deployer, **more},
    )


def test_a_change_set_is_created_replaced_and_executed_by_two_roles(
    performers: Performers, world: World, aws: Client, deployer: str
) -> None:
    create, execute = roles(world, aws, "service", deployer)
    executing = said("service", "CHANGE_SET_EXECUTE", ChangeSetName="release")
    for value in ("one", "two"):
        # Twice, so that the second replaces the first; too big for a request.
        assemble(aws, value, padding=60_000)
        for _ in range(2):
            found = performers.perform(
                DEPLOY, create, replacing("service", deployer), inputs=INPUTS
            )
            assert "code" not in found, found
        found = performers.perform(DEPLOY, execute, executing)
        assert found.get("variables") == {"Said": value}, found
        assert found["seconds"] == 30
    stack = aws("cloudformation").describe_stacks(StackName="service")["Stacks"][0]
    assert stack["StackStatus"] == "UPDATE_COMPLETE"


def test_a_change_set_without_changes_succeeds_and_is_not_executed(
    performers: Performers, world: World, aws: Client, deployer: str
) -> None:
    create, execute = roles(world, aws, "same", deployer)
    assemble(aws, "same")
    executing = said("same", "CHANGE_SET_EXECUTE", ChangeSetName="release")
    for seconds in (30, 0):
        found = performers.perform(DEPLOY, create, replacing("same", deployer), inputs=INPUTS)
        assert "code" not in found, found
        found = performers.perform(DEPLOY, execute, executing)
        assert found.get("variables") == {"Said": "same"}, found
        assert found["seconds"] == seconds
    other = said("same", "CHANGE_SET_EXECUTE", ChangeSetName="other")
    found = performers.perform(DEPLOY, execute, other)
    assert "not authorized" in found["message"]


@pytest.mark.parametrize("number", range(4))
def test_a_change_set_is_not_created_without_one_of_the_statements(
    performers: Performers, world: World, aws: Client, deployer: str, number: int
) -> None:
    assemble(aws, "denied")
    stack = f"denied-{number}"
    statements = [
        own(world, stack, CREATE),
        own(world, stack, ["DescribeStacks"], change_set=False),
        READ,
        passing(deployer),
    ]
    kept = [*statements[:number], *statements[number + 1 :]]
    arn = role(aws, f"without-{number}", *kept, service="codepipeline")
    found = performers.perform(DEPLOY, arn, replacing(stack, deployer), inputs=INPUTS)
    assert "not authorized" in found["message"] or "AccessDenied" in found["message"], found


def test_parameters_come_from_a_file_and_are_overridden(
    performers: Performers, world: World, aws: Client, deployer: str
) -> None:
    create, execute = roles(world, aws, "told", deployer)
    settings = {"Parameters": {"Word": "of-file"}, "Tags": {"team": "ours"}}
    assemble(aws, "default", settings=settings, more={"word": "of-artifact"})
    file = {"TemplateConfiguration": "assembly::settings.json"}
    value = {"Word": {"Fn::GetParam": ["assembly", "more.json", "word"]}}
    executing = said("told", "CHANGE_SET_EXECUTE", ChangeSetName="release")
    both = {**file, "ParameterOverrides": json.dumps(value)}
    for more, word in ((file, "of-file"), (both, "of-artifact")):
        configuration = replacing("told", deployer, **more)
        found = performers.perform(DEPLOY, create, configuration, inputs=INPUTS)
        assert "code" not in found, found
        assert performers.perform(DEPLOY, execute, executing)["variables"] == {"Said": word}
    stack = aws("cloudformation").describe_stacks(StackName="told")["Stacks"][0]
    assert stack["Tags"] == [{"Key": "team", "Value": "ours"}]
    for more in (
        {"ParameterOverrides": "{"},
        {"TemplatePath": "assembly::none.json"},
        {"StackName": ""},
        {"Color": "red"},
    ):
        wrong = replacing("told", deployer, **more)
        found = performers.perform(DEPLOY, create, wrong, inputs=INPUTS)
        assert found["code"] == "ConfigurationError"


def test_a_stack_is_made_changed_replaced_and_deleted(
    performers: Performers, world: World, aws: Client
) -> None:
    actions = ["CreateStack", "UpdateStack", "DeleteStack", "DescribeStacks", "DescribeStackEvents"]
    whole = own(world, "plain", actions, change_set=False)
    put = allow("s3:PutObject", "arn:aws:s3:::store/*")
    arn = role(aws, "plain", whole, READ, put, *TOPICS, service="codepipeline")

    def perform(mode: str, **more: str) -> dict[str, Any]:
        path = {"TemplatePath": "assembly::template.json"}
        outputs = {"outputs": ["store", "outputs.zip"]}
        configuration = said("plain", mode, **path, **more)
        return performers.perform(DEPLOY, arn, configuration, inputs=INPUTS, outputs=outputs)

    assemble(aws, "first")
    found = perform("CREATE_UPDATE", OutputFileName="outputs.json")
    assert found.get("variables") == {"Said": "first"}, found
    body = aws("s3").get_object(Bucket="store", Key="outputs.zip")["Body"].read()
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert json.loads(archive.read("outputs.json")) == {"Said": "first"}
    assert perform("CREATE_UPDATE")["seconds"] == 0
    assemble(aws, "second")
    assert perform("CREATE_UPDATE")["variables"] == {"Said": "second"}
    assert "code" not in perform("DELETE_ONLY")
    assert "code" not in perform("DELETE_ONLY")
    assemble(aws, "refused")
    found = perform("CREATE_UPDATE")
    assert found["code"] == "JobFailed"
    assert "is in state ROLLBACK_COMPLETE: Topic (AWS::SNS::Topic): " in found["message"]
    assemble(aws, "third")
    assert "ROLLBACK_COMPLETE" in perform("CREATE_UPDATE")["message"]
    assert perform("REPLACE_ON_FAILURE").get("variables") == {"Said": "third"}


def test_a_failed_execution_says_no_more_than_its_role_may_read(
    performers: Performers, world: World, aws: Client, deployer: str
) -> None:
    create, execute = roles(world, aws, "failing", deployer)
    assemble(aws, "refused")
    performers.perform(DEPLOY, create, replacing("failing", deployer), inputs=INPUTS)
    executing = said("failing", "CHANGE_SET_EXECUTE", ChangeSetName="release")
    found = performers.perform(DEPLOY, execute, executing)
    assert found["message"] == "Stack [failing] is in state ROLLBACK_COMPLETE"
    found = performers.perform(DEPLOY, create, replacing("failing", deployer), inputs=INPUTS)
    assert found["message"].endswith("is in ROLLBACK_COMPLETE state and can not be updated.")
    found = performers.perform(DEPLOY, execute, {**executing, "StackName": "none"})
    assert "not authorized" in found["message"] or "does not exist" in found["message"]
