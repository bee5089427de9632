"""An alarm tells somebody, and says what silence means."""

from collections.abc import Iterable

from lockgate.rules.rule import Resource, Rule, Template, metadata, properties

ALARM, COMPOSITE = "AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"
# Who may read an alarm that tells nobody by itself, as its Metadata.Lockgate.ReadBy.
READERS = {"CodeDeploy", "CodePipeline", "CompositeAlarm"}


def _breaches(resource: Resource, _template: Template) -> Iterable[str]:
    alarm = properties(resource)
    if alarm.get("ActionsEnabled", True) is not True:
        yield "ActionsEnabled"
    if not alarm.get("AlarmActions") and metadata(resource).get("ReadBy") not in READERS:
        yield "AlarmActions"
    if resource["Type"] == ALARM and not alarm.get("TreatMissingData"):
        yield "TreatMissingData"


RULE = Rule(
    id="LG-AlarmActions",
    what="An alarm is raised and nobody hears of it, or a metric that stops coming leaves it as "
    "it was: by default no data is no alarm.",
    fix="Give it an AlarmAction, or say who reads it in Metadata.Lockgate.ReadBy ("
    + ", ".join(sorted(READERS))
    + "); leave ActionsEnabled true; state TreatMissingData.",
    source="CloudWatch User Guide, Configuring how CloudWatch alarms treat missing data; AWS "
    "Foundational Security Best Practices, CloudWatch.15 and CloudWatch.17",
    resource_types=(ALARM, COMPOSITE),
    breaches=_breaches,
)
