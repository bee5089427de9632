"""What both versions served, minute by minute, as CloudWatch has counted it.

Lambda counts each version behind an alias by the dimensions FunctionName, Resource and
ExecutedVersion, in the minute in which a request began:
https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-view.html
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

import clients
import retry
from counts import Counts, Minute
from deadline import Deadline
from deployment import Deployment
from plan import Plan

MINUTE: Final = timedelta(minutes=1)
HISTORY: Final = timedelta(hours=24)
NAMESPACE: Final = "Lockgate"
HTTP_5XX_METRIC: Final = "Http5xx"
ATTEMPTS: Final = 4
# 24 hours of six counts are 8,640 points, and one answer may hold 100,800.
MOST_PAGES: Final = 20

Points = dict[datetime, int]


class UnreadableError(Exception):
    """CloudWatch answered, but not with counts that can be judged."""


@dataclass(frozen=True, kw_only=True)
class Traffic:
    """The minutes that can be judged, and what kept others from it.

    Attributes:
        minutes: both versions' counts, numbered from the first.
        gaps: what is missing, in words; nothing with a gap is healthy.
    """

    minutes: tuple[Minute, ...]
    gaps: tuple[str, ...]


def during(
    deployment: Deployment, plan: Plan, *, start: datetime, end: datetime, deadline: Deadline
) -> Traffic:
    """Read the whole minutes from ``start`` to ``end``, which must have settled.

    A minute whose counts contradict each other has not settled after all, nor has any after it:
    the reading ends before it.

    Raises:
        UnreadableError: CloudWatch's answer is incomplete or holds what is no count.
        BotoCoreError, ClientError, OutOfTimeError: CloudWatch could not be asked.
    """
    if start >= end:
        return Traffic(minutes=(), gaps=())
    versions = {"canary": deployment.target_version, "baseline": deployment.current_version}
    queries = [
        query
        for name, version in versions.items()
        for query in _queries(name, _dimensions(deployment) | {"ExecutedVersion": version}, plan)
    ]
    points = _read(queries, start, end, deadline)
    minutes: list[Minute] = []
    gaps: list[str] = []
    for at, moment in enumerate(_minutes(start, end)):
        canary, baseline = (_counts(points, name, moment, plan) for name in versions)
        if canary is None or baseline is None:
            gaps.append(f"the counts of minute {at} contradict each other or are incomplete")
            break
        if plan.http_5xx and None in (canary.http_5xx, baseline.http_5xx):
            gaps.append(f"a version did not publish {HTTP_5XX_METRIC} in minute {at}")
            canary, baseline = replace(canary, http_5xx=0), replace(baseline, http_5xx=0)
        minutes.append(Minute(minute=at, canary=canary, baseline=baseline))
    return Traffic(minutes=tuple(minutes), gaps=tuple(gaps))


def history(
    deployment: Deployment, plan: Plan, *, before: datetime, deadline: Deadline
) -> dict[str, list[tuple[int, int]]]:
    """Read what the alias served in the day before: (requests, events) by minute, by metric.

    Raises:
        UnreadableError: CloudWatch's answer is incomplete or holds what is no count.
        BotoCoreError, ClientError, OutOfTimeError: CloudWatch could not be asked.
    """
    start = before - HISTORY
    points = _read(_queries("alias", _dimensions(deployment), plan), start, before, deadline)
    requests = points["alias_requests"]
    return {
        metric: [
            (requests.get(moment, 0), min(events.get(moment, 0), requests.get(moment, 0)))
            for moment in _minutes(start, before)
        ]
        for metric in ("errors", "slow", "http_5xx")
        if (events := points.get(f"alias_{metric}")) is not None
    }


def _dimensions(deployment: Deployment) -> dict[str, str]:
    name = deployment.function_name
    return {"FunctionName": name, "Resource": f"{name}:{deployment.alias}"}


def _queries(prefix: str, dimensions: Mapping[str, str], plan: Plan) -> list[dict[str, Any]]:
    wanted = {
        "requests": ("AWS/Lambda", "Invocations", "Sum"),
        "errors": ("AWS/Lambda", "Errors", "Sum"),
        # TC counts the samples above its bound (CloudWatch User Guide, "Statistics").
        "slow": ("AWS/Lambda", "Duration", f"TC({plan.latency_ms}:)"),
    }
    if plan.http_5xx:
        wanted["http_5xx"] = (NAMESPACE, HTTP_5XX_METRIC, "Sum")
    listed = [{"Name": name, "Value": value} for name, value in dimensions.items()]
    return [
        {
            "Id": f"{prefix}_{count}",
            "MetricStat": {
                "Metric": {"Namespace": namespace, "MetricName": metric, "Dimensions": listed},
                "Period": 60,
                "Stat": statistic,
            },
        }
        for count, (namespace, metric, statistic) in wanted.items()
    ]


def _read(
    queries: Sequence[Mapping[str, Any]], start: datetime, end: datetime, deadline: Deadline
) -> dict[str, Points]:
    request: dict[str, Any] = {"MetricDataQueries": queries, "StartTime": start, "EndTime": end}
    found: dict[str, Points] = {query["Id"]: {} for query in queries}
    states = dict.fromkeys(found, "absent")
    for _ in range(MOST_PAGES):
        deadline.require(clients.CALL_SECONDS, "reading the counts")
        answer = retry.call(
            partial(clients.metrics().get_metric_data, **request),
            deadline=deadline,
            seconds=clients.CALL_SECONDS,
            attempts=ATTEMPTS,
        )
        for result in answer.get("MetricDataResults", []):
            states[result["Id"]] = result.get("StatusCode", "unknown")
            _add(found[result["Id"]], result)
        if not answer.get("NextToken"):
            break
        request["NextToken"] = answer["NextToken"]
    else:
        raise UnreadableError(f"CloudWatch gave more than {MOST_PAGES} pages")
    broken = sorted(f"{name} is {state}" for name, state in states.items() if state != "Complete")
    if broken:
        raise UnreadableError(f"CloudWatch's answer is incomplete: {', '.join(broken)}")
    return found


def _add(points: Points, result: Mapping[str, Any]) -> None:
    for moment, value in zip(result["Timestamps"], result["Values"], strict=True):
        # Neither NaN nor an infinity is a whole number.
        if value < 0 or not float(value).is_integer():
            raise UnreadableError(f"{result['Id']} is {value} at {moment}, which is no count")
        points[moment.replace(second=0, microsecond=0)] = int(value)


def _minutes(start: datetime, end: datetime) -> Iterator[datetime]:
    while start < end:
        yield start
        start += MINUTE


def _counts(
    points: Mapping[str, Points], version: str, moment: datetime, plan: Plan
) -> Counts | None:
    """Give a version's counts of a minute; None where they cannot be those of a settled one."""
    requests = points[f"{version}_requests"].get(moment, 0)
    errors = points[f"{version}_errors"].get(moment, None if requests else 0)
    # Lambda gives no trimmed count for a minute without a slow request.
    slow = points[f"{version}_slow"].get(moment, 0)
    http_5xx = None
    if plan.http_5xx:
        http_5xx = points[f"{version}_http_5xx"].get(moment, None if requests else 0)
    if errors is None or max(errors, slow, http_5xx or 0) > requests:
        return None
    return Counts(requests=requests, errors=errors, slow=slow, http_5xx=http_5xx)
