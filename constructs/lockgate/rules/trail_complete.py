"""The trail sees everything, everywhere, all the time."""

from collections.abc import Iterable, Mapping
from typing import Any

from lockgate.rules.rule import Resource, Rule, Template, listed, mapping, properties

ON = ("IsLogging", "IsMultiRegionTrail", "IncludeGlobalServiceEvents")


def _breaches(resource: Resource, _template: Template) -> Iterable[str]:
    trail = properties(resource)
    yield from (name for name in ON if trail.get(name) is not True)
    # Without selectors a trail takes all management events.
    for name, takes_all in (("EventSelectors", _takes_all), ("AdvancedEventSelectors", _names_all)):
        selectors = [mapping(selector) for selector in listed(trail.get(name))]
        if selectors and not any(map(takes_all, selectors)):
            yield name


def _takes_all(selector: Mapping[str, Any]) -> bool:
    """Whether a selector takes each management event."""
    return (
        selector.get("IncludeManagementEvents", True) is True
        and selector.get("ReadWriteType", "All") == "All"
        and not selector.get("ExcludeManagementEventSources")
    )


def _names_all(selector: Mapping[str, Any]) -> bool:
    """Whether an advanced selector does: it asks for the category, and nothing else."""
    fields = listed(selector.get("FieldSelectors"))
    return fields == [{"Field": "eventCategory", "Equals": ["Management"]}]


RULE = Rule(
    id="LG-TrailComplete",
    what="The trail is off, or does not see each Region, the global services or each management "
    "event: whoever knows where it does not look works there.",
    fix="Set IsLogging, IsMultiRegionTrail and IncludeGlobalServiceEvents to true, and let one "
    "event selector take all management events.",
    source="AWS Foundational Security Best Practices, CloudTrail.1; CIS AWS Foundations Benchmark, "
    "section Logging",
    resource_types=("AWS::CloudTrail::Trail",),
    breaches=_breaches,
)
