"""Which counts give which verdict, and what the judge says about it."""

import json
import math
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from tests.judge.canaries import Row, minute, minutes

CLEAN: Row = (60, 0, 540, 0)
WORSE: Row = (60, 3, 540, 3)
BROKEN: Row = (60, 60, 540, 3)


def test_a_clean_canary_becomes_healthy_once_certified(judge: ModuleType) -> None:
    turns = list(judge.follow(minutes(judge, [CLEAN] * 6)))
    assert [turn.verdict for turn in turns] == ["inconclusive"] * 4 + ["healthy"] * 2
    assert [turn.clean_requests_needed for turn in turns] == [239, 179, 119, 59, 0, 0]
    assert turns[0].reason == "239 more clean canary requests are needed to certify the objective."
    assert turns[5].reason == (
        "360 canary requests certify failures within the objective of 0.01, "
        "and nothing speaks against the canary."
    )
    assert turns[5].certified >= turns[5].certified_threshold == 20
    assert (turns[5].canary_requests, turns[5].baseline_requests) == (360, 3240)


def test_a_broken_canary_is_degraded_at_once_and_stays_so(judge: ModuleType) -> None:
    turns = list(judge.follow(minutes(judge, [CLEAN, BROKEN, *[(600, 0, 540, 540)] * 20])))
    assert [turn.verdict for turn in turns] == ["inconclusive"] + ["degraded"] * 21
    assert {turn.degraded_since for turn in turns[1:]} == {1}
    assert turns[1].reason == (
        "errors: 60 of 120 canary requests, 3 of 1080 on the baseline; "
        "at least 38.1 times the baseline's risk."
    )
    assert turns[-1].evidence < 1 < turns[1].threshold == 100 < turns[1].evidence


def test_a_few_failures_are_not_settled(judge: ModuleType) -> None:
    found = judge.judge(minutes(judge, [(2000, 2, 18000, 0)]))
    assert found.verdict == "inconclusive"
    assert found.certified >= found.certified_threshold
    assert found.reason == "Evidence against the canary stands at 30: not settled."


@pytest.mark.parametrize("metric", ["slow", "http_5xx"])
def test_each_metric_can_stop_the_release(judge: ModuleType, metric: str) -> None:
    worse = minute(judge, 0, (600, 0, 5400, 0), **{metric: (120, 200)})
    found = judge.judge([worse])
    assert found.verdict == "degraded"
    assert found.reason.startswith(f"{metric}: 120 of 600 canary requests, 200 of 5400")
    assert [each.metric for each in found.metrics] == ["errors", metric]
    assert found.metrics[1].canary_events == 120
    assert found.metrics[1].baseline_events == 200
    assert found.metrics[1].bound == (1.1 if metric == "slow" else 1.0)
    assert found.metrics[1].low > found.metrics[1].bound


def test_slow_requests_are_no_failures(judge: ModuleType) -> None:
    same = minute(judge, 0, (600, 0, 5400, 0), slow=(60, 540))
    assert judge.judge([same]).verdict == "healthy"


def test_http_5xx_are_failures_that_forbid_the_certificate(judge: ModuleType) -> None:
    same = minute(judge, 0, (600, 0, 5400, 0), http_5xx=(5, 45))
    assert judge.judge([same]).verdict == "inconclusive"


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([], "No minute has settled yet."),
        ([(0, 0, 540, 0)], "The canary served no request."),
        ([(0, 0, 0, 0)], "The canary served no request."),
        (
            [(600, 0, 0, 0)],
            "The baseline served no request: there is nothing to compare with.",
        ),
    ],
)
def test_missing_traffic_is_never_healthy(judge: ModuleType, rows: list[Row], reason: str) -> None:
    found = judge.judge(minutes(judge, rows))
    assert (found.verdict, found.reason) == ("inconclusive", reason)


