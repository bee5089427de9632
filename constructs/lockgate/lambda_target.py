"""The Lambda target: a function whose releases CodeDeploy shifts traffic to, a little first."""

import hashlib
from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_codedeploy as codedeploy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from constructs import Construct, IConstruct

from lockgate.canary_watch import CanaryWatch
from lockgate.deployer import Owned
from lockgate.function import FunctionSettings, LeastFunction
from lockgate.gate import WATCH, Gate, part_name
from lockgate.gate_plan import GatePlan
from lockgate.packaging import Package
from lockgate.permissions import Permission, arn
from lockgate.role import JobRole
from lockgate.traffic_hook import POST_TRAFFIC, PRE_TRAFFIC, TrafficHook
from lockgate.trust import trusted_service
from lockgate.verdict_notice import VerdictNotice, verdict_rule
from lockgate.version_alarms import VersionAlarms, VersionObjectives

ALIAS = "live"
# As AWSCodeDeployRoleForLambda grants them, on this one function instead of all.
SHIFT_TRAFFIC = (
    "lambda:GetAlias",
    "lambda:GetProvisionedConcurrencyConfig",
    "lambda:UpdateAlias",
)
READ_ALARMS = ("cloudwatch:DescribeAlarms",)


def functions(name: str) -> list[str]:
    """The functions of a Lambda target of this name: its own, and those of its gate."""
    return [name, *(part_name(name, entry) for entry in (PRE_TRAFFIC, POST_TRAFFIC, WATCH))]


def owned(name: str) -> list[Owned]:
    """What a stack with a Lambda target of this name holds under names that we choose."""
    return [
        Owned(service="codedeploy", resources=[f"application:{name}"]),
        Owned(service="codedeploy", resources=[f"deploymentgroup:{name}/{ALIAS}"]),
        Owned(
            service="codedeploy",
            resources=[f"deploymentconfig:{name}-*"],
            wildcard_reason="A deployment configuration's name holds its numbers.",
        ),
        Owned(service="events", resources=[f"rule/{verdict_rule(name)}"]),
        Owned(service="lambda", resources=[f"function:{own}" for own in functions(name)]),
        Owned(
            service="lambda",
            resources=[f"function:{name}:*"],
            wildcard_reason="Lambda numbers a function's versions as they are published.",
        ),
        Owned(service="states", resources=[f"stateMachine:{part_name(name, WATCH)}"]),
    ]


def call(scope: IConstruct, name: str) -> Permission:
    """Call the service as its customers do, by its alias."""
    return Permission(
        actions=("lambda:InvokeFunction",),
        resources=[arn(scope, "lambda", f"function:{name}:{ALIAS}")],
    )


