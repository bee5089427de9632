"""Metrics in log lines: CloudWatch's embedded metric format."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple


class Embedded(NamedTuple):
    """One metric of a line, for one set of dimensions.

    Attributes:
        namespace: where it belongs.
        name: what it is called.
        dimensions: whom it is about.
        at: when, in seconds since 1970.
        unit: what it counts.
        values: one or more.
    """

    namespace: str
    name: str
    dimensions: dict[str, str]
    at: float
    unit: str
    values: list[float]


def embedded_metrics(line: str, now: float) -> Iterator[Embedded]:
    """The metrics of a log line; none where it is in another format, as CloudWatch has it.

    Args:
        line: one line of a log.
        now: when it was written, for a line that does not say.
    """
    if '"_aws"' not in line:
        return
    try:
        content = json.loads(line[line.index("{") :])
        about = content["_aws"]
        at = float(about.get("Timestamp", now * 1000)) / 1000
        directives = list(about["CloudWatchMetrics"])
        for directive in directives:
            yield from _of_directive(directive, content, at)
    except (ValueError, KeyError, TypeError, AttributeError):
        return


def _of_directive(
    directive: Mapping[str, Any], content: Mapping[str, Any], at: float
) -> Iterator[Embedded]:
    namespace = str(directive["Namespace"])
    for metric in directive["Metrics"]:
        value = content[metric["Name"]]
        values = [float(each) for each in (value if isinstance(value, list) else [value])]
        unit = str(metric.get("Unit", "None"))
        for names in directive.get("Dimensions") or [[]]:
            dimensions = {name: str(content[name]) for name in names}
            yield Embedded(namespace, metric["Name"], dimensions, at, unit, values)