def test_a_missing_minute_is_never_healthy(judge: ModuleType) -> None:
    rows = [minute(judge, number, (600, 0, 5400, 0)) for number in (4, 5, 8, 12)]
    assert [turn.verdict for turn in judge.follow(rows)] == ["healthy"] * 2 + ["inconclusive"] * 2
    assert judge.judge(rows).reason == "Data is missing: minute 6 is missing."


def test_a_metric_missing_in_a_minute_is_never_healthy(judge: ModuleType) -> None:
    whole = {"slow": (60, 540)}
    rows = [minute(judge, n, (600, 0, 5400, 0), **(whole if n < 1 else {})) for n in range(3)]
    assert [turn.verdict for turn in judge.follow(rows)] == ["healthy"] + ["inconclusive"] * 2
    assert judge.judge(rows).reason == "Data is missing: minute 1 has no count of slow."


def test_evidence_against_the_canary_outweighs_missing_data(judge: ModuleType) -> None:
    rows = [minute(judge, 1, BROKEN), minute(judge, 9, BROKEN)]
    assert judge.judge(rows).verdict == "degraded"


@pytest.mark.parametrize("row", [(600, 0, 600, 0), (300, 0, 5700, 0)])
def test_a_share_of_traffic_that_is_not_the_configured_one_is_inconclusive(
    judge: ModuleType, row: Row
) -> None:
    found = judge.judge(minutes(judge, [row]), judge.Settings(share=0.1))
    share = row[0] / (row[0] + row[2])
    assert found.verdict == "inconclusive"
    assert found.reason == f"The canary served {share:.1%} of the requests, not 10.0%."
    assert found.share_evidence >= 100
    assert judge.judge(minutes(judge, [row])).share_evidence == 1


def test_the_configured_share_is_healthy(judge: ModuleType) -> None:
    found = judge.judge(minutes(judge, [CLEAN] * 10), judge.Settings(share=0.1))
    assert found.verdict == "healthy"
    assert found.share_evidence < 1


def test_a_wider_tolerance_accepts_more(judge: ModuleType) -> None:
    rows = minutes(judge, [(6000, 0, 44000, 0)])
    assert judge.judge(rows, judge.Settings(share=0.1, share_tolerance=0.1)).share_evidence > 1
    assert judge.judge(rows, judge.Settings(share=0.1, share_tolerance=0.3)).share_evidence < 1


def test_both_versions_breaking_the_objective_is_inconclusive(judge: ModuleType) -> None:
    found = judge.judge(minutes(judge, [(600, 60, 5400, 540)]))
    assert found.verdict == "inconclusive"
    assert found.objective_evidence >= found.threshold
    assert found.reason == (
        "The canary breaks the objective, and so far no more than the baseline does."
    )


def test_where_asked_the_objective_alone_stops_both(judge: ModuleType) -> None:
    settings = judge.Settings(guard_always=True)
    found = judge.judge(minutes(judge, [(600, 60, 5400, 540)]), settings)
    assert found.verdict == "degraded"
    assert found.reason == "The canary's failures exceed the objective of 0.01."


def test_after_the_shift_the_objective_decides_alone(judge: ModuleType) -> None:
    settings = judge.Settings(baseline_expected=False)
    assert judge.judge(minutes(judge, [(600, 0, 0, 0)]), settings).verdict == "healthy"
    assert judge.judge(minutes(judge, [(600, 30, 0, 0)]), settings).verdict == "degraded"
    assert judge.judge(minutes(judge, [(600, 6, 0, 0)]), settings).verdict == "inconclusive"


def test_the_guard_has_its_part_of_alpha(judge: ModuleType, modules: SimpleNamespace) -> None:
    rate = modules.evidence.guard(0.01, 1.0)
    rate.add(600, 30)
    for part in (0.0, 0.05, 0.4):
        settings = judge.Settings(guard_weight=part)
        found = judge.judge(minutes(judge, [(600, 30, 0, 0)]), settings)
        expected = (1 - part) * 1 + part * math.exp(rate.log_evidence())
        assert found.evidence == pytest.approx(expected)
        assert found.objective_evidence == pytest.approx(math.exp(rate.log_evidence()))


