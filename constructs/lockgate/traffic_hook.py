"""A function that CodeDeploy runs before or after it shifts traffic."""

from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

from lockgate.function import FunctionSettings, LeastFunction
from lockgate.packaging import Package
from lockgate.permissions import Permission, arn

IDENTIFY = (
    "codedeploy:GetDeployment",
    "codedeploy:GetDeploymentTarget",
    "codedeploy:ListDeploymentTargets",
)
REPORT = ("codedeploy:PutLifecycleEventHookExecutionStatus",)
READ_ALIAS = ("lambda:GetAlias",)
INVOKE = ("lambda:InvokeFunction",)
# CodeDeploy waits an hour for a hook; the contract of a service takes seconds.
TIMEOUT_SECONDS = 300


@dataclass(frozen=True, kw_only=True)
class HookedGroup:
    """The deployment group that hooks serve, and the alias that it moves.

    Attributes:
        function_name: the function under deployment.
        alias_name: its alias.
        arn: the deployment group's ARN.
    """

    function_name: str
    alias_name: str
    arn: str


def hook_name(function_name: str, entry: str) -> str:
    """The name of a function's hook."""
    return f"{function_name}-{entry.replace('_', '-')}"


class TrafficHook(Construct):
    """A hook of one deployment group: it tests the new version and reports one status.

    It may invoke the function's versions, ask who is under test, and report to this deployment
    group alone. CodeDeploy waits an hour for a hook that dies without a report; an alarm on the
    hook's own errors tells `topic` at once. Costs 0.10 USD a month.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        entry: str,
        group: HookedGroup,
        package: Package,
        topic: sns.ITopic,
        log_key: kms.IKey,
        role_path: str,
        boundary: iam.IManagedPolicy,
    ) -> None:
        """Make the hook.

        Args:
            scope: the parent.
            id_: the construct's id.
            entry: the module of the package that handles this hook: `pre_traffic` or
                `post_traffic`.
            group: what it serves.
            package: the hooks' code, with the service's contract.
            topic: where its own failure is told.
            log_key: encrypts its log group.
            role_path: where its role lives.
            boundary: bounds its role.
        """
        super().__init__(scope, id_)
        workload = arn(self, "lambda", f"function:{group.function_name}")
        hook = LeastFunction(
            self,
            "Hook",
            job=f"Test a new version of {group.function_name} ({entry} hook)",
            package=package,
            settings=FunctionSettings(
                name=hook_name(group.function_name, entry),
                handler=f"{entry}.handle",
                memory_mb=256,
                timeout_seconds=TIMEOUT_SECONDS,
                environment={
                    "FUNCTION_NAME": group.function_name,
                    "ALIAS": group.alias_name,
                },
            ),
            permissions=[
                Permission(actions=(*IDENTIFY, *REPORT), resources=[group.arn]),
                Permission(
                    actions=INVOKE,
                    resources=[f"{workload}:*"],
                    wildcard_reason="The version under test has its number only once it is "
                    "published; this is any version of this one function.",
                ),
                *(
                    [
                        Permission(
                            actions=READ_ALIAS,
                            resources=[workload, f"{workload}:{group.alias_name}"],
                        )
                    ]
                    if entry == "post_traffic"
                    else []
                ),
            ],
            log_key=log_key,
            role_path=role_path,
            boundary=boundary,
            lost_event_reason="An event holds two ids and nothing to keep: a deployment whose "
            "hook never reports fails by itself, and the alarm beside it tells.",
        )
        self.function = hook.function
        alarm = cloudwatch.Alarm(
            self,
            "Died",
            alarm_description=f"The {entry} hook of {group.function_name} ended without a report; "
            "CodeDeploy waits an hour for it and then fails the deployment.",
            metric=self.function.metric_errors(period=cdk.Duration.minutes(1), statistic="Sum"),
            threshold=0,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            evaluation_periods=1,
            # A hook runs twice a release; between releases there is nothing to see.
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        alarm.add_alarm_action(actions.SnsAction(topic))
