"""The watch: what looks at a canary each minute while CodeDeploy, by itself, would only wait."""

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_stepfunctions as stepfunctions
from constructs import Construct

from lockgate.acknowledge import acknowledge
from lockgate.gate import READ_COUNTS, WATCH, Gate, part_name
from lockgate.permissions import Permission
from lockgate.resource_types import no_narrower
from lockgate.role import JobRole
from lockgate.traffic_hook import INVOKE
from lockgate.trust import trusted_service
from lockgate.version_alarms import LOOKS_PER_MINUTE, VERDICT_NAMESPACE
from lockgate.watch_loop import LOOK_SECONDS, definition

STOP = ("codedeploy:StopDeployment",)
RAISE = ("cloudwatch:PutMetricData",)
FAILURES = ("ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted")


class CanaryWatch(Construct):
    """A state machine that looks at the canary each minute, and the function that looks.

    The function alone judges, and stops a deployment of this one group when its new version is
    degraded. It goes on until the deployment is over. A look that fails is tried again for five
    minutes; then the execution fails, as it does when it outlives the canary by far more than
    the hooks can take, and an alarm tells the gate's topic. Nothing
    here stops a release for lack of a look: the hook behind the canary judges all minutes once
    more. Costs 0.30 USD a month, and 0.01 USD for each two hours of canary.
    """

    def __init__(self, scope: Construct, id_: str, *, gate: Gate) -> None:
        super().__init__(scope, id_)
        self._gate = gate
        look = gate.function(
            self,
            "Look",
            entry=WATCH,
            job=f"Judge the canaries of {gate.function_name}, and stop what is degraded",
            timeout_seconds=LOOK_SECONDS,
            environment={},
            permissions=[
                gate.identify(*STOP),
                no_narrower(READ_COUNTS),
                no_narrower(RAISE, {"StringEquals": {"cloudwatch:namespace": VERDICT_NAMESPACE}}),
            ],
            lost_event_reason="Step Functions invokes it and waits for the answer; a look that "
            "fails is repeated, and at last the execution fails, which raises an alarm.",
        )
        machine = self._machine(look.function.function_arn)
        self._alarm(machine.attr_arn)

    def _machine(self, function_arn: str) -> stepfunctions.CfnStateMachine:
        name = part_name(self._gate.function_name, WATCH)
        role = JobRole(
            self,
            "Turning",
            job=f"Look at the canaries of {self._gate.function_name} (Step Functions)",
            trust=trusted_service(
                self, "states.amazonaws.com", source_arn=self._gate.watch_arn(self)
            ),
            permissions=[Permission(actions=INVOKE, resources=[function_arn])],
            path=self._gate.role_path,
            boundary=self._gate.boundary,
        ).role
        states = definition(function_arn=function_arn, minutes=self._gate.plan.minutes)
        machine = stepfunctions.CfnStateMachine(
            self,
            "Machine",
            state_machine_name=name,
            state_machine_type="STANDARD",
            role_arn=role.role_arn,
            definition_string=cdk.Stack.of(self).to_json_string(states),
        )
        history = (
            "A Standard execution keeps each event with its input and output for 90 days, and the "
            "function logs each look for a year; logs of its own would need a role that may "
            "change every log delivery of the account."
        )
        acknowledge(machine, "AwsSolutions::AwsSolutions-SF1", history)
        acknowledge(
            machine,
            "AwsSolutions::AwsSolutions-SF2",
            "A turn is one call of one function: its history and its log show all that a trace "
            "would.",
        )
        return machine

    def _alarm(self, machine_arn: str) -> None:
        failures = {
            name.lower(): cloudwatch.Metric(
                namespace="AWS/States",
                metric_name=name,
                statistic="Sum",
                period=cdk.Duration.minutes(1),
                dimensions_map={"StateMachineArn": machine_arn},
            )
            for name in FAILURES
        }
        alarm = cloudwatch.Alarm(
            self,
            "Died",
            alarm_description=f"The watch of {self._gate.function_name} ended before its canary: "
            "the version's own alarms and the hook after the shift are the guard now.",
            metric=cloudwatch.MathExpression(
                expression="+".join(f"FILL({name},0)" for name in failures),
                using_metrics=failures,
                label="executions that failed",
                period=cdk.Duration.minutes(1),
            ),
            threshold=0,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            # A minute that is not reported yet is filled with 0, so it is looked at again.
            evaluation_periods=LOOKS_PER_MINUTE,
            datapoints_to_alarm=1,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        alarm.add_alarm_action(actions.SnsAction(self._gate.topic))
