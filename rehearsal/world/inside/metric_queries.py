"""Answers a list of metric queries, as GetMetricData and metric-math alarms put them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from rehearsal.world.inside.expressions import Series, Value, evaluate
from rehearsal.world.inside.period_statistics import Sample, statistic


class Window(NamedTuple):
    """From when on, and until before when, in seconds since 1970."""

    start: float
    end: float


# Looks up a metric's samples in a window, by the start of their period of so many seconds, by
# namespace, name and dimensions.
Lookup = Callable[[str, str, Mapping[str, str], Window, int], Mapping[int, Sequence[Sample]]]


def answer(
    queries: Sequence[Mapping[str, Any]], window: Window, look_up: Lookup
) -> dict[str, Series]:
    """The series of each query by its id, those of expressions included.

    Args:
        queries: `MetricDataQueries` of GetMetricData, or `Metrics` of an alarm.
        window: which samples count.
        look_up: where the samples come from.

    Raises:
        ValueError: a query is none that the world can answer.
    """
    found: dict[str, Series] = {}
    math = [query for query in queries if query.get("Expression")]
    for query in queries:
        if not query.get("Expression"):
            found[query["Id"]] = of_metric(query["MetricStat"], window, look_up)
    moments = _moments(window, period_of(queries))
    while math:
        ready = [q for q in math if not _ids(q["Expression"], math)]
        if not ready:
            raise ValueError(f"the expressions need each other: {[q['Id'] for q in math]}")
        for query in ready:
            found[query["Id"]] = _everywhere(evaluate(query["Expression"], found, moments), moments)
            math.remove(query)
    return found


def of_metric(stat: Mapping[str, Any], window: Window, look_up: Lookup) -> Series:
    """One metric's statistic by the start of each period in which there is one."""
    metric, period = stat["Metric"], int(stat["Period"])
    dimensions = {each["Name"]: each["Value"] for each in metric.get("Dimensions") or ()}
    whole = Window(int(window.start // period) * period, window.end)
    periods = look_up(metric["Namespace"], metric["MetricName"], dimensions, whole, period)
    values = {start: statistic(stat["Stat"], periods[start]) for start in sorted(periods)}
    return {start: value for start, value in values.items() if value is not None}


def period_of(queries: Sequence[Mapping[str, Any]]) -> int:
    """The period that the queries share, in seconds: the longest of them."""
    periods = [int((query.get("MetricStat") or query).get("Period") or 0) for query in queries]
    return max([*periods, 0]) or 60


def _moments(window: Window, period: int) -> list[int]:
    first = int(window.start // period) * period
    return list(range(first, -int(-window.end // 1), period))


def _ids(expression: str, others: Sequence[Mapping[str, Any]]) -> set[str]:
    words = "".join(sign if sign.isalnum() or sign == "_" else " " for sign in expression).split()
    return {each["Id"] for each in others} & set(words)


def _everywhere(value: Value, moments: Sequence[int]) -> Series:
    return value if isinstance(value, dict) else dict.fromkeys(moments, value)