def test_without_a_known_dispersion_alpha_is_one_percent_at_most(judge: ModuleType) -> None:
    def threshold(alpha: float, dispersion: dict[str, float] | None) -> float:
        settings = judge.Settings(alpha=alpha, dispersion=dispersion)
        rows = [minute(judge, 0, (1, 0, 1, 0), slow=(0, 0))]
        found = judge.judge(rows, settings).threshold
        assert isinstance(found, float)
        return found

    assert threshold(0.05, None) == 100
    assert threshold(0.05, {"errors": 1.0}) == 100
    assert threshold(0.05, {"errors": 1.0, "slow": 1.0}) == 20
    assert threshold(0.001, None) == 1000


def test_dispersion_tempers_every_evidence(judge: ModuleType) -> None:
    rows = minutes(judge, [(600, 9, 5400, 8)])
    plain = judge.judge(rows, judge.Settings(dispersion={"errors": 1}, guard_weight=0.0))
    bursty = judge.judge(rows, judge.Settings(dispersion={"errors": 4.0}, guard_weight=0.0))
    assert bursty.metrics[0].dispersion == 4
    assert bursty.log_evidence < plain.log_evidence / 2
    assert bursty.metrics[0].low < plain.metrics[0].low
    assert bursty.objective_evidence < plain.objective_evidence
    needed = judge.judge([], judge.Settings(dispersion={"errors": 4.0})).clean_requests_needed
    assert 4 * 298 < needed <= 4 * 300


def test_nothing_known_is_an_interval_of_everything(judge: ModuleType) -> None:
    metric = judge.judge([]).metrics[0]
    assert (metric.low, metric.high, metric.relative_risk) == (0.0, math.inf, None)
    assert (metric.evidence, metric.log_evidence) == (pytest.approx(1), pytest.approx(0))


def test_no_event_on_the_baseline_is_an_infinite_ratio(judge: ModuleType) -> None:
    metric = judge.judge(minutes(judge, [(600, 60, 5400, 0)])).metrics[0]
    assert metric.relative_risk == math.inf
    assert metric.high == math.inf
    assert metric.low > 10


def test_a_huge_evidence_is_capped_and_its_logarithm_is_not(judge: ModuleType) -> None:
    found = judge.judge(minutes(judge, [(10**9, 10**9, 10**10, 0)]))
    assert found.evidence == pytest.approx(math.exp(700))
    assert found.log_evidence > 10**9
    assert found.verdict == "degraded"
    assert found.metrics[0].high == math.inf


def test_the_record_is_json_without_infinities(judge: ModuleType) -> None:
    for rows in ([], [(600, 60, 5400, 0)], [CLEAN]):
        found = judge.judge(minutes(judge, rows))
        record: dict[str, Any] = json.loads(json.dumps(found.as_record(), allow_nan=False))
        assert record["verdict"] == str(found.verdict)
        assert record["metrics"][0]["metric"] == "errors"
        assert record["metrics"][0]["high"] is None or record["metrics"][0]["high"] < math.inf
        assert set(record) == set(found.__dataclass_fields__)


@pytest.mark.parametrize(
    ("row", "evidence", "verdict"),
    [
        ((5000, 9, 45000, 16), 104.74, "degraded"),
        ((5000, 8, 45000, 13), 89.15, "inconclusive"),
        ((5000, 3, 45000, 3), 10.26, "inconclusive"),
        ((5000, 2, 45000, 1), 9.95, "healthy"),
    ],
)
def test_evidence_of_100_stops_and_of_10_keeps_from_being_healthy(
    judge: ModuleType, row: Row, evidence: float, verdict: str
) -> None:
    found = judge.judge(minutes(judge, [row]))
    assert (found.evidence, found.verdict) == (pytest.approx(evidence, abs=0.01), verdict)


