"""The aggregate alarm of a service in one environment, which holds releases back."""

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from constructs import Construct

from lockgate.lambda_target import ALIAS
from lockgate.version_alarms import LOOKS_PER_MINUTE, VersionObjectives, excess

# The chance of a false alarm is spread over a day: a service that meets its objectives raises
# one in about three years.
DAY_MINUTES = 1440
KINDS = ("failed", "slow")


def health_alarm(stack_name: str) -> str:
    """The name of a service's aggregate alarm in an environment."""
    return f"{stack_name}-health"


def health_alarms(stack_name: str) -> list[str]:
    """The names of the aggregate and of all alarms that it is made of."""
    return [health_alarm(stack_name), *(f"{stack_name}-{kind}" for kind in KINDS)]


class HealthAlarms(Construct):
    """Failed and slow requests of the whole service, and one alarm over both.

    They look at the alias, whatever version answers: a release enters while the aggregate is
    quiet, and stays only if it is quiet through the bake. They are made before the service, so
    that its very first release meets a gate, and no release can change them. A minute without
    requests raises nothing: how many there must be is counted apart. Costs 0.90 USD a month.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        name: str,
        objectives: VersionObjectives,
        topic: sns.ITopic,
    ) -> None:
        """Make the alarms.

        Args:
            scope: the parent.
            id_: the construct's id.
            name: the service's stack and function.
            objectives: what the service is held to.
            topic: told when one turns red.
        """
        super().__init__(scope, id_)
        dimensions = {"FunctionName": name, "Resource": f"{name}:{ALIAS}"}
        requests = _metric("Invocations", "Sum", dimensions)
        bad = (
            ("Errors", "Sum", objectives.errors_percent),
            ("Duration", f"TC({objectives.latency_ms}:)", objectives.slow_percent),
        )
        alarms = [
            cloudwatch.Alarm(
                self,
                kind.title(),
                alarm_name=f"{name}-{kind}",
                alarm_description=f"More requests to {name} {kind} in a minute than an objective "
                f"of {percent:g} % explains.",
                metric=cloudwatch.MathExpression(
                    expression=excess("bad", percent, DAY_MINUTES),
                    using_metrics={
                        "bad": _metric(metric, statistic, dimensions),
                        "requests": requests,
                    },
                    label=f"{kind} requests, above the objective",
                    period=cdk.Duration.minutes(1),
                ),
                threshold=0,
                comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
                evaluation_periods=LOOKS_PER_MINUTE,
                datapoints_to_alarm=1,
                treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            )
            for kind, (metric, statistic, percent) in zip(KINDS, bad, strict=True)
        ]
        self.aggregate = cloudwatch.CompositeAlarm(
            self,
            "Aggregate",
            composite_alarm_name=health_alarm(name),
            alarm_description=f"{name} breaks an objective: no release enters, and the one that "
            "bakes is taken back.",
            alarm_rule=cloudwatch.AlarmRule.any_of(
                *(
                    cloudwatch.AlarmRule.from_alarm(alarm, cloudwatch.AlarmState.ALARM)
                    for alarm in alarms
                )
            ),
        )
        for alarm in (*alarms, self.aggregate):
            alarm.add_alarm_action(actions.SnsAction(topic))


def _metric(name: str, statistic: str, dimensions: Mapping[str, str]) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace="AWS/Lambda",
        metric_name=name,
        statistic=statistic,
        period=cdk.Duration.minutes(1),
        dimensions_map=dict(dimensions),
    )
