"""CloudWatch's metric alarms: by dimension, with metric math, each minute of the world's clock."""

from collections.abc import Mapping, Sequence
from typing import Any

from rehearsal.world.inside.alarm_states import BREACHING, EXTRA_PERIODS, next_state
from rehearsal.world.inside.events import emit
from rehearsal.world.inside.metric_queries import Lookup, Window, answer, period_of
from rehearsal.world.inside.plugins.metric_data import store
from rehearsal.world.inside.setting import Setting

MINUTE = 60
# Of a metric-math alarm these say nothing; what it reads is in its `Metrics`.
PLAIN = (
    "MetricName",
    "Namespace",
    "Statistic",
    "ExtendedStatistic",
    "Period",
    "Dimensions",
    "Unit",
)


def install(world: Setting) -> None:
    """Keep alarms with metric math, and look at every alarm once a minute."""
    seams = world.seams
    alarms = seams.get("cloudwatch._alarms")
    # An alarm is looked at when its minute comes, not whenever a value arrives.
    seams.put("cloudwatch._evaluate_alarm", lambda alarm: None)  # noqa: ARG005 - its own call
    stock_put = seams.get("cloudwatch._put_metric_alarm")
    stock_record = seams.get("provisioners._cw_metric_alarm_record")

    def put(params: Any, data: Any, is_cbor: Any, is_json: Any = False) -> Any:  # noqa: FBT002 - its own call
        if not data.get("Metrics"):
            return stock_put(params, data, is_cbor, is_json)
        answered = stock_put(params, _plain(data), is_cbor, is_json)
        if answered[0] == 200:  # noqa: PLR2004 - HTTP's own number
            _with_math(alarms[data["AlarmName"]], data["Metrics"])
        return answered

    def record(name: str, props: dict[str, Any]) -> Any:
        if not props.get("Metrics"):
            return stock_record(name, props)
        return _with_math(stock_record(name, _plain(props)), props["Metrics"])

    seams.put("cloudwatch._put_metric_alarm", put)
    seams.put("provisioners._cw_metric_alarm_record", record)
    look_up = store(world)
    world.parties.watch("alarms", MINUTE, lambda: _look_at_all(world, look_up))


def _look_at_all(world: Setting, look_up: Lookup) -> None:
    seams = world.seams
    set_account = seams.get("responses.set_request_account_id")
    set_region = seams.get("responses.set_request_region")
    alarms = seams.get("cloudwatch._alarms")
    for (account, region, _name), alarm in sorted(alarms._data.items(), key=lambda item: item[0]):
        set_account(account)
        set_region(region)
        _look_at(world, alarm, look_up)


def _look_at(world: Setting, alarm: dict[str, Any], look_up: Lookup) -> None:
    before = alarm["StateValue"]
    queries = _queries(alarm)
    period = period_of(queries)
    periods = int(alarm["EvaluationPeriods"])
    end = int(world.clock.now() // period) * period
    starts = range(end - period * (periods + EXTRA_PERIODS), end, period)
    series = answer(queries, Window(starts[0], end), look_up)[_judged(queries)]
    breaching = BREACHING[alarm["ComparisonOperator"]]
    after = next_state(
        [
            breaching(series[at], float(alarm["Threshold"])) if at in series else None
            for at in starts
        ],
        datapoints=int(alarm.get("DatapointsToAlarm") or periods),
        periods=periods,
        missing=alarm.get("TreatMissingData") or "missing",
        now=before,
    )
    if after != before:
        recent = [series.get(at) for at in starts][-periods:]
        _change(world, alarm, after, f"Threshold Crossed: {recent} against {alarm['Threshold']}")


def _change(world: Setting, alarm: dict[str, Any], after: str, why: str) -> None:
    """Set the state and tell everyone whom CloudWatch tells."""
    seams, before, now = world.seams, alarm["StateValue"], int(world.clock.now())
    alarm.update(StateValue=after, StateReason=why, StateUpdatedTimestamp=now)
    alarm["StateTransitionedTimestamp"] = now
    seams.get("cloudwatch._record_history")(alarm["AlarmName"], before, after, why)
    seams.get("cloudwatch._dispatch_alarm_actions")(alarm, before, after, why)
    seams.get("cloudwatch._evaluate_parent_alarms")(alarm)
    detail = {
        "alarmName": alarm["AlarmName"],
        "state": {"value": after, "reason": why},
        "previousState": {"value": before},
        "configuration": {"metrics": alarm.get("Metrics") or []},
    }
    kind = "CloudWatch Alarm State Change"
    emit(world, "aws.cloudwatch", kind, detail, [alarm["AlarmArn"]])


def _queries(alarm: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    if alarm.get("Metrics"):
        return list(alarm["Metrics"])
    names = ("Namespace", "MetricName", "Dimensions")
    stat = alarm.get("ExtendedStatistic") or alarm["Statistic"]
    metric = {name: alarm[name] for name in names}
    return [{"Id": "m", "MetricStat": {"Metric": metric, "Period": alarm["Period"], "Stat": stat}}]


def _judged(queries: Sequence[Mapping[str, Any]]) -> str:
    """The one query whose data the alarm is about."""
    judged = [query["Id"] for query in queries if query.get("ReturnData", True) is not False]
    return str(judged[0] if len(judged) == 1 else _expression(queries))


def _expression(queries: Sequence[Mapping[str, Any]]) -> str:
    return str(next(query["Id"] for query in queries if query.get("Expression")))


def _plain(properties: Mapping[str, Any]) -> dict[str, Any]:
    """The alarm as if it read one metric, which ministack can keep."""
    others = {name: value for name, value in properties.items() if name != "Metrics"}
    return {**others, "MetricName": "-", "Namespace": "-"}


def _with_math(alarm: dict[str, Any], metrics: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    for name in PLAIN:
        alarm.pop(name, None)
    alarm["Metrics"] = [dict(each) for each in metrics]
    return alarm
