"""CloudWatch's GetMetricData, with every statistic and expression that this project uses."""

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import islice
from typing import Any

from rehearsal.world.inside.metric_queries import Lookup, Window, answer
from rehearsal.world.inside.period_statistics import Sample
from rehearsal.world.inside.setting import Setting

MINUTE = 60


def install(world: Setting) -> None:
    """Let GetMetricData answer by exact dimensions, newest first, expressions included."""
    seams = world.seams
    parse = seams.get("cloudwatch._parse_ts")
    stock = seams.get("cloudwatch._get_metric_data")
    look_up = store(world)

    def get_metric_data(params: Any, data: Any, is_cbor: Any, is_json: Any = False) -> Any:  # noqa: FBT002 - its own call
        if not (is_cbor or is_json):
            # No SDK of today asks by the old query protocol.
            return stock(params, data, is_cbor, is_json)
        queries = data.get("MetricDataQueries") or []
        window = Window(parse(data["StartTime"]), parse(data["EndTime"]))
        try:
            found = answer(queries, window, look_up)
        except ValueError as error:
            refuse = seams.get("cloudwatch._error")
            return refuse("ValidationError", str(error), 400, use_json=is_json, use_cbor=is_cbor)
        stamp = seams.get("cloudwatch._cbor_timestamp") if is_cbor else int
        results = []
        for query in queries:
            if query.get("ReturnData", True):
                newest_first = data.get("ScanBy") != "TimestampAscending"
                points = sorted(found[query["Id"]].items(), reverse=newest_first)
                results.append(
                    {
                        "Id": query["Id"],
                        "Label": query.get("Label") or _label(query),
                        "Timestamps": [stamp(at) for at, _ in points],
                        "Values": [float(value) for _, value in points],
                        "StatusCode": "Complete",
                    }
                )
        say = seams.get("cloudwatch._cbor_ok" if is_cbor else "cloudwatch._json_ok")
        return say({"MetricDataResults": results, "Messages": []})

    seams.put("cloudwatch._get_metric_data", get_metric_data)
    # It goes through all data at each call, for what is older than two weeks.
    seams.put("cloudwatch._evict_old_metrics", lambda: None)


def store(world: Setting) -> Lookup:
    """Looks up a metric's samples in ministack's own store, in the asker's account and region."""
    seams = world.seams
    metrics, key_of = seams.get("cloudwatch._metrics"), seams.get("cloudwatch._dims_key")
    stats = seams.get("cloudwatch._point_stats")
    # A list of points only grows, and is asked for a few minutes of it again and again.
    sorted_in: dict[int, _Minutes] = {}

    def look_up(
        namespace: str, name: str, dimensions: Mapping[str, str], window: Window, period: int
    ) -> Mapping[int, Sequence[Sample]]:
        points = metrics.get((namespace, name, key_of(dict(dimensions))))
        if points is None:
            return {}
        minutes = sorted_in.setdefault(id(points), _Minutes(points))
        return minutes.within(window, period, lambda point: Sample(*stats(point)))

    return look_up


class _Minutes:
    """The samples of one metric by minute."""

    def __init__(self, points: Sequence[Mapping[str, Any]]) -> None:
        self._points, self._read = points, 0
        self._samples: dict[int, list[tuple[float, Sample]]] = {}
        self._lock = threading.Lock()

    def within(
        self, window: Window, period: int, sample: Callable[[Mapping[str, Any]], Sample]
    ) -> dict[int, list[Sample]]:
        """Those of a window, by the start of their period."""
        with self._lock:
            for point in islice(self._points, self._read, None):
                at = float(point["Timestamp"])
                self._samples.setdefault(int(at // MINUTE), []).append((at, sample(point)))
                self._read += 1
            minutes: Collection[int] = range(
                int(window.start // MINUTE), int(window.end // MINUTE) + 1
            )
            if len(minutes) > len(self._samples):
                minutes = sorted(minute for minute in self._samples if minute in minutes)
            found: dict[int, list[Sample]] = {}
            for minute in minutes:
                samples, start = self._samples.get(minute, ()), minute * MINUTE
                inside = window.start <= start and start + MINUTE <= window.end
                if samples and inside and period % MINUTE == 0:
                    # All of a minute are in one period.
                    of_period = found.setdefault(start // period * period, [])
                    of_period.extend([each for _, each in samples])
                    continue
                for at, each in samples:
                    if window.start <= at < window.end:
                        found.setdefault(int(at // period) * period, []).append(each)
            return found


def _label(query: Mapping[str, Any]) -> str:
    stat = query.get("MetricStat")
    return str(stat["Metric"]["MetricName"] if stat else query["Id"])
