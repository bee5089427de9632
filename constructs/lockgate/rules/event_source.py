"""A rule listens to the resources that it is for."""

from collections.abc import Iterable

from lockgate.rules.rule import Resource, Rule, Template, listed, mapping, properties

# What an event's detail says of how it went, and not of whom.
OUTCOMES = {"build-status", "event", "eventName", "outcome", "state", "status", "type"}


def _breaches(resource: Resource, _template: Template) -> Iterable[str]:
    rule = properties(resource)
    if "EventPattern" not in rule:
        return
    pattern = mapping(rule["EventPattern"])
    sources = listed(pattern.get("source"))
    if not sources or not all(isinstance(source, str) for source in sources):
        yield "EventPattern.source"
    narrow = {*mapping(pattern.get("detail"))} - OUTCOMES
    if not (pattern.get("resources") or pattern.get("account") or narrow):
        yield "EventPattern.resources"


RULE = Rule(
    id="LG-EventSource",
    what="A rule listens to whoever sends, or to every resource of a service: an event of another "
    "pipeline, or one that somebody made up, starts what it should not.",
    fix="Name the source in the pattern, and the resources, the account or a field of the detail "
    "that tells one resource from another.",
    source="EventBridge User Guide, Best practices for event patterns",
    resource_types=("AWS::Events::Rule",),
    breaches=_breaches,
)
