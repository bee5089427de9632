"""What the final verdict promises, once the new version serves every customer."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from tests.gate.conftest import Gate
from tests.gate.fake_aws import (
    MINUTE,
    NOON,
    RECORD,
    Answer,
    Served,
    World,
    after_traffic,
    settled,
)
from tests.gate.faults import BROKEN, CLOSED, DENIED, SLOW, THROTTLED

Plan = Callable[..., None]
Serve = Callable[[str, datetime], Served]


def recorded(world: World, *, certifies: object = True) -> World:
    """Let the pre-traffic hook have recorded its synthetic requests."""
    entry = {"by": "pre_traffic", "outcome": "shifting"}
    document = {
        "outcome": "shifting",
        "synthetic": {"certifies": certifies},
        "timeline": [entry],
    }
    world.objects[RECORD] = 1, json.dumps(document).encode()
    return world


def with_few_customers() -> World:
    """Give the world of a service whose canary serves two requests a minute."""
    world = settled()
    world.customers = 20
    return world


def served(world: World, share: float = 0.1, **how: Callable[[str, datetime], int]) -> Serve:
    """Let the target version serve a share of the canary, and count as said."""

    def serve(version: str, minute: datetime) -> Served:
        usual = world.usually_served(version, minute)
        assert world.shift_began is not None
        assert world.shift_ended is not None
        requests = usual.requests
        if world.shift_began <= minute < world.shift_ended - MINUTE:
            requests = round(world.customers * (share if version == "42" else 1 - share))
        counts = {name: count(version, minute) for name, count in how.items()}
        return Served(requests=requests, **counts)

    return serve


def test_the_last_minutes_and_those_of_the_bake_are_waited_for(gate: Gate) -> None:
    world = after_traffic()

    gate.invoke("post_traffic", world)

    assert world.sent == ["Succeeded"]
    assert world.waits == [60] * 6
    canary = world.record["canary"]
    assert canary["start"] == (NOON - 15 * MINUTE).isoformat()
    assert len(canary["minutes"]) == 14 + 5
    assert canary["unsettled"] == 0
    served_alone = [each for each in canary["minutes"] if each["baseline"]["requests"] == 0]
    assert len(served_alone) == 4, "the first of the five began before the shift had ended"
    assert world.record["outcome"] == "passed"
    assert world.record["verdict"] == "healthy"


def test_nothing_is_waited_for_where_all_has_settled(gate: Gate) -> None:
    world = settled()

    gate.invoke("post_traffic", world)

    assert world.sent == ["Succeeded"]
    assert world.waits == []


def test_a_passed_release_is_told_of_with_its_record(gate: Gate) -> None:
    world = settled()

    gate.invoke("post_traffic", world)

    (notice,) = world.told
    assert (notice["by"], notice["outcome"], notice["verdict"]) == (
        "post_traffic",
        "passed",
        "healthy",
    )
    assert notice["record"] == f"s3://artifacts/{RECORD}"


def test_a_degraded_release_fails_at_once(gate: Gate) -> None:
    world = after_traffic()
    world.errors["42"] = 30

    gate.invoke("post_traffic", world)

    assert world.sent == ["Failed"]
    assert world.waits == []
    assert world.record["outcome"] == "failed"
    assert world.record["reason"].startswith("degraded: errors: ")
    assert [notice["outcome"] for notice in world.told] == ["failed"]


def test_what_is_degraded_only_under_all_traffic_fails_as_soon_as_it_is_seen(gate: Gate) -> None:
    world = after_traffic()

    def errors(version: str, minute: datetime) -> int:
        return 120 if version == "42" and minute >= NOON else 0

    world.serve = served(world, errors=errors)

    gate.invoke("post_traffic", world)

    assert world.sent == ["Failed"]
    assert world.waits == [60] * 3, "the minute from noon settles at 12:03"
    assert world.record["reason"].startswith("degraded: The canary's failures exceed")


def test_after_the_shift_the_target_is_held_against_the_objective_alone(gate: Gate) -> None:
    world = settled()

    def errors(version: str, minute: datetime) -> int:
        return 2 if version == "42" and world.shift_ended and minute >= world.shift_ended else 0

    world.serve = served(world, errors=errors)

    gate.invoke("post_traffic", world)

    assert world.sent == ["Succeeded"], "2 of 600 are within 1 %, whatever the version before had"


def test_an_outage_of_both_versions_does_not_count_against_the_release_alone(gate: Gate) -> None:
    world = settled()

    def errors(version: str, minute: datetime) -> int:
        during = world.shift_ended is not None and minute < world.shift_ended - MINUTE
        return {"41": 54, "42": 6}[version] if during and minute >= NOON - 15 * MINUTE else 0

    world.serve = served(world, errors=errors)

    gate.invoke("post_traffic", world)

    assert world.record["verdict"] == "inconclusive"
    assert world.sent == ["Failed"], "both broke the objective: nothing says that this one keeps it"


@pytest.mark.parametrize("policy", ["fail", "warn"])
def test_degraded_fails_under_every_policy(gate: Gate, plan: Plan, policy: str) -> None:
    plan(inconclusive=policy)
    world = recorded(settled())
    world.errors["42"] = 30

    gate.invoke("post_traffic", world)

    assert world.sent == ["Failed"]


def test_inconclusive_fails_where_nothing_certifies_the_objective(gate: Gate) -> None:
    world = recorded(with_few_customers(), certifies=False)

    gate.invoke("post_traffic", world)

    assert world.sent == ["Failed"]
    assert world.record["verdict"] == "inconclusive"
    assert world.record["reason"].startswith(
        "inconclusive, and no synthetic requests certify the objective: "
    )


def test_inconclusive_passes_where_synthetic_requests_certify_the_objective(gate: Gate) -> None:
    world = recorded(with_few_customers())

    gate.invoke("post_traffic", world)

    assert world.sent == ["Succeeded"]
    assert world.record["outcome"] == "passed"
    assert world.record["verdict"] == "inconclusive"
    assert world.record["reason"].endswith("The synthetic requests certify the objective.")


@pytest.mark.parametrize("certifies", [True, False])
def test_inconclusive_warns_where_the_environment_says_so(
    gate: Gate, plan: Plan, *, certifies: bool
) -> None:
    plan(inconclusive="warn")
    world = recorded(with_few_customers(), certifies=certifies)

    gate.invoke("post_traffic", world)

    assert world.sent == ["Succeeded"]
    assert world.record["outcome"] == "warned"
    assert [notice["outcome"] for notice in world.told] == ["warned"]


def some_errors(version: str, minute: datetime) -> int:
    return int(version == "42" and minute in {NOON - 20 * MINUTE, NOON - 19 * MINUTE})


def shared_errors(version: str, minute: datetime) -> int:
    return {"41": 9, "42": 1}[version] * (NOON - 22 * MINUTE <= minute < NOON - 10 * MINUTE)


def contradiction(_: str, minute: datetime) -> int:
    return 1000 * (minute == NOON - 15 * MINUTE)


def none(*_: object) -> int:
    return 0


AGAINST: dict[str, tuple[float, Callable[[str, datetime], int], str]] = {
    "counts are missing": (0.1, contradiction, "as counts are missing"),
    "evidence is near": (0.1, some_errors, "and the evidence against the release is not settled"),
    "the objective is broken": (0.1, shared_errors, "and it breaks the objective of 1 %"),
    "the share is off": (0.5, none, "and its share of the traffic was not 10 %"),
}


@pytest.mark.parametrize("certifies", [True, False])
@pytest.mark.parametrize(("share", "errors", "why"), AGAINST.values(), ids=AGAINST.keys())
def test_what_speaks_against_a_release_outweighs_its_synthetic_requests(
    gate: Gate, share: float, errors: Callable[[str, datetime], int], why: str, *, certifies: bool
) -> None:
    world = recorded(with_few_customers(), certifies=certifies)
    world.serve = served(world, share, errors=errors)

    gate.invoke("post_traffic", world)

    assert world.record["verdict"] == "inconclusive"
    assert world.record["reason"].startswith(f"inconclusive, {why}: ")
    assert world.sent == ["Failed"]
    assert not world.overran


@pytest.mark.parametrize(("share", "errors", "_"), AGAINST.values(), ids=AGAINST.keys())
def test_a_warning_says_what_speaks_against_the_release(
    gate: Gate, plan: Plan, share: float, errors: Callable[[str, datetime], int], _: str
) -> None:
    plan(inconclusive="warn")
    world = recorded(with_few_customers())
    world.serve = served(world, share, errors=errors)

    gate.invoke("post_traffic", world)

    assert world.sent == ["Succeeded"]
    assert world.record["outcome"] == "warned"
    assert world.record["reason"]


def test_no_customers_at_all_is_inconclusive(gate: Gate) -> None:
    world = recorded(settled(), certifies=False)
    world.customers = 0

    gate.invoke("post_traffic", world)

    assert world.sent == ["Failed"]
    assert world.record["reason"].endswith("The canary served no request.")


def results(request: dict[str, Any], **changes: object) -> Answer:
    """Answer a request for counts with nothing but what is given."""
    ids = [query["Id"] for query in request["MetricDataQueries"]]
    empty = {"Timestamps": [], "Values": [], "StatusCode": "Complete"}
    return Answer({"MetricDataResults": [{"Id": each} | empty | changes for each in ids]})


def test_what_passes_is_passed_over_until_the_next_look(gate: Gate) -> None:
    world = settled()
    world.faults["GetMetricData"] = [
        *[THROTTLED] * 4,
        *[BROKEN] * 4,
        *[CLOSED] * 4,
        *[SLOW] * 4,
        Answer({"MetricDataResults": []}),
    ]

    gate.invoke("post_traffic", world)

    assert world.sent == ["Succeeded"]
    assert world.waits.count(60) == 5
    assert world.record["outcome"] == "passed"


def test_what_does_not_pass_fails_at_once(gate: Gate) -> None:
    world = settled()
    world.always["GetMetricData"] = DENIED

    gate.invoke("post_traffic", world)

    assert world.sent == ["Failed"]
    assert world.waits == []


def test_the_last_look_has_to_succeed(gate: Gate) -> None:
    world = recorded(settled())
    world.always["GetMetricData"] = Answer({"MetricDataResults": []})

    gate.invoke("post_traffic", world)

    assert world.sent == ["Failed"]
    assert "UnreadableError" in world.record["reason"]
    assert not world.overran
    assert world.elapsed > 600, "it was tried for as long as there was time"


@pytest.mark.parametrize("seconds", [110, 150, 300, 400])
def test_where_the_time_is_out_the_minutes_so_far_are_judged(gate: Gate, seconds: float) -> None:
    world = after_traffic(seconds=seconds)

    gate.invoke("post_traffic", world)

    assert world.sent == ["Succeeded"]
    assert not world.overran
    assert world.record["canary"]["unsettled"] > 0


def test_without_time_for_one_look_the_release_fails(gate: Gate) -> None:
    world = recorded(settled(seconds=100))

    gate.invoke("post_traffic", world)

    assert world.sent == ["Failed"]
    assert "monitoring:GetMetricData" not in world.calls


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff", b'"text"'], ids=repr)
def test_a_record_that_cannot_be_read_fails_the_release(gate: Gate, content: bytes) -> None:
    world = settled()
    world.objects[RECORD] = 1, content

    gate.invoke("post_traffic", world)

    assert world.sent == ["Failed"]
    assert world.objects[RECORD] == (1, content), "what is there may be of use"


def test_a_missing_record_certifies_nothing(gate: Gate) -> None:
    world = with_few_customers()

    gate.invoke("post_traffic", world)

    assert world.sent == ["Failed"]
    assert world.record["outcome"] == "failed"


@pytest.mark.parametrize("customers", [600, 0])
def test_a_shift_that_never_began_is_never_passed(gate: Gate, customers: int) -> None:
    world = recorded(settled())
    world.customers = customers
    world.shift_began = None

    gate.invoke("post_traffic", world)

    assert world.sent == ["Failed"]


@pytest.mark.parametrize("status", ["Stopped", "Failed"])
def test_a_release_that_others_end_while_it_is_judged_is_never_recorded_as_passed(
    gate: Gate, status: str
) -> None:
    world = after_traffic()

    def serve(version: str, minute: datetime) -> Served:
        if world.elapsed > 120 and world.deployment["status"] == "InProgress":
            world.end(status, "ALARM_ACTIVE")
        return world.usually_served(version, minute)

    world.serve = serve

    gate.invoke("post_traffic", world)

    assert world.record["outcome"] not in {"passed", "warned"}
    assert not {"passed", "warned"} & {notice["outcome"] for notice in world.told}


def test_the_judge_s_reason_stays_before_what_the_synthetic_requests_say(gate: Gate) -> None:
    world = recorded(with_few_customers())

    gate.invoke("post_traffic", world)

    assert world.sent == ["Succeeded"]
    reason = world.record["reason"]
    assert reason.endswith("objective. The synthetic requests certify the objective.")
    assert "more clean canary requests are needed" in reason
