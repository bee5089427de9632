"""The functions around a repository do in the world what they are for, as Lambda runs them."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from rehearsal.world.world import World
from tests.rehearsal.world.conftest import Client
from tests.rehearsal.world.lambdas import SOURCE, folder_package, role
from tests.rehearsal.world.roles import Statement, allow, arn, role_for

HERE = {"repositoryName": "shop"}
WRITE_LOGS = allow("logs:CreateLogGroup logs:CreateLogStream logs:PutLogEvents", "*")
REPOSITORY = arn("codecommit", "shop")
MANAGE = (
    "codecommit:CreateApprovalRuleTemplate codecommit:DeleteApprovalRuleTemplate "
    "codecommit:ListRepositoriesForApprovalRuleTemplate "
    "codecommit:UpdateApprovalRuleTemplateContent "
    "codecommit:UpdateApprovalRuleTemplateDescription"
)


def function(aws: Client, entry: str, variables: dict[str, str], *may: Statement) -> str:
    """Make the function of one module; its ARN."""
    made = aws("lambda").create_function(
        FunctionName=entry,
        Role=role(aws, f"{entry}-role", WRITE_LOGS, *may),
        Runtime="python3.13",
        Handler=f"{entry}.handle",
        Timeout=120,
        Environment={"Variables": variables},
        Code={"ZipFile": folder_package(SOURCE)},
    )
    return str(made["FunctionArn"])


def on_event(aws: Client, name: str, pattern: dict[str, Any], function_arn: str) -> None:
    """Let a rule invoke a function."""
    rule = aws("events").put_rule(Name=name, EventPattern=json.dumps(pattern))["RuleArn"]
    aws("lambda").add_permission(
        FunctionName=function_arn,
        StatementId=name,
        Action="lambda:InvokeFunction",
        Principal="events.amazonaws.com",
        SourceArn=rule,
    )
    aws("events").put_targets(Rule=name, Targets=[{"Id": "1", "Arn": function_arn}])


def until(world: World, holds: Callable[[], bool]) -> bool:
    """Let time pass until something holds, for ten minutes at most."""
    with world.clock.busy():
        for _ in range(600):
            if holds():
                return True
            world.clock.sleep(1)
    return False


def commit(aws: Client, parent: str, path: str) -> str:
    """Change one file on main; the new commit."""
    put = [{"filePath": path, "fileContent": f"{parent} {path}".encode()}]
    made = aws("codecommit").create_commit(
        **HERE, branchName="main", putFiles=put, **({"parentCommitId": parent} if parent else {})
    )
    return str(made["commitId"])


@pytest.fixture(scope="module")
def first(aws: Client) -> str:
    """The repository's first commit."""
    aws("codecommit").create_repository(**HERE)
    return commit(aws, "", "README.md")


def declared(world: World, name: str) -> dict[str, Any]:
    """A pipeline that takes main; what becomes of its executions does not matter here."""
    action = {
        "name": "Source",
        "actionTypeId": {
            "category": "Source",
            "owner": "AWS",
            "provider": "CodeCommit",
            "version": "1",
        },
        "outputArtifacts": [{"name": "source"}],
        "configuration": {
            "RepositoryName": "shop",
            "BranchName": "main",
            "PollForSourceChanges": "false",
        },
    }
    approve = {
        "name": "Approve",
        "actionTypeId": {
            "category": "Approval",
            "owner": "AWS",
            "provider": "Manual",
            "version": "1",
        },
    }
    return {
        "name": name,
        "roleArn": role_for(world, "codepipeline.amazonaws.com"),
        "pipelineType": "V2",
        "executionMode": "QUEUED",
        "artifactStore": {"type": "S3", "location": "store"},
        "stages": [
            {"name": "Source", "actions": [action]},
            {"name": "Wait", "actions": [approve]},
        ],
    }


