"""What an intruder would try with each role of a delivery.

A target is the delivery's own, another service's of the same delivery (`other`), or lies beyond
the delivery. What stands in {} are names that `tests.iam.raid` gives.
"""

from collections.abc import Mapping
from typing import NamedTuple

from tests.iam.decision import Request

ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
BOUND = "iam:PermissionsBoundary"
FOREIGN = {"aws:ResourceAccount": "999999999999"}
CHANGE_SET = {"cloudformation:ChangeSetName": "release"}

OWN_ARTIFACT = "arn:aws:s3:::{store}/{pipeline}/assembly/a.zip"
OTHER_ARTIFACT = "arn:aws:s3:::{store}/{other}/source/a.zip"
ADMIN = "arn:aws:iam::{account}:role/Admin"
FUNCTION = "arn:aws:lambda:{region}:{account}:function:"
PROJECT = "arn:aws:codebuild:{region}:{account}:project/"
BUILD = PROJECT + "{pipeline}-pipeline-package"
PIPELINE = "arn:aws:codepipeline:{region}:{account}:"
GROUP = "arn:aws:codedeploy:{region}:{account}:deploymentgroup:{other_stack}/live"
STACK = "arn:aws:cloudformation:{region}:{account}:stack/{other_stack}/id"
REPOSITORY = "arn:aws:codecommit:{region}:{account}:{repository}"
TRAIL = "arn:aws:cloudtrail:{region}:{account}:trail/{delivery}-trail"
LOGS = "arn:aws:logs:{region}:{account}:log-group:"
SECRET = "arn:aws:secretsmanager:{region}:{account}:secret:{delivery}/billing/prod/a-AbCdEf"


class Attack(NamedTuple):
    """A request, and what it would be for."""

    name: str
    action: str
    target: str
    context: Mapping[str, str] = {}

    def request(self, words: Mapping[str, str]) -> Request:
        """As IAM is asked."""
        return Request(
            action=self.action,
            resource=self.target.format_map(words),
            context={key: value.format_map(words) for key, value in self.context.items()},
        )


def passing(service: str) -> dict[str, str]:
    """What IAM is told where a role is passed to a service."""
    return {"iam:PassedToService": f"{service}.amazonaws.com"}


def built_with(key: str, value: str) -> dict[str, str]:
    """What IAM is told where a build starts with another setting than its project's."""
    return {f"codebuild:{key}": value}