class LambdaTarget(Construct):
    """A function, its alias `live`, and the CodeDeploy group that moves the alias.

    A release publishes a version, and only if Lambda finds the digest that was built. Before it
    gets traffic, the pre-traffic hook runs the service's contract against it; then CodeDeploy
    gives it `plan.percent` of the requests for `plan.minutes`, while the watch compares it with
    the version before and the alarms look at it alone; then all; then the post-traffic hook
    gives the verdict. A failure, an alarm or a stop takes the alias back to the version before.
    The first release of all has none before it: it goes live at once and unwatched, as
    CodeDeploy shifts nothing when an alias is made.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        settings: FunctionSettings,
        package: Package,
        gate_package: Package,
        permissions: Sequence[Permission],
        plan: GatePlan,
        objectives: VersionObjectives,
        store: s3.IBucket,
        topic: sns.ITopic,
        log_key: kms.IKey,
        role_path: str,
        boundary: iam.IManagedPolicy,
    ) -> None:
        super().__init__(scope, id_)
        if settings.name is None:
            raise ValueError(f"{self.node.path}: customers call a function by its name")
        name = settings.name
        self.workload = LeastFunction(
            self,
            "Workload",
            job=f"Serve {name}",
            package=package,
            settings=settings,
            permissions=permissions,
            log_key=log_key,
            role_path=role_path,
            boundary=boundary,
            lost_event_reason="It is invoked synchronously: a failed request is answered to its "
            "caller, and none is lost in a queue.",
        )
        version = self.workload.function.current_version
        self.alias = lambda_.Alias(self, "Alias", alias_name=ALIAS, version=version)
        self.alarms = VersionAlarms(
            self,
            "Alarms",
            function_name=name,
            alias_name=ALIAS,
            version=version.version,
            release=release_id(version),
            objectives=objectives,
            canary_minutes=plan.minutes,
            topic=topic,
        )
        gate = Gate(
            function_name=name,
            alias_name=ALIAS,
            group_arn=arn(self, "codedeploy", f"deploymentgroup:{name}/{ALIAS}"),
            plan=plan,
            package=gate_package,
            store=store,
            topic=topic,
            log_key=log_key,
            role_path=role_path,
            boundary=boundary,
        )
        pre_traffic = TrafficHook(self, "PreTraffic", entry=PRE_TRAFFIC, gate=gate)
        post_traffic = TrafficHook(self, "PostTraffic", entry=POST_TRAFFIC, gate=gate)
        watch = CanaryWatch(self, "Watch", gate=gate)
        notice = VerdictNotice(self, "Notice", function_name=name, topic=topic)
        function_arn = arn(self, "lambda", f"function:{name}")
        role = JobRole(
            self,
            "Shifting",
            job=f"Shift the traffic of {name} between two versions (CodeDeploy)",
            trust=trusted_service(self, "codedeploy.amazonaws.com", source_arn=gate.group_arn),
            permissions=[
                Permission(
                    actions=SHIFT_TRAFFIC, resources=[function_arn, f"{function_arn}:{ALIAS}"]
                ),
                Permission(
                    actions=("lambda:InvokeFunction",),
                    resources=[hook.function.function_arn for hook in (pre_traffic, post_traffic)],
                ),
                Permission(
                    actions=READ_ALARMS,
                    resources=[alarm.alarm_arn for alarm in self.alarms.alarms],
                ),
            ],
            path=role_path,
            boundary=boundary,
        ).role
        application = codedeploy.LambdaApplication(self, "Application", application_name=name)
        self.group = codedeploy.LambdaDeploymentGroup(
            self,
            "Group",
            application=application,
            deployment_group_name=ALIAS,
            alias=self.alias,
            role=role,
            pre_hook=pre_traffic.function,
            post_hook=post_traffic.function,
            alarms=self.alarms.alarms,
            ignore_poll_alarms_failure=False,
            deployment_config=codedeploy.LambdaDeploymentConfig(
                self,
                "Shift",
                # The name holds the numbers: CodeDeploy cannot change a configuration in place.
                deployment_config_name=f"{name}-{plan.percent}pct-{plan.minutes}min",
                traffic_routing=codedeploy.TimeBasedCanaryTrafficRouting(
                    percentage=plan.percent, interval=cdk.Duration.minutes(plan.minutes)
                ),
            ),
            auto_rollback=codedeploy.AutoRollbackConfig(
                failed_deployment=True, stopped_deployment=True, deployment_in_alarm=True
            ),
        )
        # The group must know the new version's alarms, and the gate be the new release's, before
        # the alias moves.
        self.alias.node.add_dependency(
            self.group, self.alarms, pre_traffic, post_traffic, watch, notice
        )


def release_id(version: lambda_.Version) -> str:
    """Eight digits that change with whatever makes the CDK publish a new version."""
    resource = version.node.default_child
    if not isinstance(resource, cdk.CfnElement):
        raise TypeError(f"{version.node.path} is not a version of this stack")
    logical_id = str(cdk.Stack.of(version).resolve(resource.logical_id))
    return hashlib.sha256(logical_id.encode()).hexdigest()[:8]
