"""The security analyst: reads what happened and what is asked for, and approves it."""

from aws_cdk import aws_s3 as s3

from lockgate.people import code, sight
from lockgate.people.code import Code
from lockgate.people.role import Duties
from lockgate.people.scope import LED_BY_NAME, Scope
from lockgate.permissions import DECRYPT, Permission, deny, use_artifact_key
from lockgate.records import DECISIONS
from lockgate.resource_types import no_narrower

NAME = "security-analyst"
TRAIL = ("cloudtrail:GetEventSelectors", "cloudtrail:GetTrail", "cloudtrail:GetTrailStatus")
HISTORY = ("cloudtrail:LookupEvents",)
ROLES = (
    "iam:GetRole",
    "iam:GetRolePolicy",
    "iam:ListAttachedRolePolicies",
    "iam:ListRolePolicies",
)
POLICIES = ("iam:GetPolicy", "iam:GetPolicyVersion", "iam:ListPolicyVersions")
SECRETS = ("secretsmanager:DescribeSecret", "secretsmanager:GetResourcePolicy")
LIST_SECRETS = ("secretsmanager:ListSecrets",)
READ_RECORDS = ("s3:GetObject",)
FIND_RECORDS = ("s3:ListBucket",)
APPROVE = ("codepipeline:PutApprovalResult",)
# The pipelines' artifact with the assembly: the templates, and what the rule packs said of them.
ASSEMBLY = "assembly"
ALLOWED = (
    *sight.RELEASES,
    *sight.LOGS,
    *code.READ,
    *code.COMMENT,
    *code.APPROVE,
    *TRAIL,
    *HISTORY,
    *ROLES,
    *POLICIES,
    *SECRETS,
    *LIST_SECRETS,
    *READ_RECORDS,
    *FIND_RECORDS,
    *DECRYPT,
    *APPROVE,
)
# Who approves a release has no hand in it.
RELEASES = (
    "codepipeline:OverrideStageCondition",
    "codepipeline:RetryStageExecution",
    "codepipeline:StartPipelineExecution",
)


def duties(scope: Scope, repositories: Code, store: s3.IBucket) -> Duties:
    """Read the trail, the records, the roles and what is released; approve it or not."""
    return Duties(
        name=NAME,
        job="Security analyst: read what happened, judge what is to be released",
        allowed=[
            *_evidence(scope),
            *_records(store, scope),
            Permission(
                actions=APPROVE,
                resources=[
                    scope.arn("codepipeline", f"{scope.delivery}-*-approval/{approve}")
                    for approve in ("Approve", "Approve-*")
                ],
                wildcard_reason="The approvals in the stages of the delivery's pipelines that end "
                "with -approval, with the environment in a wave of several: there may be more of "
                "them than a policy could name.",
            ),
            *code.on_repositories(scope, repositories, (*code.READ, *code.COMMENT, *code.APPROVE)),
        ],
        denied=[[deny(sorted((*RELEASES, *code.CONTRIBUTE, *code.BESIDE_PUSH, *code.LIFT_RULES)))]],
    )


def _evidence(scope: Scope) -> list[Permission]:
    return [
        scope.named(TRAIL, "cloudtrail", "trail/"),
        *sight.logs(scope, of="audit-"),
        scope.named(ROLES, "iam", "role/", region=False, rest="/*"),
        scope.named(POLICIES, "iam", "policy/", region=False, rest="/*"),
        scope.named(SECRETS, "secretsmanager", "secret:", rest="/*"),
        no_narrower((*HISTORY, *LIST_SECRETS)),
    ]


def _records(store: s3.IBucket, scope: Scope) -> list[Permission]:
    """What gates decided, and each release's assembly with the rule packs' report."""
    account = {"aws:ResourceAccount": store.stack.account}
    folders = [f"{DECISIONS}/*", f"{scope.delivery}-*/{ASSEMBLY}/*"]
    return [
        Permission(
            actions=READ_RECORDS,
            resources=[store.arn_for_objects(folder) for folder in folders],
            conditions={"StringEquals": account},
            wildcard_reason=LED_BY_NAME,
        ),
        Permission(
            actions=FIND_RECORDS,
            resources=[store.bucket_arn],
            conditions={"StringEquals": account, "StringLike": {"s3:prefix": folders}},
        ),
        use_artifact_key(store, DECRYPT),
    ]
