"""What the trail is searched for, an alarm reads."""

from collections.abc import Iterable, Iterator

from lockgate.rules.rule import (
    Resource,
    Rule,
    Template,
    listed,
    mapping,
    metadata,
    properties,
    resources,
)

Metric = tuple[object, object]


def _breaches(resource: Resource, template: Template) -> Iterable[str]:
    read = {
        metric
        for alarm in resources(template, "AWS::CloudWatch::Alarm").values()
        for metric in _read(alarm)
    }
    if metadata(resource).get("ReadBy") == "people":
        return
    for index, found in enumerate(listed(properties(resource).get("MetricTransformations"))):
        transformation = mapping(found)
        metric = (transformation.get("MetricNamespace"), transformation.get("MetricName"))
        if metric not in read:
            yield f"MetricTransformations.{index}.MetricName"


def _read(alarm: Resource) -> Iterator[Metric]:
    """The metrics of an alarm: its own, or those of its expression."""
    found = properties(alarm)
    yield found.get("Namespace"), found.get("MetricName")
    for query in listed(found.get("Metrics")):
        metric = mapping(mapping(mapping(query).get("MetricStat")).get("Metric"))
        yield metric.get("Namespace"), metric.get("MetricName")


RULE = Rule(
    id="LG-FilterWatched",
    what="A metric filter counts what no alarm of the template reads: it looks like a guard, and "
    "nobody hears of what it finds.",
    fix="Add an alarm on the filter's MetricNamespace and MetricName, or mend the name; where "
    "people look at the metric by themselves, say ReadBy: people in Metadata.Lockgate.",
    source="CIS AWS Foundations Benchmark, section Monitoring: a metric filter and an alarm for "
    "each event",
    resource_types=("AWS::Logs::MetricFilter",),
    breaches=_breaches,
)
