"""What people are told of a canary's verdict."""

from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_sns as sns
from constructs import Construct

# As the gate's functions send it; notice.py of their package says the same.
SOURCE = "lockgate"
DETAIL_TYPE = "Canary Verdict"
# A release that passed is no news.
TOLD = ("failed", "stopped", "warned")


def verdict_rule(function_name: str) -> str:
    """The name of the rule that tells of a function's verdicts."""
    return f"{function_name}-verdict"


class VerdictNotice(Construct):
    """A rule that tells `topic` which release was stopped, failed or let through with a doubt.

    The message names the deployment, the versions, the reason and the record. Costs nothing but
    the event, 1.00 USD for a million.
    """

    def __init__(
        self, scope: Construct, id_: str, *, function_name: str, topic: sns.ITopic
    ) -> None:
        super().__init__(scope, id_)
        events.Rule(
            self,
            "Rule",
            rule_name=verdict_rule(function_name),
            description=f"Tells of the verdicts on releases of {function_name}",
            event_pattern=events.EventPattern(
                source=[SOURCE],
                detail_type=[DETAIL_TYPE],
                detail={"function": [function_name], "outcome": list(TOLD)},
            ),
            targets=[targets.SnsTopic(topic, message=_message())],
        )


def _message() -> events.RuleTargetInput:
    """One line: EventBridge puts each line of a longer text in quotes of its own."""
    detail = {
        name: events.EventField.from_path(f"$.detail.{name}")
        for name in (
            "function",
            "alias",
            "outcome",
            "verdict",
            "reason",
            "deployment",
            "current_version",
            "target_version",
            "record",
        )
    }
    return events.RuleTargetInput.from_text(
        "Canary of {function}:{alias}: {outcome}, verdict {verdict}. {reason} "
        "Version {target_version} was to replace version {current_version} in deployment "
        "{deployment}. Record: {record}".format_map(detail)
    )
