"""Who may do what by hand: a row for each deed, a column for each role."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from lockgate.people.never import NEVER_BY_HAND
from tests.assembly import Assembly
from tests.iam.people import PEOPLE, in_account, may, role_of
from tests.iam.policies import boundary_statements, roles

MAIN = (("codecommit:References", "refs/heads/{branch}"),)
FEATURE = (("codecommit:References", "refs/heads/feature/chimney-cap"),)
ACCOUNT = (("aws:ResourceAccount", "{account}"),)


class Deed(NamedTuple):
    """Something that a person would do; `who` has a letter for each role that may."""

    who: str
    action: str
    resource: str
    context: tuple[tuple[str, str], ...] = ()


# E: DevOps engineer, S: security analyst, C: cloud administrator, B: break glass.
LETTERS = dict(zip("ESCB", PEOPLE, strict=True))
DEEDS = [
    # To see.
    Deed("ESCB", "codepipeline:GetPipelineState", "codepipeline:{pipeline}"),
    Deed("ESCB", "cloudformation:DescribeStackEvents", "cloudformation:stack/{stack}/id"),
    Deed("ESCB", "codedeploy:GetDeployment", "codedeploy:deploymentgroup:{stack}/live"),
    Deed("ESCB", "cloudwatch:DescribeAlarms", "cloudwatch:alarm:{stack}-Errors"),
    Deed("ESCB", "cloudwatch:GetDashboard", "cloudwatch!dashboard/{stack}"),
    Deed("E.CB", "codebuild:BatchGetBuilds", "codebuild:project/{pipeline}-pipeline-verify"),
    Deed("E.CB", "lambda:GetAlias", "lambda:function:{stack}"),
    Deed("E.CB", "states:GetExecutionHistory", "states:execution:{stack}-watch:id"),
    Deed("E..B", "logs:FilterLogEvents", "logs:log-group:{stack}-TargetLogs"),
    Deed(".S.B", "logs:FilterLogEvents", "logs:log-group:{delivery}-audit-TrailEvents"),
    Deed("E..B", "logs:GetLogEvents", "logs:log-group:{stack}-Logs:log-stream:a"),
    Deed(".S..", "cloudtrail:LookupEvents", "*"),
    Deed(".S..", "cloudtrail:GetTrailStatus", "cloudtrail:trail/{delivery}-trail"),
    Deed(".S..", "iam:GetRole", "iam:role/{delivery}/orders/prod/a"),
    Deed("....", "iam:GetRole", "iam:role/another/a"),
    Deed(".S..", "secretsmanager:DescribeSecret", "secretsmanager:secret:{delivery}/a/b-AbCdEf"),
    Deed("....", "secretsmanager:GetSecretValue", "secretsmanager:secret:{delivery}/a/b-AbCdEf"),
    Deed(".S..", "s3:GetObject", "{store}/decisions/{stack}/id.json", ACCOUNT),
    Deed(".S..", "s3:GetObject", "{store}/{pipeline}/assembly/id.zip", ACCOUNT),
    Deed("....", "s3:GetObject", "{store}/{pipeline}/source/id.zip", ACCOUNT),
    Deed("....", "s3:GetObject", "{store}/decisions/{stack}/id.json"),
    # To change the code.
    Deed("ES..", "codecommit:GitPull", "codecommit:{repository}"),
    Deed("E...", "codecommit:GitPush", "codecommit:{repository}"),
    Deed("E...", "codecommit:GitPush", "codecommit:{repository}", FEATURE),
    Deed("....", "codecommit:GitPush", "codecommit:{repository}", MAIN),
    Deed("....", "codecommit:GitPush", "codecommit:another", FEATURE),
    Deed("E...", "codecommit:CreatePullRequest", "codecommit:{repository}"),
    Deed("E...", "codecommit:MergePullRequestBySquash", "codecommit:{repository}", MAIN),
    Deed("....", "codecommit:MergeBranchesBySquash", "codecommit:{repository}", MAIN),
    Deed("....", "codecommit:PutFile", "codecommit:{repository}", MAIN),
    Deed("....", "codecommit:DeleteBranch", "codecommit:{repository}", MAIN),
    Deed(".S..", "codecommit:UpdatePullRequestApprovalState", "codecommit:{repository}"),
    Deed("....", "codecommit:OverridePullRequestApprovalRules", "codecommit:{repository}"),
    # To run releases and to stop them.
    Deed("E...", "codepipeline:StartPipelineExecution", "codepipeline:{pipeline}"),
    Deed("....", "codepipeline:StartPipelineExecution", "codepipeline:another"),
    Deed("E..B", "codepipeline:RetryStageExecution", "codepipeline:{pipeline}/prod"),
    Deed("E.CB", "codepipeline:StopPipelineExecution", "codepipeline:{pipeline}"),
    Deed("..CB", "codepipeline:RollbackStage", "codepipeline:{pipeline}/prod"),
    Deed("..CB", "codepipeline:DisableStageTransition", "codepipeline:{pipeline}/prod"),
    Deed("..CB", "codedeploy:StopDeployment", "codedeploy:deploymentgroup:{stack}/live"),
    Deed("..CB", "ssm:PutParameter", "ssm:parameter/{delivery}/freeze"),
    Deed("....", "ssm:PutParameter", "ssm:parameter/{delivery}/anything"),
    Deed(".S..", "codepipeline:PutApprovalResult", "codepipeline:{pipeline}/prod-approval/Approve"),
    Deed("....", "codepipeline:PutApprovalResult", "codepipeline:another/prod-approval/Approve"),
    Deed("....", "codepipeline:PutApprovalResult", "codepipeline:{pipeline}/prod/Approve"),
    Deed("...B", "codepipeline:OverrideStageCondition", "codepipeline:{pipeline}/prod"),
    Deed("...B", "lambda:UpdateAlias", "lambda:function:{stack}"),
    Deed("....", "lambda:UpdateAlias", "lambda:function:another"),
    Deed("...B", "cloudformation:ContinueUpdateRollback", "cloudformation:stack/{stack}/id"),
    # Never by hand.
    Deed("....", "codepipeline:UpdatePipeline", "codepipeline:{pipeline}"),
    Deed("....", "codebuild:UpdateProject", "codebuild:project/{pipeline}-pipeline-verify"),
    Deed("....", "codebuild:StartBuild", "codebuild:project/{pipeline}-pipeline-verify"),
    Deed("....", "cloudformation:ExecuteChangeSet", "cloudformation:stack/{stack}/id"),
    Deed("....", "cloudtrail:StopLogging", "cloudtrail:trail/{delivery}-trail"),
    Deed("....", "kms:ScheduleKeyDeletion", "kms:key/id"),
    Deed("....", "iam:PassRole", "iam:role/{delivery}/orders/prod/a"),
    Deed("....", "sts:AssumeRole", "iam:role/{delivery}/orders/prod/a"),
    Deed("....", "s3:PutObject", "{store}/decisions/{stack}/id.json", ACCOUNT),
]  # fmt: skip


def cells() -> Iterator[tuple[str, Deed]]:
    for deed in DEEDS:
        for name in PEOPLE:
            yield name, deed


def words(assembly: Assembly) -> dict[str, str]:
    service = assembly.delivery.services[0]
    pipeline = f"{assembly.delivery.name}-{service.name}"
    role = role_of(assembly, "security-analyst")
    reads = [s for s in role.statements if "s3:ListBucket" in s.actions]
    return {
        "account": assembly.delivery.toolchain.account or "<AWS::AccountId>",
        "branch": service.source.branch,
        "delivery": assembly.delivery.name,
        "pipeline": pipeline,
        "repository": assembly.delivery.repository(service),
        "stack": f"{pipeline}-{assembly.delivery.environments[-1].name}",
        "store": reads[0].resources[0],
    }


def arn(assembly: Assembly, resource: str) -> str:
    """`service:resource` in the account; with `!` where the ARN has no Region."""
    text = resource.format(**words(assembly))
    if text == "*" or resource.startswith("{store}"):
        # The foundation's export is a bucket's name.
        return text
    service, sign, rest = text.partition("!" if "!" in text else ":")
    return in_account(assembly, service, rest, region=sign == ":")


@pytest.mark.parametrize(
    ("name", "deed"), tuple(cells()), ids=lambda v: v if isinstance(v, str) else v[1]
)
def test_a_role_may_do_what_its_job_needs_and_nothing_else(
    assembly: Assembly, name: str, deed: Deed
) -> None:
    known = words(assembly)
    context = [(key, value.format(**known)) for key, value in deed.context]
    expected = name in {LETTERS[letter] for letter in deed.who if letter != "."}

    assert may(assembly, name, deed.action, arn(assembly, deed.resource), context) is expected


@pytest.mark.parametrize("name", PEOPLE)
def test_what_is_never_done_by_hand_is_denied_to_each(assembly: Assembly, name: str) -> None:
    """A deny of its own: what a resource's policy would grant is denied as well."""
    boundary = boundary_statements(assembly, "people")
    assert role_of(assembly, name).boundary.endswith("-people")
    denied = {a for s in boundary if not s.allows and s.resources == ("*",) for a in s.actions}
    assert denied == set(NEVER_BY_HAND)


def test_there_are_no_other_roles_for_people(assembly: Assembly) -> None:
    names = {role.name for role in roles(assembly) if role.stack.endswith("-access")}
    assert names == {f"{assembly.delivery.name}-{name}" for name in PEOPLE}


@pytest.mark.parametrize(
    "pair",
    [
        ("codecommit:GitPush", "codecommit:UpdatePullRequestApprovalState"),
        ("codecommit:GitPush", "codepipeline:PutApprovalResult"),
        ("codepipeline:StartPipelineExecution", "codepipeline:PutApprovalResult"),
        ("codepipeline:PutApprovalResult", "codepipeline:OverrideStageCondition"),
        ("codepipeline:StartPipelineExecution", "codepipeline:OverrideStageCondition"),
    ],
)
def test_no_role_holds_both_ends_of_a_release(assembly: Assembly, pair: tuple[str, str]) -> None:
    """By its policies alone, whatever the resource: and the other end is denied outright."""
    for name in PEOPLE:
        role = role_of(assembly, name)
        denied = {
            a for s in role.statements if not s.allows and not s.conditions for a in s.actions
        }
        held = set(pair) & role.actions
        assert len(held) < len(pair), name
        if held:
            assert set(pair) - held <= denied, name
