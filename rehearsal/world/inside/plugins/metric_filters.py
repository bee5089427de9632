"""Metric filters of CloudWatch Logs: each log event that matches is a value of a metric.

So is a log group's every batch without a match, in a minute without one, where the filter has a
default value. ministack keeps filters and does nothing with them.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from rehearsal.world.inside.filter_conditions import FilterPatternError, selected
from rehearsal.world.inside.filter_patterns import compiled, parsed
from rehearsal.world.inside.setting import Setting

Filter = Mapping[str, Any]
LogEvent = Mapping[str, Any]
MINUTE = 60
JSON = {"Content-Type": "application/x-amz-json-1.1"}
_matcher = lru_cache(maxsize=1024)(compiled)


def install(world: Setting) -> None:
    """Let filters be checked when they are put, and count in every log from then on."""
    seams = world.seams
    stock_put = seams.get("cloudwatch_logs._put_metric_filter")
    stock_logs = seams.get("app.SERVICE_HANDLERS")["logs"]
    stock_pass_on = seams.get("cloudwatch_logs._fanout_to_subscription_filters")
    counted_minutes: set[tuple[str, str, str, str, int]] = set()
    world.memory.hold("metric filters", counted_minutes)

    def put(data: Mapping[str, Any]) -> Any:
        wrong = _wrong(data)
        return _refused(wrong) if wrong else stock_put(data)

    # Every writer of logs passes here, once it has stored them.
    def pass_on(group: str, stream: str, events: Sequence[LogEvent]) -> None:
        stock_pass_on(group, stream, events)
        filters = seams.get("cloudwatch_logs._metric_filters")
        for each in [each for (name, _), each in list(filters.items()) if name == group]:
            _count(world, each, events, counted_minutes)

    async def logs(method: str, path: str, headers: Any, body: bytes, query: Any) -> Any:
        if headers.get("x-amz-target", "").endswith(".TestMetricFilter"):
            return _tested(json.loads(body))
        return await stock_logs(method, path, headers, body, query)

    seams.put("cloudwatch_logs._put_metric_filter", put)
    seams.put("cloudwatch_logs._fanout_to_subscription_filters", pass_on)
    seams.get("app.SERVICE_HANDLERS")["logs"] = logs


def _wrong(data: Mapping[str, Any]) -> str:
    """Why AWS refuses the filter; nothing where it takes it."""
    pattern, transformations = data.get("filterPattern", ""), data.get("metricTransformations")
    if not transformations:
        return "metricTransformations must have one member"
    try:
        compiled(pattern)
        wrong = [_wrong_transformation(each, pattern) for each in transformations]
    except FilterPatternError as error:
        return f"Invalid metric filter pattern: {error}"
    except ValueError:
        return "metricValue is neither a number nor a field"
    return "; ".join(filter(None, wrong))


def _wrong_transformation(each: Mapping[str, Any], pattern: str) -> str:
    dimensions, value = each.get("dimensions") or {}, str(each.get("metricValue", ""))
    if dimensions and each.get("defaultValue") is not None:
        return "a filter with dimensions has no default value"
    if dimensions and not pattern.strip().startswith("{"):
        return "dimensions need a pattern for fields"
    if not value.startswith("$"):
        float(value)
    for selector in (*dimensions.values(), *([value] if value.startswith("$") else [])):
        selected({}, selector)
    return ""


def _count(
    world: Setting,
    each: Filter,
    events: Sequence[LogEvent],
    counted: set[tuple[str, str, str, str, int]],
) -> None:
    get = world.seams.get
    here = (get("responses.get_account_id")(), get("responses.get_region")())
    matches = _matcher(each["filterPattern"])
    hits = [matches(event["message"]) for event in events]
    for transformation in each["metricTransformations"]:
        default = transformation.get("defaultValue")
        if default is None and not any(hits):
            continue
        for event, hit in zip(events, hits, strict=True):
            if default is None and not hit:
                continue
            at = event.get("timestamp", world.clock.now() * 1000) / 1000
            minute = (*here, each["logGroupName"], each["filterName"], int(at // MINUTE))
            found = _values(transformation, event["message"], hit=hit)
            for value, dimensions in found:
                counted.add(minute)
                _store(world, transformation, value, dimensions, at)
            if default is not None and minute not in counted:
                counted.add(minute)
                _store(world, transformation, float(default), {}, at)


def _values(
    transformation: Mapping[str, Any], message: str, *, hit: bool
) -> Iterator[tuple[float, dict[str, str]]]:
    """The value of a log event and its dimensions; none where a field that they name is missing."""
    if not hit:
        return
    event = parsed(message) or {}
    named = transformation.get("dimensions") or {}
    dimensions = {name: selected(event, selector) for name, selector in named.items()}
    value = str(transformation["metricValue"])
    values = selected(event, value) if value.startswith("$") else [value]
    if not values or not all(dimensions.values()):
        return
    try:
        number = float(values[0])
    except (TypeError, ValueError):
        return
    yield number, {name: str(found[0]) for name, found in dimensions.items()}


def _store(
    world: Setting,
    transformation: Mapping[str, Any],
    value: float,
    dimensions: dict[str, str],
    at: float,
) -> None:
    store: Callable[..., None] = world.seams.get("cloudwatch._store_datum")
    namespace, name = transformation["metricNamespace"], transformation["metricName"]
    unit = transformation.get("unit") or "None"
    store(namespace, name, dimensions, at, unit, None, [value], None, None)


def _tested(data: Mapping[str, Any]) -> Any:
    """The answer to TestMetricFilter."""
    messages, pattern = data.get("logEventMessages") or [], data.get("filterPattern", "")
    try:
        matches = compiled(pattern)
    except FilterPatternError as error:
        return _refused(f"Invalid metric filter pattern: {error}")
    hits = [
        {"eventNumber": number, "eventMessage": message, "extractedValues": {}}
        for number, message in enumerate(messages, 1)
        if matches(message)
    ]
    return 200, dict(JSON), json.dumps({"matches": hits}).encode()


def _refused(why: str) -> Any:
    content = {"__type": "InvalidParameterException", "message": why}
    return 400, dict(JSON), json.dumps(content).encode()