def test_a_push_starts_the_pipeline_whose_paths_it_touches_and_no_other(
    world: World, aws: Client, first: str
) -> None:
    aws("codepipeline").create_pipeline(pipeline=declared(world, "orders"))

    def executions() -> list[dict[str, Any]]:
        listed = aws("codepipeline").list_pipeline_executions(pipelineName="orders")
        found: list[dict[str, Any]] = listed["pipelineExecutionSummaries"]
        return found

    start = function(
        aws,
        "start",
        {
            "PIPELINE": "orders",
            "SOURCE_ACTION": "Source",
            "REPOSITORY": "shop",
            "BRANCH": "main",
            "INCLUDES": json.dumps(["services/orders/**"]),
            "EXCLUDES": "[]",
        },
        allow("codecommit:GetBranch codecommit:GetDifferences", REPOSITORY),
        allow("codepipeline:StartPipelineExecution", arn("codepipeline", "orders")),
    )
    pattern = {
        "source": ["aws.codecommit"],
        "detail-type": ["CodeCommit Repository State Change"],
        "resources": [REPOSITORY],
        "detail": {"event": ["referenceUpdated"], "referenceName": ["main"]},
    }
    on_event(aws, "orders-start", pattern, start)
    # The pipeline's creation began one.
    assert len(executions()) == 1
    other = commit(aws, first, "services/invoices/handler.py")
    touching = commit(aws, other, "services/orders/handler.py")
    assert until(world, lambda: len(executions()) > 1)
    assert not until(world, lambda: len(executions()) > 2)
    newest = executions()[0]
    assert newest["trigger"]["triggerType"] == "StartPipelineExecution"
    assert "/start-role/" in newest["trigger"]["triggerDetail"]
    assert [each["revisionId"] for each in newest["sourceRevisions"]] == [touching]


def test_cloudformation_keeps_a_template_by_the_custom_resource(
    world: World, aws: Client, first: str
) -> None:
    assert first
    token = function(
        aws,
        "template",
        {},
        allow(MANAGE, "*"),
        allow(
            "codecommit:AssociateApprovalRuleTemplateWithRepository "
            "codecommit:DisassociateApprovalRuleTemplateFromRepository",
            REPOSITORY,
        ),
    )

    def template(approvals: int) -> str:
        properties = {
            "ServiceToken": token,
            "ServiceTimeout": 60,
            "Name": "two-people",
            "Description": "Nobody alone",
            "Approvals": approvals,
            "Approvers": ["arn:aws:sts::111122223333:assumed-role/ann/*"],
            "Branches": ["main"],
            "Repositories": ["shop"],
        }
        resource = {"Type": "AWS::CloudFormation::CustomResource", "Properties": properties}
        return json.dumps({"Resources": {"Template": resource}})

    stacks, named = aws("cloudformation"), {"approvalRuleTemplateName": "two-people"}

    def ended(how: str) -> bool:
        found = stacks.describe_stacks(StackName="rules")["Stacks"][0]["StackStatus"]
        return bool(found == how)

    def approvals() -> int:
        found = aws("codecommit").get_approval_rule_template(**named)["approvalRuleTemplate"]
        content = json.loads(found["approvalRuleTemplateContent"])
        return int(content["Statements"][0]["NumberOfApprovalsNeeded"])

    stacks.create_stack(StackName="rules", TemplateBody=template(1))
    assert until(world, lambda: ended("CREATE_COMPLETE"))
    listed = aws("codecommit").list_repositories_for_approval_rule_template(**named)
    assert (approvals(), listed["repositoryNames"]) == (1, ["shop"])
    stacks.update_stack(StackName="rules", TemplateBody=template(2))
    assert until(world, lambda: ended("UPDATE_COMPLETE"))
    assert approvals() == 2
    stacks.delete_stack(StackName="rules")
    gone = aws("codecommit").exceptions.ApprovalRuleTemplateDoesNotExistException

    def is_gone() -> bool:
        try:
            aws("codecommit").get_approval_rule_template(**named)
        except gone:
            return True
        return False

    assert until(world, is_gone)
