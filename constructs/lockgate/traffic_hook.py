"""A function that CodeDeploy runs before or after it shifts traffic."""

from constructs import Construct

from lockgate.function_alarm import tell_of_errors
from lockgate.gate import READ_COUNTS, Gate
from lockgate.permissions import Permission, arn
from lockgate.resource_types import no_narrower

PRE_TRAFFIC, POST_TRAFFIC = "pre_traffic", "post_traffic"
REPORT = ("codedeploy:PutLifecycleEventHookExecutionStatus",)
READ_ALIAS = ("lambda:GetAlias",)
INVOKE = ("lambda:InvokeFunction",)
START_WATCH = ("states:StartExecution",)
# Lambda's most: after the shift the last minutes' counts have yet to settle. CodeDeploy waits
# an hour for a hook.
TIMEOUT_SECONDS = 900


class TrafficHook(Construct):
    """A hook of one deployment group: it tests the new version and reports one status.

    It may invoke the function's versions, ask who is under test, keep the record, tell of the
    verdict and report to this deployment group alone; the hook before the traffic starts the
    watch, the one behind it reads the counts. CodeDeploy waits an hour for a hook that dies
    without a report; an alarm on the hook's own errors tells the gate's topic at once. Costs
    0.10 USD a month.
    """

    def __init__(self, scope: Construct, id_: str, *, entry: str, gate: Gate) -> None:
        """Make the hook.

        Args:
            scope: the parent.
            id_: the construct's id.
            entry: the module of the package that handles this hook: `PRE_TRAFFIC` or
                `POST_TRAFFIC`.
            gate: what it is a part of.
        """
        super().__init__(scope, id_)
        before = entry == PRE_TRAFFIC
        watch = gate.watch_arn(self)
        self.function = gate.function(
            self,
            "Hook",
            entry=entry,
            job=f"Test a new version of {gate.function_name} ({entry} hook)",
            timeout_seconds=TIMEOUT_SECONDS,
            environment={"WATCH": watch} if before else {},
            permissions=[
                gate.identify(*REPORT),
                *_meet_versions(self, gate),
                Permission(actions=START_WATCH, resources=[watch])
                if before
                else no_narrower(READ_COUNTS),
            ],
            lost_event_reason="An event holds two ids and nothing to keep: a deployment whose "
            "hook never reports fails by itself, and the alarm beside it tells.",
        ).function
        tell_of_errors(
            self,
            "Died",
            function=self.function,
            topic=gate.topic,
            meaning=f"The {entry} hook of {gate.function_name} ended without a report; "
            "CodeDeploy waits an hour for it and then fails the deployment.",
        )


def _meet_versions(scope: Construct, gate: Gate) -> list[Permission]:
    workload = arn(scope, "lambda", f"function:{gate.function_name}")
    return [
        Permission(
            actions=INVOKE,
            resources=[f"{workload}:*"],
            wildcard_reason="The version under test has its number only once it is published; "
            "this is any version of this one function.",
        ),
        Permission(actions=READ_ALIAS, resources=[workload, f"{workload}:{gate.alias_name}"]),
    ]
