"""A thousand deployments in which everything comes twice and at once."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

import pytest

from tests.gate.conftest import PLAN, Gate, judge_each_case_once
from tests.gate.fake_aws import CONTRACT, EVENT, LATER, RECORD
from tests.gate.stage import CANARY_MINUTES, Client, OneAfterTheOther, Release

RELEASES = 1000
BEFORE, AFTER = (event["LifecycleEventHookExecutionId"] for event in (EVENT, LATER))
SERVICES = {
    "codedeploy": "codedeploy",
    "events": "events",
    "executions": "states",
    "functions": "lambda",
    "metrics": "monitoring",
    "storage": "s3",
}
# By what CodeDeploy did, what may stand on record.
AGREES = {
    "Succeeded": {"passed", "warned"},
    "Failed": {"failed", "stopped"},
    "Stopped": {"failed", "stopped"},
}


@pytest.fixture(scope="module")
def small(gate: Gate, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gate]:
    """Make a canary short and its calls quick, so that a thousand take seconds."""
    contract = tmp_path_factory.mktemp("small") / "contract.json"
    contract.write_text(json.dumps({"cases": CONTRACT["cases"][:1]}))
    plan = PLAN | {"minutes": CANARY_MINUTES, "synthetic_requests": 2}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLAN", json.dumps(plan))
        patch.setattr(gate["checks"], "CONTRACT", contract)
        patch.setattr(gate["synthetic"], "ThreadPoolExecutor", OneAfterTheOther)
        patch.setattr(gate["traffic"], "HISTORY", timedelta(minutes=10))
        patch.setattr(gate["trial"], "BAKE_MINUTES", 1)
        judge_each_case_once(gate, patch)
        patch.setattr(gate["log"], "step", lambda *_, **__: None)
        for name, service in SERVICES.items():
            client = Client(service, lambda: gate.wire.world)
            patch.setattr(gate["clients"], name, lambda client=client: client)
        yield gate


@pytest.fixture(scope="module")
def releases(small: Gate) -> list[Release]:
    return [play(small, seed) for seed in range(RELEASES)]


def play(gate: Gate, seed: int) -> Release:
    release = Release(gate, seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gate["retry"], "_random", release.dice)
        release.stage.play()
    release.requests.clear()
    return release


def outcome(release: Release) -> str | None:
    return str(release.record["outcome"]) if RECORD in release.objects else None


def test_a_seed_is_one_interleaving(small: Gate) -> None:
    for seed in (0, 1, 2):
        first, second = play(small, seed), play(small, seed)
        assert first.calls == second.calls
        assert first.record == second.record


def test_the_thousand_are_worth_playing(releases: list[Release]) -> None:
    """Nothing below may hold only because it never came up."""
    faults = Counter(name for release in releases for name, _ in release.consumed)
    ends = Counter((release.kind, release.deployment["status"]) for release in releases)
    writers = Counter(entry["by"] for release in releases for entry in release.timelines[-1])

    assert len(faults) >= 12, "each operation"
    assert faults.total() >= 2000
    assert ends["good", "Succeeded"] >= 150
    assert ends["degraded", "Stopped"] >= 150
    assert sum(release.conflicts > 0 for release in releases) >= 500
    assert min(writers[by] for by in ("pre_traffic", "watch", "post_traffic")) >= 200


def test_every_deployment_comes_to_its_end(releases: list[Release]) -> None:
    assert [release.seed for release in releases if not release.is_over] == []
    assert [release.seed for release in releases if release.overran] == []


def test_each_hook_execution_gets_one_status_unless_the_deployment_ended_before(
    releases: list[Release],
) -> None:
    for release in releases:
        delivered = {BEFORE} | ({AFTER} if release.after_traffic else set())
        assert release.completions.keys() <= delivered, release.seed
        untold = delivered - release.completions.keys()
        assert not untold or release.deployment["status"] == "Stopped", release.seed
        assert sorted(release.taken) == sorted(release.completions), release.seed


def test_the_record_agrees_with_what_codedeploy_did(releases: list[Release]) -> None:
    disagreeing = [
        release.seed
        for release in releases
        if outcome(release) not in AGREES[release.deployment["status"]]
    ]
    assert disagreeing == []


def test_no_entry_of_the_timeline_is_ever_lost(releases: list[Release]) -> None:
    for release in releases:
        for before, after in pairwise(release.timelines):
            assert after[: len(before)] == before, release.seed
            assert len(after) == len(before) + 1, release.seed
        assert release.record["timeline"] == release.timelines[-1], release.seed


def test_every_delivery_that_was_answered_is_on_record(releases: list[Release]) -> None:
    for release in releases:
        by = Counter(entry["by"] for entry in release.timelines[-1])
        for entry in ("pre_traffic", "post_traffic"):
            assert by[entry] <= release.invoked[entry], release.seed
            if not release.consumed:
                assert by[entry] == release.invoked[entry], release.seed


def test_the_watch_starts_once_and_whenever_traffic_is_let_through(
    releases: list[Release],
) -> None:
    for release in releases:
        assert release.watches <= 1, release.seed
        if release.completions.get(BEFORE) == "Succeeded":
            assert release.watches == 1, release.seed


def test_a_degraded_release_is_never_passed(releases: list[Release]) -> None:
    ends = {
        (release.deployment["status"], outcome(release))
        for release in releases
        if release.kind == "degraded"
    }
    assert ends <= {(status, end) for status in ("Failed", "Stopped") for end in AGREES[status]}


def test_no_customer_meets_a_release_that_breaks_its_contract(releases: list[Release]) -> None:
    breaking = [release for release in releases if release.kind == "breaks its contract"]
    assert [release.seed for release in breaking if release.shift_began is not None] == []


def test_without_customers_nothing_is_stopped_and_nothing_passed(releases: list[Release]) -> None:
    for release in releases:
        if release.kind == "without customers":
            assert "codedeploy:StopDeployment" not in release.calls, release.seed
            assert release.deployment["status"] != "Succeeded", release.seed


def test_a_good_release_is_held_up_by_faults_that_do_not_end_and_by_alarms_only(
    releases: list[Release],
) -> None:
    for release in releases:
        if release.kind == "good" and not release.consumed and not release.has_alarm:
            assert release.deployment["status"] == "Succeeded", release.seed


def test_what_was_under_test_stays_on_record(releases: list[Release]) -> None:
    unnamed = [
        release.seed
        for release in releases
        if (release.record["target_version"], release.record["plan"]) == ("unknown", None)
        and "shifting" in {entry["outcome"] for entry in release.record["timeline"]}
    ]
    assert unnamed == []


def test_people_are_told_how_each_release_ended_unless_their_bus_refused(
    releases: list[Release],
) -> None:
    untold = [
        release.seed
        for release in releases
        if not AGREES[release.deployment["status"]] & {each["outcome"] for each in release.told}
        and "PutEvents" not in {name for name, _ in release.consumed}
    ]
    assert untold == []
