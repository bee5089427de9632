"""Alarms on what matters to a pipeline, counted in the trail."""

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from constructs import Construct

from lockgate.audit.account import ACCOUNT
from lockgate.audit.decisions import decisions
from lockgate.audit.event import AuditedEvent, Machines, within
from lockgate.audit.machinery import machinery

NAMESPACE = "Lockgate/Audit"


def audited(machines: Machines) -> tuple[AuditedEvent, ...]:
    """All that people hear of."""
    return (*ACCOUNT, *machinery(machines), *decisions(machines))


class AuditAlarms(Construct):
    """A metric filter and an alarm for each audited event; all tell `topic`.

    Whatever accounts the trail records, people hear of this one: what its machines are, and what
    is done by hand, is known here alone. Costs 0.10 USD a month for each alarm and 0.30 USD for
    each metric that had an event.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        delivery: str,
        log_group: logs.ILogGroup,
        topic: sns.ITopic,
        of_organization: bool,
    ) -> None:
        """Make the alarms.

        Args:
            scope: the parent.
            id_: the construct's id.
            delivery: the delivery's name.
            log_group: has the trail's events.
            topic: who hears.
            of_organization: whether other accounts' events are among them.
        """
        super().__init__(scope, id_)
        stack = cdk.Stack.of(self)
        machines = Machines(
            delivery=delivery,
            partition=stack.partition,
            region=stack.region,
            account=stack.account,
        )
        for event in audited(machines):
            metric = logs.MetricFilter(
                self,
                f"{event.name}Filter",
                log_group=log_group,
                filter_pattern=logs.FilterPattern.literal(
                    within(event.pattern, stack.account) if of_organization else event.pattern
                ),
                metric_namespace=NAMESPACE,
                metric_name=event.name,
                metric_value="1",
            ).metric(statistic="Sum", period=cdk.Duration.minutes(5))
            alarm = cloudwatch.Alarm(
                self,
                event.name,
                alarm_description=f"{event.what} {event.why} ({event.source})",
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
