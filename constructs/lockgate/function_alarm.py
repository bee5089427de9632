"""An alarm on a function's own errors."""

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from constructs import Construct


def tell_of_errors(
    scope: Construct, id_: str, *, function: lambda_.IFunction, topic: sns.ITopic, meaning: str
) -> None:
    """Tell the topic as soon as an invocation fails; costs 0.10 USD a month.

    Args:
        scope: the parent.
        id_: the alarm's id.
        function: what may fail.
        topic: who hears of it.
        meaning: what a failure means, and what comes of it.
    """
    cloudwatch.Alarm(
        scope,
        id_,
        alarm_description=meaning,
        metric=function.metric_errors(period=cdk.Duration.minutes(1), statistic="Sum"),
        threshold=0,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        evaluation_periods=1,
        # Between events there is nothing to see.
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
    ).add_alarm_action(actions.SnsAction(topic))