def test_events_and_requests_add_up_over_the_minutes(judge: ModuleType) -> None:
    rows = [
        minute(judge, 7, (60, 1, 540, 2), slow=(3, 4)),
        minute(judge, 8, (50, 2, 450, 3), slow=(5, 6)),
    ]
    found = judge.judge(rows)
    events = [(each.canary_events, each.baseline_events) for each in found.metrics]
    assert events == [(3, 5), (8, 10)]
    assert (found.minute, found.canary_requests, found.baseline_requests) == (8, 110, 990)


def test_a_missing_metric_does_not_hide_the_next(judge: ModuleType) -> None:
    whole = minute(judge, 0, (600, 0, 5400, 0), slow=(6, 54), http_5xx=(0, 0))
    found = judge.judge([whole, minute(judge, 1, (600, 0, 5400, 0), http_5xx=(300, 0))])
    assert found.verdict == "degraded"
    assert found.reason.startswith("http_5xx: 300 of 1200 canary requests")


def test_slower_by_less_than_the_ratio_is_no_worse(judge: ModuleType) -> None:
    rows = [minute(judge, 0, (100_000, 0, 900_000, 0), slow=(6_000, 45_000))]
    strict = judge.judge(rows, judge.Settings(latency_ratio=1.0)).metrics[1]
    tolerant = judge.judge(rows).metrics[1]
    assert strict.evidence > 100
    assert tolerant.evidence < 1
    assert (strict.bound, tolerant.bound) == (1.0, 1.1)


def test_a_single_request_on_the_baseline_counts(judge: ModuleType) -> None:
    metric = judge.judge(minutes(judge, [(1, 1, 1, 0)])).metrics[0]
    assert metric.evidence > 1
    assert metric.relative_risk == math.inf
    metric = judge.judge(minutes(judge, [(1, 0, 1, 1)])).metrics[0]
    assert metric.evidence < 1
    assert metric.relative_risk == 0


def test_minutes_with_one_version_only_do_not_enter_the_comparison(judge: ModuleType) -> None:
    both = (600, 6, 5400, 27)
    alone = judge.judge(minutes(judge, [both])).metrics[0]
    found = judge.judge(minutes(judge, [both, (50, 9, 0, 0), (0, 0, 50, 9)])).metrics[0]
    assert found.relative_risk == alone.relative_risk == pytest.approx(2)
    assert found.log_evidence == pytest.approx(alone.log_evidence)


def test_a_ratio_beyond_the_ladder_has_no_upper_end(judge: ModuleType) -> None:
    much = judge.judge(minutes(judge, [(10**9, 10**8, 10**9, 1)])).metrics[0]
    assert (much.low, much.high) == (2.0**14, math.inf)
    little = judge.judge(minutes(judge, [(10**9, 1, 10**9, 10**8)])).metrics[0]
    assert (little.low, little.high) == (0.0, 2.0**-14)


def test_the_share_is_told_to_the_tenth_of_a_percent(judge: ModuleType) -> None:
    found = judge.judge(minutes(judge, [(500, 0, 500, 0)]), judge.Settings(share=0.125))
    assert found.reason == "The canary served 50.0% of the requests, not 12.5%."


def test_the_share_is_checked_only_until_all_traffic_shifts(judge: ModuleType) -> None:
    shared = [minute(judge, at, (60, 0, 540, 0)) for at in range(10)]
    alone = [minute(judge, at, (600, 0, 0, 0)) for at in range(10, 15)]

    watched = judge.judge([*shared, *alone], judge.Settings(share=0.1, share_until=10))
    unaware = judge.judge([*shared, *alone], judge.Settings(share=0.1))

    assert watched.verdict == "healthy"
    assert unaware.verdict == "inconclusive"
    assert "served" in unaware.reason


def test_a_share_that_is_wrong_before_the_shift_is_still_seen(judge: ModuleType) -> None:
    shared = [minute(judge, at, (300, 0, 300, 0)) for at in range(10)]
    alone = [minute(judge, at, (600, 0, 0, 0)) for at in range(10, 15)]

    found = judge.judge([*shared, *alone], judge.Settings(share=0.1, share_until=10))

    assert found.verdict == "inconclusive"
    assert found.share_evidence >= found.threshold
    assert "50.0%" in found.reason