# fmt: off
ARTIFACTS = (
    Attack("read another pipeline's artifact", "s3:GetObject", OTHER_ARTIFACT),
    Attack("overwrite another pipeline's artifact", "s3:PutObject", OTHER_ARTIFACT),
    Attack("delete an artifact", "s3:DeleteObject", OWN_ARTIFACT),
    Attack("delete an artifact's version", "s3:DeleteObjectVersion", OWN_ARTIFACT),
    Attack("delete a canary's record", "s3:DeleteObject", "arn:aws:s3:::{store}/decisions/a.json"),
    Attack("open an artifact by an ACL", "s3:PutObjectAcl", OWN_ARTIFACT),
    Attack("put a legal hold on an artifact", "s3:PutObjectLegalHold", OWN_ARTIFACT),
    Attack("change an artifact's retention", "s3:PutObjectRetention", OWN_ARTIFACT),
    Attack("list the artifact store", "s3:ListBucket", "arn:aws:s3:::{store}"),
    Attack("rewrite the store's policy", "s3:PutBucketPolicy", "arn:aws:s3:::{store}"),
    Attack("read another account's bucket", "s3:GetObject", "arn:aws:s3:::eve/a", FOREIGN),
    Attack("carry data to another account's bucket", "s3:PutObject", "arn:aws:s3:::eve/a", FOREIGN),
)
ROLES = (
    Attack("create a user", "iam:CreateUser", "arn:aws:iam::{account}:user/eve"),
    Attack("create an access key", "iam:CreateAccessKey", "arn:aws:iam::{account}:user/eve"),
    Attack("pass an administrator's role", "iam:PassRole", ADMIN, passing("cloudformation")),
    Attack("give a build an administrator's role", "iam:PassRole", ADMIN, passing("codebuild")),
    Attack("give a function an administrator's role", "iam:PassRole", ADMIN, passing("lambda")),
    Attack("give a server an administrator's role", "iam:PassRole", ADMIN, passing("ec2")),
    Attack("pass another service's deployment role", "iam:PassRole", "{other_deployer}",
           passing("cloudformation")),
    Attack("assume an administrator's role", "sts:AssumeRole", ADMIN),
    Attack("assume another service's deployment role", "sts:AssumeRole", "{other_deployer}"),
    Attack("assume a role of people", "sts:AssumeRole", "{person}"),
    Attack("make itself an administrator", "iam:AttachRolePolicy", "{self}",
           {"iam:PolicyARN": ADMINISTRATOR, BOUND: "{own_boundary}"}),
    Attack("make a role that it made an administrator", "iam:AttachRolePolicy", "{made}",
           {"iam:PolicyARN": ADMINISTRATOR, BOUND: "{boundary}"}),
    Attack("write a policy into itself", "iam:PutRolePolicy", "{self}"),
    Attack("open another service's role", "iam:UpdateAssumeRolePolicy", "{other_deployer}"),
    Attack("create a role without a boundary", "iam:CreateRole", "{made}"),
    Attack("create a role that reports on pipelines", "iam:CreateRole", "{made}",
           {BOUND: "{gate_boundary}"}),
    Attack("take a boundary away", "iam:DeleteRolePermissionsBoundary", "{made}"),
    Attack("put another boundary", "iam:PutRolePermissionsBoundary", "{made}",
           {BOUND: ADMINISTRATOR}),
    Attack("rewrite a boundary", "iam:CreatePolicyVersion", "{boundary}"),
    Attack("bring a boundary's earlier version back", "iam:SetDefaultPolicyVersion", "{boundary}"),
    Attack("delete a boundary", "iam:DeletePolicy", "{boundary}"),
)
FUNCTIONS = (
    Attack("move another service's alias", "lambda:UpdateAlias", FUNCTION + "{other_stack}"),
    Attack("invoke another service's function", "lambda:InvokeFunction",
           FUNCTION + "{other_stack}:live"),
    Attack("replace another service's code", "lambda:UpdateFunctionCode",
           FUNCTION + "{other_stack}"),
    Attack("open another service's function", "lambda:AddPermission", FUNCTION + "{other_stack}"),
    Attack("open the service's function", "lambda:AddPermission", FUNCTION + "{stack}"),
    Attack("shift traffic of ECS by hand", "ecs:UpdateServicePrimaryTaskSet",
           "arn:aws:ecs:{region}:{account}:service/cluster/{stack}"),
)
BUILDS = (
    Attack("change the build", "codebuild:UpdateProject", BUILD),
    Attack("change another service's build", "codebuild:UpdateProject",
           PROJECT + "{other}-pipeline-package"),
    Attack("make the build public", "codebuild:UpdateProjectVisibility", BUILD),
    Attack("give builds other credentials", "codebuild:ImportSourceCredentials", "*"),
    Attack("start another service's build", "codebuild:StartBuild",
           PROJECT + "{other}-pipeline-package"),
    Attack("build with another buildspec", "codebuild:StartBuild", BUILD,
           built_with("source.buildspec", "version: 0.2")),
    Attack("build with another image", "codebuild:StartBuild", BUILD,
           built_with("environment.image", "eve/image")),
    Attack("build with another role", "codebuild:StartBuild", BUILD,
           built_with("serviceRole", ADMIN)),
    Attack("build with another certificate", "codebuild:StartBuild", BUILD,
           built_with("environment.certificate", "eve/ca.pem")),
    Attack("build in privileged mode", "codebuild:StartBuild", BUILD,
           built_with("environment.privilegedMode", "true")),
)
RELEASES = (
    Attack("approve a release", "codepipeline:PutApprovalResult",
           PIPELINE + "{pipeline}/{environment}-approval/Approve"),
    Attack("override a gate", "codepipeline:OverrideStageCondition",
           PIPELINE + "{pipeline}/{environment}"),
    Attack("let a pipeline's job pass", "codepipeline:PutJobSuccessResult", "*"),
    Attack("change the pipeline", "codepipeline:UpdatePipeline", PIPELINE + "{pipeline}"),
    Attack("change another pipeline", "codepipeline:UpdatePipeline", PIPELINE + "{other}"),
    Attack("start a pipeline beyond the delivery", "codepipeline:StartPipelineExecution",
           PIPELINE + "payroll"),
    Attack("report for another service's hook",
           "codedeploy:PutLifecycleEventHookExecutionStatus", GROUP),
    Attack("stop another service's deployment", "codedeploy:StopDeployment", GROUP),
    Attack("change another service's rollback", "codedeploy:UpdateDeploymentGroup", GROUP),
    Attack("create another service's change set", "cloudformation:CreateChangeSet", STACK,
           CHANGE_SET),
    Attack("execute another service's change set", "cloudformation:ExecuteChangeSet", STACK,
           CHANGE_SET),
    Attack("publish to a topic beyond the delivery", "sns:Publish",
           "arn:aws:sns:{region}:{account}:payroll"),
    Attack("push to the release branch", "codecommit:GitPush", REPOSITORY,
           {"codecommit:References": "refs/heads/{branch}"}),
    Attack("approve a pull request", "codecommit:UpdatePullRequestApprovalState", REPOSITORY),
    Attack("override a pull request's rules", "codecommit:OverridePullRequestApprovalRules",
           REPOSITORY),
)
TRACES = (
    Attack("stop the trail", "cloudtrail:StopLogging", TRAIL),
    Attack("delete the trail", "cloudtrail:DeleteTrail", TRAIL),
    Attack("narrow what the trail records", "cloudtrail:PutEventSelectors", TRAIL),
    Attack("send the trail elsewhere", "cloudtrail:UpdateTrail", TRAIL),
    Attack("delete a log", "logs:DeleteLogGroup", LOGS + "{stack}-Logs"),
    Attack("create a log group beyond the delivery", "logs:CreateLogGroup", LOGS + "payroll"),
    Attack("silence an alarm", "cloudwatch:DisableAlarmActions", "{alarm}"),
    Attack("set an alarm's state", "cloudwatch:SetAlarmState", "{alarm}"),
    Attack("delete an alarm", "cloudwatch:DeleteAlarms", "{alarm}"),
    Attack("freeze or thaw releases", "ssm:PutParameter",
           "arn:aws:ssm:{region}:{account}:parameter/{delivery}/freeze"),
    Attack("schedule a key's deletion", "kms:ScheduleKeyDeletion", "{key}"),
    Attack("disable a key", "kms:DisableKey", "{key}"),
    Attack("rewrite a key's policy", "kms:PutKeyPolicy", "{key}"),
    Attack("grant a key to somebody else", "kms:CreateGrant", "{key}"),
    Attack("decrypt without a service between", "kms:Decrypt", "{key}"),
    Attack("read another service's secret", "secretsmanager:GetSecretValue", SECRET),
    Attack("open another service's secret", "secretsmanager:PutResourcePolicy", SECRET),
)
# fmt: on
ATTACKS = (*ARTIFACTS, *ROLES, *FUNCTIONS, *BUILDS, *RELEASES, *TRACES)
