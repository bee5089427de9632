"""CloudWatch's GetMetricData, with every statistic and expression that this project uses."""

from collections.abc import Mapping, Sequence
from typing import Any

from rehearsal.world.inside.metric_queries import Lookup, Window, answer
from rehearsal.world.inside.period_statistics import Sample
from rehearsal.world.inside.setting import Setting


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

    def look_up(
        namespace: str, name: str, dimensions: Mapping[str, str]
    ) -> Sequence[tuple[float, Sample]]:
        points = metrics.get((namespace, name, key_of(dict(dimensions)))) or ()
        return [(point["Timestamp"], Sample(*stats(point))) for point in list(points)]

    return look_up


def _label(query: Mapping[str, Any]) -> str:
    stat = query.get("MetricStat")
    return str(stat["Metric"]["MetricName"] if stat else query["Id"])
