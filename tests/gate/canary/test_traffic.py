"""What CloudWatch has counted is read as it stands, and what cannot be is never judged."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.gate.canary.made import VERSIONS, Series, a_deployment, a_plan, counted, enter, quiet
from tests.gate.conftest import Gate
from tests.gate.fake_aws import MINUTE, NOON, Answer, Served, World, in_canary
from tests.gate.faults import DENIED, SLOW, THROTTLED

POINTS = st.none() | st.integers(-1, 5) | st.just(2.5)
BOTH_VERSIONS = pytest.mark.parametrize("version", VERSIONS)


def read(gate: Gate, world: World, minutes: int = 3, **plan: object) -> Any:  # noqa: ANN401
    return gate["traffic"].during(
        a_deployment(gate),
        a_plan(gate, **plan),
        start=NOON,
        end=NOON + minutes * MINUTE,
        deadline=enter(gate, world),
    )


def read_series(gate: Gate, series: Series, minutes: int = 3, **plan: object) -> Any:  # noqa: ANN401
    world = World()
    world.always["GetMetricData"] = counted(NOON, series)
    return read(gate, world, minutes, **plan)


def serving(minutes: int) -> World:
    """Serve by both versions, each minute and version another number."""
    world = World()

    def serve(version: str, minute: Any) -> Served:  # noqa: ANN401 a datetime
        at = (minute - NOON) // MINUTE
        requests = (100 if version == "42" else 900) + at
        return Served(requests=requests, errors=at, slow=at + 1, http_5xx=at + 2)

    world.serve = serve
    assert minutes < 60
    return world


def test_minutes_are_numbered_from_the_start_and_versions_kept_apart(gate: Gate) -> None:
    found = read(gate, serving(3), http_5xx=True)

    assert found.gaps == ()
    assert [each.minute for each in found.minutes] == [0, 1, 2]
    for each in found.minutes:
        at = each.minute
        assert vars(each.canary) == {
            "requests": 100 + at,
            "errors": at,
            "slow": at + 1,
            "http_5xx": at + 2,
        }
        assert each.baseline.requests == 900 + at


def test_each_version_is_asked_for_behind_the_alias_and_by_the_minute(gate: Gate) -> None:
    world = serving(3)

    read(gate, world, http_5xx=True)

    (request,) = (given for _, given in world.requests)
    assert (request["StartTime"], request["EndTime"]) == (NOON, NOON + 3 * MINUTE)
    asked = {query["Id"]: query["MetricStat"] for query in request["MetricDataQueries"]}
    wanted = {
        "requests": ("AWS/Lambda", "Invocations", "Sum"),
        "errors": ("AWS/Lambda", "Errors", "Sum"),
        "slow": ("AWS/Lambda", "Duration", "TC(1000:)"),
        "http_5xx": ("Lockgate", "Http5xx", "Sum"),
    }
    assert asked == {
        f"{name}_{count}": {
            "Metric": {
                "Namespace": namespace,
                "MetricName": metric,
                "Dimensions": [
                    {"Name": "FunctionName", "Value": "orders"},
                    {"Name": "Resource", "Value": "orders:live"},
                    {"Name": "ExecutedVersion", "Value": version},
                ],
            },
            "Period": 60,
            "Stat": statistic,
        }
        for name, version in (("canary", "42"), ("baseline", "41"))
        for count, (namespace, metric, statistic) in wanted.items()
    }


def test_what_the_service_does_not_publish_is_not_asked_for(gate: Gate) -> None:
    world = serving(3)

    found = read(gate, world)

    (request,) = (given for _, given in world.requests)
    names = {query["MetricStat"]["Metric"]["MetricName"] for query in request["MetricDataQueries"]}
    assert names == {"Invocations", "Errors", "Duration"}
    assert {each.canary.http_5xx for each in found.minutes} == {None}
    assert found.gaps == ()


@pytest.mark.parametrize("points_a_page", [1, 5, 7, 100])
def test_all_pages_are_read(gate: Gate, points_a_page: int) -> None:
    world = serving(2)
    world.points_a_page = points_a_page

    assert read(gate, world, minutes=2, http_5xx=True) == read(gate, serving(2), 2, http_5xx=True)


def test_the_same_is_asked_for_on_each_page(gate: Gate) -> None:
    world = serving(2)
    world.points_a_page = 8

    read(gate, world, minutes=2)

    first, second = (dict(given) for _, given in world.requests)
    assert "NextToken" not in first
    assert second == first | {"NextToken": "8"}


def test_pages_without_end_are_given_up(gate: Gate) -> None:
    world = World()
    world.always["GetMetricData"] = Answer({"MetricDataResults": [], "NextToken": "more"})

    with pytest.raises(
        gate["traffic"].UnreadableError, match=r"^CloudWatch gave more than 20 pages$"
    ):
        read(gate, world)
    assert len(world.calls) == 20


def test_as_many_pages_as_there_may_be_are_read(gate: Gate) -> None:
    world = serving(5)
    world.points_a_page = 2

    assert len(read(gate, world, minutes=5, http_5xx=True).minutes) == 5
    assert len(world.calls) == 20


@pytest.mark.parametrize("state", ["InternalError", "PartialData", "Forbidden"])
def test_an_answer_that_is_not_complete_is_not_judged(gate: Gate, state: str) -> None:
    world = World()
    world.always["GetMetricData"] = counted(
        NOON, quiet(3), canary_slow=state, baseline_errors=state
    )

    said = f"incomplete: baseline_errors is {state}, canary_slow is {state}$"
    with pytest.raises(gate["traffic"].UnreadableError, match=said):
        read(gate, world)


def test_a_series_of_which_nothing_is_said_is_not_judged(gate: Gate) -> None:
    series = quiet(3)
    del series["canary_errors"]

    with pytest.raises(gate["traffic"].UnreadableError, match=r": canary_errors is absent$"):
        read_series(gate, series)


def test_a_series_without_a_state_is_not_judged(gate: Gate) -> None:
    answer = counted(NOON, quiet(3))
    del answer.content["MetricDataResults"][0]["StatusCode"]
    world = World()
    world.always["GetMetricData"] = answer

    with pytest.raises(gate["traffic"].UnreadableError, match=r": canary_requests is unknown$"):
        read(gate, world)


def test_an_answer_without_results_is_not_judged(gate: Gate) -> None:
    world = World()
    world.always["GetMetricData"] = Answer({})

    with pytest.raises(gate["traffic"].UnreadableError, match=r"baseline_errors is absent, "):
        read(gate, world)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1.0, -0.5, 0.5, 99.000001])
def test_what_is_no_count_is_not_judged(gate: Gate, value: float) -> None:
    said = f"^baseline_errors is {value} at 2026-11-23 12:01:00.*, which is no count$"
    with pytest.raises(gate["traffic"].UnreadableError, match=said):
        read_series(gate, quiet(3, baseline_errors=[0, value, 0]))


def test_a_point_that_comes_twice_counts_once(gate: Gate) -> None:
    answer = counted(NOON, quiet(1))
    (requests, *_) = answer.content["MetricDataResults"]
    requests["Timestamps"] *= 2
    requests["Values"] *= 2
    world = World()
    world.always["GetMetricData"] = answer

    (minute,) = read(gate, world, minutes=1).minutes

    assert minute.canary.requests == 100


def test_a_point_belongs_to_the_minute_that_it_lies_in(gate: Gate) -> None:
    world = World()
    late = NOON + timedelta(seconds=59, microseconds=7)
    world.always["GetMetricData"] = counted(late, quiet(3))

    assert [each.canary.requests for each in read(gate, world).minutes] == [100, 100, 100]


def test_values_without_their_times_are_a_fault(gate: Gate) -> None:
    answer = counted(NOON, quiet(3))
    answer.content["MetricDataResults"][0]["Values"].pop()
    world = World()
    world.always["GetMetricData"] = answer

    with pytest.raises(ValueError, match="zip"):
        read(gate, world)


@BOTH_VERSIONS
@pytest.mark.parametrize("count", ["errors", "slow", "http_5xx"])
def test_the_reading_ends_before_a_minute_that_contradicts_itself(
    gate: Gate, version: str, count: str
) -> None:
    """It has not settled after all, nor has any after it."""
    series = quiet(3, canary_http_5xx=[0, 0, 0], baseline_http_5xx=[0, 0, 0])
    series[f"{version}_{count}"] = [100, 101, 0]

    found = read_series(gate, series, http_5xx=True)

    assert [each.minute for each in found.minutes] == [0]
    assert found.gaps == ("the counts of minute 1 contradict each other or are incomplete",)


@BOTH_VERSIONS
def test_requests_of_which_no_errors_are_counted_yet_end_the_reading(
    gate: Gate, version: str
) -> None:
    """Lambda counts zero errors: no point at all is a count that has not arrived."""
    found = read_series(gate, quiet(3, **{f"{version}_errors": [0, 0, None]}))

    assert len(found.minutes) == 2
    assert found.gaps == ("the counts of minute 2 contradict each other or are incomplete",)


@BOTH_VERSIONS
def test_without_a_slow_request_there_is_no_point_and_no_gap(gate: Gate, version: str) -> None:
    found = read_series(gate, quiet(3, **{f"{version}_slow": [None, 2, None]}))

    assert found.gaps == ()
    assert [getattr(each, version).slow for each in found.minutes] == [0, 2, 0]


@BOTH_VERSIONS
def test_without_requests_there_is_no_point_and_no_gap(gate: Gate, version: str) -> None:
    nothing: list[float | None] = [None, None, None]
    series = quiet(3, canary_http_5xx=[0, 0, 0], baseline_http_5xx=[0, 0, 0])
    series |= {f"{version}_{count}": nothing for count in ("requests", "errors", "http_5xx")}

    found = read_series(gate, series, http_5xx=True)

    assert found.gaps == ()
    assert len(found.minutes) == 3
    for each in found.minutes:
        counts = vars(getattr(each, version))
        assert counts == {"requests": 0, "errors": 0, "slow": 0, "http_5xx": 0}


@BOTH_VERSIONS
def test_an_error_without_a_request_ends_the_reading(gate: Gate, version: str) -> None:
    series = quiet(3)
    series[f"{version}_requests"], series[f"{version}_errors"] = [100, None, 100], [0, 1, 0]

    assert len(read_series(gate, series).minutes) == 1


@BOTH_VERSIONS
def test_a_version_that_did_not_publish_leaves_a_gap_and_counts_against_neither(
    gate: Gate, version: str
) -> None:
    series = quiet(3, canary_http_5xx=[7, 7, 7], baseline_http_5xx=[9, 9, 9])
    series[f"{version}_http_5xx"] = [1, None, 1]

    found = read_series(gate, series, http_5xx=True)

    assert found.gaps == ("a version did not publish Http5xx in minute 1",)
    _, without, _ = found.minutes
    assert (without.canary.http_5xx, without.baseline.http_5xx) == (0, 0)
    assert (without.canary.requests, without.baseline.requests) == (100, 100)
    others = {"canary": 7, "baseline": 9} | {version: 1}
    for each in (found.minutes[0], found.minutes[2]):
        assert (each.canary.http_5xx, each.baseline.http_5xx) == tuple(others.values())


@pytest.mark.parametrize("minutes", [0, -1])
def test_an_empty_window_asks_nothing(gate: Gate, minutes: int) -> None:
    world = in_canary()

    found = read(gate, world, minutes)

    assert (found.minutes, found.gaps) == ((), ())
    assert world.calls == []


@settings(deadline=None)
@given(data=st.data(), http_5xx=st.booleans())
def test_no_points_ever_give_a_minute_that_the_judge_would_refuse(
    gate: Gate, data: st.DataObject, *, http_5xx: bool
) -> None:
    counts = ("requests", "errors", "slow") + (("http_5xx",) if http_5xx else ())
    series = {
        f"{version}_{count}": data.draw(st.lists(POINTS, min_size=4, max_size=4))
        for version in VERSIONS
        for count in counts
    }
    try:
        found = read_series(gate, series, minutes=4, http_5xx=http_5xx)
    except gate["traffic"].UnreadableError:
        given = {value for values in series.values() for value in values}
        assert given & {-1, 2.5}
        return

    assert [each.minute for each in found.minutes] == list(range(len(found.minutes)))
    assert len(found.minutes) == 4 or found.gaps
    for each in found.minutes:
        for counts_of in (each.canary, each.baseline):
            assert counts_of.requests >= max(
                counts_of.errors, counts_of.slow, counts_of.http_5xx or 0
            )
    gate["judge"].judge(found.minutes)


def test_a_passing_fault_is_outlived(gate: Gate) -> None:
    world = serving(3)
    world.faults["GetMetricData"] = [THROTTLED, SLOW, THROTTLED]

    assert len(read(gate, world).minutes) == 3


def test_cloudwatch_is_asked_four_times_and_then_its_error_is_raised(gate: Gate) -> None:
    for fault, calls in ((THROTTLED, 4), (DENIED, 1)):
        world = serving(3)
        world.always["GetMetricData"] = fault

        with pytest.raises(gate["clients"].ClientError):
            read(gate, world)
        assert len(world.calls) == calls


def test_no_page_is_asked_for_without_the_time_for_it(gate: Gate) -> None:
    world = serving(3)
    world.seconds = 6.9

    with pytest.raises(gate["deadline"].OutOfTimeError, match=r"^reading the counts may take 7 s"):
        read(gate, world)
    assert world.calls == []


def history(gate: Gate, world: World, **plan: object) -> Any:  # noqa: ANN401
    return gate["traffic"].history(
        a_deployment(gate), a_plan(gate, **plan), before=NOON, deadline=enter(gate, world)
    )


def test_the_history_is_the_day_of_the_whole_alias(gate: Gate) -> None:
    world = World()

    history(gate, world, http_5xx=True)

    (request,) = (given for _, given in world.requests)
    assert (request["StartTime"], request["EndTime"]) == (NOON - timedelta(hours=24), NOON)
    asked = {query["Id"]: query["MetricStat"] for query in request["MetricDataQueries"]}
    assert asked.keys() == {"alias_requests", "alias_errors", "alias_slow", "alias_http_5xx"}
    for each in asked.values():
        assert each["Metric"]["Dimensions"] == [
            {"Name": "FunctionName", "Value": "orders"},
            {"Name": "Resource", "Value": "orders:live"},
        ]


def test_the_history_holds_each_minute_of_the_day_in_order(gate: Gate) -> None:
    world = World()
    day = NOON - timedelta(hours=24)
    series: Series = {
        "alias_requests": [100, None, 300],
        "alias_errors": [1, None, 0],
        "alias_slow": [None, None, 4],
        "alias_http_5xx": [2, None, None],
    }
    world.always["GetMetricData"] = counted(day, series)

    found = history(gate, world, http_5xx=True)

    assert {name: len(minutes) for name, minutes in found.items()} == {
        "errors": 1440,
        "slow": 1440,
        "http_5xx": 1440,
    }
    assert found["errors"][:4] == [(100, 1), (0, 0), (300, 0), (0, 0)]
    assert found["slow"][:4] == [(100, 0), (0, 0), (300, 4), (0, 0)]
    assert found["http_5xx"][:4] == [(100, 2), (0, 0), (300, 0), (0, 0)]


def test_no_minute_of_the_history_has_more_events_than_requests(gate: Gate) -> None:
    world = World()
    day = NOON - timedelta(hours=24)
    series: Series = {
        "alias_requests": [10, None],
        "alias_errors": [11, 3],
        "alias_slow": [10, None],
    }
    world.always["GetMetricData"] = counted(day, series)

    found = history(gate, world)

    assert found["errors"][:2] == [(10, 10), (0, 0)]
    assert found["slow"][:2] == [(10, 10), (0, 0)]


def test_the_history_of_what_is_not_published_is_not_known(gate: Gate) -> None:
    assert history(gate, World()).keys() == {"errors", "slow"}
