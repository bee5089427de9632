"""No person can release anything alone, nor blind or unlock what watches over releases."""

import pytest

from stacks import names
from tests.assembly import Assembly
from tests.iam.people import ADMINISTRATOR, ANALYST, BREAK_GLASS, ENGINEER, PEOPLE, may, role_of
from tests.iam.policies import boundary_statements

# What an attacker in each role would try first, on any resource whatever.
BY_ANYONE = (
    "cloudformation:CreateChangeSet",
    "cloudformation:DeleteStack",
    "cloudformation:ExecuteChangeSet",
    "cloudtrail:DeleteTrail",
    "cloudtrail:StopLogging",
    "cloudwatch:DeleteAlarms",
    "cloudwatch:SetAlarmState",
    "codebuild:StartBuild",
    "codebuild:UpdateProject",
    "codecommit:CreateCommit",
    "codecommit:OverridePullRequestApprovalRules",
    "codedeploy:CreateDeployment",
    "codedeploy:PutLifecycleEventHookExecutionStatus",
    "codedeploy:UpdateDeploymentGroup",
    "codepipeline:DeletePipeline",
    "codepipeline:UpdatePipeline",
    "iam:AttachRolePolicy",
    "iam:CreateAccessKey",
    "iam:CreateRole",
    "iam:CreateUser",
    "iam:PassRole",
    "iam:UpdateAssumeRolePolicy",
    "kms:DisableKey",
    "kms:ScheduleKeyDeletion",
    "lambda:InvokeFunction",
    "lambda:UpdateFunctionCode",
    "logs:DeleteLogGroup",
    "logs:DeleteMetricFilter",
    "s3:DeleteObject",
    "s3:PutObject",
    "secretsmanager:GetSecretValue",
    "secretsmanager:PutSecretValue",
    "sts:AssumeRole",
)
BY_ROLE = {
    ENGINEER: (
        "codecommit:UpdatePullRequestApprovalState",
        "codepipeline:OverrideStageCondition",
        "codepipeline:PutApprovalResult",
        "codepipeline:RollbackStage",
        "lambda:UpdateAlias",
        "ssm:PutParameter",
    ),
    ANALYST: (
        "codecommit:GitPush",
        "codecommit:MergePullRequestByFastForward",
        "codedeploy:StopDeployment",
        "codepipeline:OverrideStageCondition",
        "codepipeline:RetryStageExecution",
        "codepipeline:StartPipelineExecution",
        "lambda:UpdateAlias",
    ),
    ADMINISTRATOR: (
        "codecommit:GitPull",
        "codecommit:GitPush",
        "codepipeline:OverrideStageCondition",
        "codepipeline:PutApprovalResult",
        "codepipeline:StartPipelineExecution",
        "lambda:UpdateAlias",
        "logs:GetLogEvents",
    ),
    BREAK_GLASS: (
        "codecommit:GitPush",
        "codepipeline:PutApprovalResult",
        "codepipeline:StartPipelineExecution",
    ),
}
ATTACKS = [(who, what) for who in PEOPLE for what in (*BY_ANYONE, *BY_ROLE[who])]


def granted(assembly: Assembly, name: str) -> set[str]:
    """What a role's policies and its boundary allow, on whatever resource."""
    bounded = {a for s in boundary_statements(assembly, "people") if s.allows for a in s.actions}
    return role_of(assembly, name).actions & bounded


@pytest.mark.parametrize(("name", "attack"), ATTACKS)
def test_it_cannot(assembly: Assembly, name: str, attack: str) -> None:
    assert attack not in granted(assembly, name)


@pytest.mark.parametrize("name", PEOPLE)
def test_no_one_reaches_into_a_release_branch(assembly: Assembly, name: str) -> None:
    """By whichever call moves a branch; merging a pull request is the way, and its rules decide."""
    for service in assembly.delivery.services:
        if service.source.provider == "codecommit":
            branch = ("codecommit:References", f"refs/heads/{service.source.branch}")
            calls = {a for a in granted(assembly, name) if a.startswith("codecommit:")}
            on = [r for s in role_of(assembly, name).statements for r in s.resources]
            moving = {a for a in calls if a.endswith(("Push", "Branch")) and "Get" not in a}
            for action in moving:
                assert not any(may(assembly, name, action, r, [branch]) for r in on), action


def test_a_release_takes_two_people(assembly: Assembly) -> None:
    """Whoever can bring code in cannot let it pass, and the other way round."""
    bring = {"codecommit:GitPush", "codepipeline:StartPipelineExecution"}
    let_pass = {
        "codecommit:UpdatePullRequestApprovalState",
        "codepipeline:OverrideStageCondition",
        "codepipeline:PutApprovalResult",
    }
    for name in PEOPLE:
        held = granted(assembly, name)
        assert not (held & bring and held & let_pass), name


def test_the_stack_stands_by_itself_and_is_protected(assembly: Assembly) -> None:
    """Its roles survive every other stack but the foundation, whose boundary holds them."""
    stack = names.shared_stack(assembly.delivery, names.ACCESS)
    manifest = assembly.manifest["artifacts"][stack]
    assert manifest["properties"]["terminationProtection"] is True
    foundation = names.shared_stack(assembly.delivery, names.FOUNDATION)
    needs = {each for each in manifest["dependencies"] if not each.endswith(".assets")}
    assert needs == {foundation}


def test_it_holds_roles_and_their_policies_alone(assembly: Assembly) -> None:
    stack = names.shared_stack(assembly.delivery, names.ACCESS)
    kinds = {r["Type"] for r in assembly.templates[stack]["Resources"].values()}
    assert kinds == {"AWS::IAM::ManagedPolicy", "AWS::IAM::Role"}


@pytest.mark.parametrize("name", PEOPLE)
def test_a_role_has_no_more_policies_than_iam_allows(assembly: Assembly, name: str) -> None:
    assert len(role_of(assembly, name).properties["ManagedPolicyArns"]) <= 10
