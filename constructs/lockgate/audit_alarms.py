"""Alarms on what matters to a pipeline, counted in the trail."""

from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from constructs import Construct

NAMESPACE = "Lockgate/Audit"


@dataclass(frozen=True, kw_only=True)
class AuditedEvent:
    """Something in the trail that a person should hear of.

    Attributes:
        name: of the metric and the alarm.
        what: the alarm's message.
        pattern: a CloudWatch Logs filter pattern on the trail's JSON events.
        at_least: how many within five minutes raise the alarm.
    """

    name: str
    what: str
    pattern: str
    at_least: int = 1


def calls(source: str, *names: str, by_hand: bool = False) -> str:
    """A pattern for successful calls of one service by their event names.

    Args:
        source: the service, as in `<source>.amazonaws.com`.
        names: the event names.
        by_hand: leave out what an AWS service did on somebody's behalf, as CloudFormation does
            with each release.
    """
    any_name = " || ".join(f"($.eventName = {name})" for name in names)
    terms = [
        f"($.eventSource = {source}.amazonaws.com)",
        "($.errorCode NOT EXISTS)",
        *(["($.userIdentity.invokedBy NOT EXISTS)"] if by_hand else []),
        f"({any_name})",
    ]
    return f"{{ {' && '.join(terms)} }}"


# "CIS n.n" is the control of the CIS AWS Foundations Benchmark 7.0; the rest no standard lists.
AUDITED = (
    AuditedEvent(
        name="UnauthorizedCalls",
        what="Five calls were denied within five minutes (CIS 5.1).",
        pattern='{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }',
        at_least=5,
    ),
    AuditedEvent(
        name="SignInWithoutMfa",
        what="Someone signed in to the console without MFA (CIS 5.2).",
        pattern='{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") '
        '&& ($.userIdentity.type = "IAMUser") '
        '&& ($.responseElements.ConsoleLogin = "Success") }',
    ),
    AuditedEvent(
        name="RootUse",
        what="The root user acted (CIS 5.3).",
        pattern='{ ($.userIdentity.type = "Root") && ($.userIdentity.invokedBy NOT EXISTS) '
        '&& ($.eventType != "AwsServiceEvent") }',
    ),
    AuditedEvent(
        name="RoleChanged",
        what="A role, a policy or a boundary changed (CIS 5.4).",
        pattern=calls(
            "iam",
            "AttachRolePolicy",
            "CreatePolicyVersion",
            "CreateRole",
            "DeleteRolePermissionsBoundary",
            "DeleteRolePolicy",
            "DetachRolePolicy",
            "PutRolePermissionsBoundary",
            "PutRolePolicy",
            "UpdateAssumeRolePolicy",
        ),
    ),
    AuditedEvent(
        name="TrailChanged",
        what="The trail changed or stopped (CIS 5.5).",
        pattern=calls(
            "cloudtrail",
            "CreateTrail",
            "DeleteTrail",
            "PutEventSelectors",
            "StartLogging",
            "StopLogging",
            "UpdateTrail",
        ),
    ),
    AuditedEvent(
        name="KeyDisabled",
        what="A key was disabled, scheduled for deletion or given another policy (CIS 5.7).",
        pattern=calls("kms", "DisableKey", "PutKeyPolicy", "ScheduleKeyDeletion"),
    ),
    AuditedEvent(
        name="SecretPolicyChanged",
        what="Who may read a secret changed, or a secret was deleted.",
        pattern=calls(
            "secretsmanager", "DeleteResourcePolicy", "DeleteSecret", "PutResourcePolicy"
        ),
    ),
    AuditedEvent(
        name="BucketPolicyChanged",
        what="A bucket's policy changed (CIS 5.8).",
        pattern=calls(
            "s3",
            "DeleteBucketPolicy",
            "PutBucketAcl",
            "PutBucketLifecycle",
            "PutBucketPolicy",
            "PutBucketPublicAccessBlock",
        ),
    ),
    AuditedEvent(
        name="PipelineChanged",
        what="A pipeline changed, or someone overrode one of its gates.",
        pattern=calls(
            "codepipeline",
            "DeletePipeline",
            "DisableStageTransition",
            "OverrideStageCondition",
            "PutApprovalResult",
            "RollbackStage",
            "UpdatePipeline",
        ),
    ),
    AuditedEvent(
        name="BuildChanged",
        what="A build project changed, or a credential for sources was imported.",
        pattern=calls(
            "codebuild",
            "ImportSourceCredentials",
            "PutResourcePolicy",
            "UpdateProject",
            "UpdateProjectVisibility",
            "UpdateWebhook",
        ),
    ),
    AuditedEvent(
        name="DeploymentGroupChanged",
        what="Someone changed a deployment group by hand, or someone or a watch stopped a "
        "deployment.",
        pattern=calls(
            "codedeploy",
            "DeleteDeploymentGroup",
            "StopDeployment",
            "UpdateDeploymentGroup",
            by_hand=True,
        ),
    ),
    AuditedEvent(
        name="RepositoryChanged",
        what="A repository or its default branch was deleted, renamed or opened.",
        pattern=calls(
            "codecommit",
            "DeleteBranch",
            "DeleteRepository",
            "UpdateDefaultBranch",
            "UpdateRepositoryName",
        ),
    ),
)


class AuditAlarms(Construct):
    """A metric filter and an alarm for each audited event; all tell `topic`.

    Costs 0.10 USD a month for each alarm and 0.30 USD for each metric that had an event.
    """

    def __init__(
        self, scope: Construct, id_: str, *, log_group: logs.ILogGroup, topic: sns.ITopic
    ) -> None:
        super().__init__(scope, id_)
        for event in AUDITED:
            metric = logs.MetricFilter(
                self,
                f"{event.name}Filter",
                log_group=log_group,
                filter_pattern=logs.FilterPattern.literal(event.pattern),
                metric_namespace=NAMESPACE,
                metric_name=event.name,
                metric_value="1",
            ).metric(statistic="Sum", period=cdk.Duration.minutes(5))
            alarm = cloudwatch.Alarm(
                self,
                event.name,
                alarm_description=event.what,
                metric=metric,
                threshold=event.at_least,
                comparison_operator=(
                    cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
                ),
                evaluation_periods=1,
                # A filter sends nothing while nothing happens.
                treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            )
            alarm.add_alarm_action(actions.SnsAction(topic))
