"""Alarms on one version of a function: the coarse guard beside the judge.

An alarm over the alias sees a 10 % canary diluted tenfold; these read the metrics that Lambda
keeps for one version behind an alias (Lambda Developer Guide, "Viewing metrics for Lambda
functions": dimensions FunctionName, Resource and ExecutedVersion).

A fixed number of errors is deaf at low traffic and cries at high traffic. So the alarm asks
whether a minute's bad requests are more than the objective explains, for any number of
requests. For n requests that are each bad with probability at most p, Bernstein's inequality
(Boucheron, Lugosi, Massart: Concentration Inequalities, section 2.8) gives

    P(bad >= n p + sqrt(2 n p (1 - p) t) + t / 3) <= exp(-t).

With t = ln(looks / false_alarm) the chance that a version which meets its objective raises the
alarm during the canary is at most `false_alarm`.
"""

import math
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from constructs import Construct

FALSE_ALARM = 0.001
# Where the watch raises its verdict; trial.py and watch.py of the gate's package say the same.
VERDICT_NAMESPACE = "Lockgate"
VERDICT_METRIC = "Degraded"
# Metrics of a minute may arrive late, so each minute is looked at again twice.
LOOKS_PER_MINUTE = 3


@dataclass(frozen=True, kw_only=True)
class VersionObjectives:
    """What every version promises.

    Attributes:
        errors_percent: the largest share of failed requests, in percent (0 to 100).
        latency_ms: a request is slow when it takes longer, in milliseconds.
        slow_percent: the largest share of slow requests, in percent (0 to 100).
    """

    errors_percent: float
    latency_ms: int
    slow_percent: float


def excess(bad: str, percent: float, minutes: int) -> str:
    """A metric-math expression: above zero when a minute's bad requests break the objective.

    Args:
        bad: the id of the metric that counts bad requests; `requests` counts all.
        percent: the objective, the largest share of bad requests in percent (0 to 100).
        minutes: how long the canary runs.
    """
    p = percent / 100
    t = math.log(minutes * LOOKS_PER_MINUTE / FALSE_ALARM)
    slope, spread, rest = f"{p:.6g}", f"{2 * p * (1 - p) * t:.6g}", f"{t / 3:.6g}"
    return f"{bad}-({slope}*requests+({spread}*requests)^0.5+{rest})"


class VersionAlarms(Construct):
    """Three alarms on a release's version: failed requests, slow requests, the watch's verdict.

    They are made anew for each release (`release` stands in their ids), before the alias moves:
    CodeDeploy refuses to start while an alarm of the group is red, and the alarms of a bad
    version must not keep its repair out. A minute without requests raises nothing, on purpose:
    no traffic is no evidence of errors, and whether there was enough of it is for the hooks to
    say. The verdict's alarm is the second way to a stop: the watch stops the deployment itself,
    and CodeDeploy stops it on the alarm. All tell `topic`.
    Costs 0.10 USD a month for each metric that an alarm reads, 0.50 USD together.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        function_name: str,
        alias_name: str,
        version: str,
        release: str,
        objectives: VersionObjectives,
        canary_minutes: int,
        topic: sns.ITopic,
    ) -> None:
        super().__init__(scope, id_)
        dimensions = {
            "FunctionName": function_name,
            "Resource": f"{function_name}:{alias_name}",
            "ExecutedVersion": version,
        }

        def metric(name: str, statistic: str) -> cloudwatch.Metric:
            return cloudwatch.Metric(
                namespace="AWS/Lambda",
                metric_name=name,
                statistic=statistic,
                period=cdk.Duration.minutes(1),
                dimensions_map=dimensions,
            )

        requests = metric("Invocations", "Sum")
        kinds = {
            "Errors": (metric("Errors", "Sum"), objectives.errors_percent, "failed"),
            # TC counts the samples above its bound (CloudWatch User Guide, "Statistics").
            "Slow": (
                metric("Duration", f"TC({objectives.latency_ms}:)"),
                objectives.slow_percent,
                f"took longer than {objectives.latency_ms} ms",
            ),
        }
        self.alarms = [
            cloudwatch.Alarm(
                self,
                f"Verdict{release}",
                alarm_description=f"The watch calls one version of {function_name} degraded.",
                metric=cloudwatch.Metric(
                    namespace=VERDICT_NAMESPACE,
                    metric_name=VERDICT_METRIC,
                    statistic="Maximum",
                    period=cdk.Duration.minutes(1),
                    dimensions_map={"FunctionName": function_name, "ExecutedVersion": version},
                ),
                threshold=0,
                comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
                evaluation_periods=1,
                # The watch says nothing while there is nothing to say.
                treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            )
        ]
        for kind, (bad, percent, what) in kinds.items():
            alarm = cloudwatch.Alarm(
                self,
                f"{kind}{release}",
                alarm_description=f"More requests to one version of {function_name} {what} in a "
                f"minute than an objective of {percent:g} % explains.",
                metric=cloudwatch.MathExpression(
                    expression=excess("bad", percent, canary_minutes),
                    using_metrics={"bad": bad, "requests": requests},
                    label=f"requests that {what}, above the objective",
                    period=cdk.Duration.minutes(1),
                ),
                threshold=0,
                comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
                evaluation_periods=LOOKS_PER_MINUTE,
                datapoints_to_alarm=1,
                treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            )
            self.alarms.append(alarm)
        for alarm in self.alarms:
            alarm.add_alarm_action(actions.SnsAction(topic))
