"""A function that handles the events of one rule."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

from lockgate.function import FunctionSettings, LeastFunction
from lockgate.function_alarm import tell_of_errors
from lockgate.packaging import Package
from lockgate.permissions import Permission

MEMORY_MB = 256
# A handler makes a few calls of seconds each; differences come in up to fifty pages.
TIMEOUT_SECONDS = 120


@dataclass(frozen=True, kw_only=True)
class SourceFunctions:
    """What the functions around a repository have in common.

    Attributes:
        package: the code of all of them.
        topic: where the failure of one is told.
        log_key: encrypts the log groups.
        role_path: where the roles live.
        boundary: bounds the roles.
    """

    package: Package
    topic: sns.ITopic
    log_key: kms.IKey
    role_path: str
    boundary: iam.IManagedPolicy


class EventFunction(Construct):
    """A rule, the one function that it invokes, and an alarm on the function's errors.

    Lambda tries a failed event twice more, and nothing but this rule may send one. Costs 0.10 USD
    a month for the alarm.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        shared: SourceFunctions,
        entry: str,
        job: str,
        event: events.EventPattern,
        environment: Mapping[str, str],
        permissions: Sequence[Permission],
        lost_event_reason: str,
        name: str | None = None,
    ) -> None:
        """Make them.

        Args:
            scope: the parent.
            id_: the construct's id.
            shared: the package, and what all its functions have.
            entry: the module of the package that handles the event.
            job: what it does.
            event: which events it is for.
            environment: plain environment variables.
            permissions: what it may do beside writing its log.
            lost_event_reason: what becomes of an event that fails three times.
            name: of the rule and the function; CloudFormation names them where there is none.
        """
        super().__init__(scope, id_)
        made = LeastFunction(
            self,
            "Handler",
            job=job,
            package=shared.package,
            settings=FunctionSettings(
                name=name,
                handler=f"{entry}.handle",
                memory_mb=MEMORY_MB,
                timeout_seconds=TIMEOUT_SECONDS,
                environment=environment,
            ),
            permissions=permissions,
            log_key=shared.log_key,
            role_path=shared.role_path,
            boundary=shared.boundary,
            lost_event_reason=lost_event_reason,
        )
        self.function, self.role = made.function, made.role
        tell_of_errors(
            self,
            "Failed",
            function=self.function,
            topic=shared.topic,
            meaning=f"Failed: {job}. {lost_event_reason}",
        )
        events.Rule(
            self,
            "Rule",
            rule_name=name,
            description=job,
            event_pattern=event,
            targets=[targets.LambdaFunction(self.function)],
        )
