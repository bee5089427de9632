"""A gate: the functions between a new version and all of the traffic, and what they share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from constructs import Construct

from lockgate.function import FunctionSettings, LeastFunction
from lockgate.gate_plan import GatePlan
from lockgate.packaging import Package
from lockgate.permissions import Permission, arn
from lockgate.records import keep_records
from lockgate.verdict_notice import DETAIL_TYPE, SOURCE

WATCH = "watch"
MEMORY_MB = 512
IDENTIFY = (
    "codedeploy:GetDeployment",
    "codedeploy:GetDeploymentTarget",
    "codedeploy:ListDeploymentTargets",
)
READ_COUNTS = ("cloudwatch:GetMetricData",)
TELL = ("events:PutEvents",)


def part_name(function_name: str, entry: str) -> str:
    """The name of a part of a function's gate: its hooks, its watch."""
    return f"{function_name}-{entry.replace('_', '-')}"


@dataclass(frozen=True, kw_only=True)
class Gate:
    """What the hooks and the watch of one deployment group have in common.

    Attributes:
        function_name: the function under deployment.
        alias_name: its alias.
        group_arn: the deployment group that moves the alias.
        plan: how carefully.
        package: the code of all parts, with the service's contract.
        store: where they keep the records of their decisions, with its key.
        topic: where the failure of a part is told.
        log_key: encrypts the log groups.
        role_path: where the roles live.
        boundary: bounds the roles.
    """

    function_name: str
    alias_name: str
    group_arn: str
    plan: GatePlan
    package: Package
    store: s3.IBucket
    topic: sns.ITopic
    log_key: kms.IKey
    role_path: str
    boundary: iam.IManagedPolicy

    def watch_arn(self, scope: Construct) -> str:
        """The watch's state machine, by its name: what starts it need not wait for it."""
        return arn(scope, "states", f"stateMachine:{part_name(self.function_name, WATCH)}")

    def identify(self, *more: str) -> Permission:
        """Ask who is under test, and do `more` to deployments of this group."""
        return Permission(actions=(*IDENTIFY, *more), resources=[self.group_arn])

    def function(
        self,
        scope: Construct,
        id_: str,
        *,
        entry: str,
        job: str,
        timeout_seconds: int,
        environment: Mapping[str, str],
        permissions: Sequence[Permission],
        lost_event_reason: str,
    ) -> LeastFunction:
        """Make a part's function; `entry` is the module of the package that handles it.

        It may keep the records and tell of verdicts, and do what `permissions` state.
        """
        return LeastFunction(
            scope,
            id_,
            job=job,
            package=self.package,
            settings=FunctionSettings(
                name=part_name(self.function_name, entry),
                handler=f"{entry}.handle",
                memory_mb=MEMORY_MB,
                timeout_seconds=timeout_seconds,
                environment={
                    "FUNCTION_NAME": self.function_name,
                    "ALIAS": self.alias_name,
                    "PLAN": self.plan.as_json(),
                    "RECORDS": self.store.bucket_name,
                    **environment,
                },
            ),
            permissions=[
                *permissions,
                *keep_records(self.store, self.function_name),
                _tell(scope),
            ],
            log_key=self.log_key,
            role_path=self.role_path,
            boundary=self.boundary,
            lost_event_reason=lost_event_reason,
        )


def _tell(scope: Construct) -> Permission:
    """Send verdicts, and no other event, to the account's own bus."""
    return Permission(
        actions=TELL,
        resources=[arn(scope, "events", "event-bus/default")],
        conditions={"StringEquals": {"events:source": SOURCE, "events:detail-type": DETAIL_TYPE}},
    )
