"""Each bundled scenario does to the sample service what it says, as far as no world is needed."""

import json
import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from rehearsal.scenario import FileError, Release, Scenario, bundled, load
from rehearsal.traffic import TrafficProfile
from rehearsal.world.inside.plugins.customers.arrivals import Kind, arrivals

ROOT = Path(__file__).parents[2]
SCENARIOS = bundled()
RELEASES = [(name, each.name) for name, found in SCENARIOS.items() for each in found.releases]
NAMES = {
    *("good", "broken-at-start", "bad-under-traffic", "slow", "errors-on-both", "no-traffic"),
    *("failing-test", "planted-secret", "alarm-red", "hook-crash", "approval-rejected"),
    *("window-closed", "signed-code"),
}
PRODUCT = {"src/orders/catalogue.py", "tests/test_handler.py"}
# Packages that the tests bring along and Lambda's Python does not have.
OF_TESTS = ("requests", "moto", "pytest")
# Hands events to the handler as Lambda does; what it slept is told, not slept.
ASK = """
import json, sys, time, types
told, sys.stdout = sys.stdout, sys.stderr
for name in json.loads(sys.argv[1]):
    sys.modules[name] = None
slept = 0.0
def sleep(seconds):
    global slept
    slept += seconds
time.sleep = sleep
from orders import handler
from orders.keys import KeyCache, Keys
handler.keys = KeyCache(lambda: Keys(current=b"a" * 40, previous=None))
arn = "arn:aws:lambda:eu-central-1:111122223333:function:orders:live"
context = types.SimpleNamespace(function_name="orders", function_version="2",
    memory_limit_in_mb=256, invoked_function_arn=arn, aws_request_id="r")
for line in sys.stdin:
    slept = 0.0
    try:
        status = handler.handle(json.loads(line), context)["statusCode"]
    except Exception as error:
        status = type(error).__name__
    print(json.dumps([status, slept]), file=told)
"""


def is_release() -> bool:
    """Whether this checkout has a scenario's patch in it already, as in the build of a release."""
    patches = [each.patch(release) for each in SCENARIOS.values() for release in each.releases]
    command = ["git", "apply", "--reverse", "--check", "-"]
    return any(
        subprocess.run(
            command, cwd=ROOT, input=text, text=True, capture_output=True, check=False
        ).returncode
        == 0
        for text in patches
        if text
    )


# A scenario's fault must be found by what finds it for a service team, and not by these tests.
pytestmark = pytest.mark.skipif(is_release(), reason="this checkout is a scenario's release")

Met = list[tuple[str, int | str, int, float]]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Scenario, Release], Path]:
    """The service as a release makes it, with what its tests need of the platform."""
    made: dict[str, Path] = {}

    def make(scenario: Scenario, release: Release) -> Path:
        name = f"{scenario.name}-{release.name}".replace(" ", "-")
        if name not in made:
            folder = made[name] = tmp_path_factory.mktemp(name)
            skip = shutil.ignore_patterns("__pycache__", ".*_cache", ".hypothesis")
            for part in ("services/orders", "lambda/hooks"):
                shutil.copytree(ROOT / part, folder / part, ignore=skip)
            upto = scenario.releases.index(release) + 1
            for patch in map(scenario.patch, scenario.releases[:upto]):
                subprocess.run(
                    ["git", "apply", "--whitespace=error", "-"],
                    cwd=folder,
                    input=patch,
                    text=True,
                    check=True,
                    # In no repository, so that nothing around the folder matters.
                    env={**os.environ, "GIT_CEILING_DIRECTORIES": str(folder.parent)},
                )
        return made[name]

    return make


def touched(patch: str) -> set[str]:
    """The files of the service that a patch is about."""
    return set(re.findall(r"^\+\+\+ b/services/orders/(.*)$", patch, re.MULTILINE))


def ask(source: Path, profile: TrafficProfile, *missing: str) -> Met:
    """What 300 customers meet: the kind, the status, the one that they want, the seconds waited."""
    kinds = [Kind(**each) for each in profile.as_orders()["kinds"]]
    chance = random.Random(1)  # noqa: S311 - nothing secret hangs on it
    coming = list(islice(arrivals(kinds, 1.0, profile.spread, chance), 300))
    events = "".join(f"{json.dumps(each.event)}\n" for each in coming)
    environment = {**os.environ, "PYTHONPATH": str(source), "AWS_DEFAULT_REGION": "eu-central-1"}
    done = subprocess.run(
        [sys.executable, "-c", ASK, json.dumps(missing)],
        input=events,
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    return [
        (each.kind.name, status, each.kind.expect_status or 0, slept)
        for each, (status, slept) in zip(coming, answers, strict=True)
    ]


def release_of(name: str) -> tuple[Scenario, Release]:
    scenario = SCENARIOS[name]
    return scenario, scenario.releases[0]


def test_all_are_there() -> None:
    assert set(SCENARIOS) >= NAMES
    assert all(each.told.title and each.told.shows for each in SCENARIOS.values())


@pytest.mark.parametrize(("name", "release"), RELEASES)
def test_the_services_own_tests_say_of_it_what_the_scenario_says(
    checkout: Callable[[Scenario, Release], Path], name: str, release: str
) -> None:
    scenario = SCENARIOS[name]
    (found,) = [each for each in scenario.releases if each.name == release]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "services/orders"]
    # One more product, as in the scenario "good": that one stands for all of them.
    if name != "good" and touched(scenario.patch(found)) <= PRODUCT:
        command += ["-k", "catalogue"]

    done = subprocess.run(
        command, cwd=checkout(scenario, found), capture_output=True, text=True, check=False
    )

    assert done.returncode == (found.unit_tests == "fail"), done.stdout
    assert ("tests/test_contract.py::" in done.stdout) == (found.contract == "fail"), done.stdout


@pytest.mark.parametrize("name", sorted(NAMES))
def test_customers_are_well_served_by_the_current_version(name: str) -> None:
    met = ask(ROOT / "services/orders/src", SCENARIOS[name].traffic["prod"], *OF_TESTS)

    assert [each for each in met if each[1] != each[2] or each[3]] == []


def test_discounts_fail_a_part_of_the_customers(
    checkout: Callable[[Scenario, Release], Path],
) -> None:
    scenario, release = release_of("bad-under-traffic")
    source = checkout(scenario, release) / "services/orders/src"

    failed = [each for each in ask(source, scenario.traffic["prod"]) if each[1] != each[2]]

    assert {(kind, status) for kind, status, *_ in failed} == {("discounted order", "KeyError")}
    assert 15 < len(failed) < 50


def test_the_warehouse_keeps_a_part_of_the_customers_waiting(
    checkout: Callable[[Scenario, Release], Path],
) -> None:
    scenario, release = release_of("slow")
    profile = scenario.traffic["prod"]

    met = ask(checkout(scenario, release) / "services/orders/src", profile)
    slow = [each for each in met if each[3] * 1000 > profile.slow_ms]

    assert [each for each in met if each[1] != each[2]] == []
    assert {kind for kind, *_ in slow} == {"bulk order"}
    assert 25 < len(slow) < 65


def test_without_the_packages_of_the_tests_it_does_not_start(
    checkout: Callable[[Scenario, Release], Path],
) -> None:
    scenario, release = release_of("broken-at-start")
    source = checkout(scenario, release) / "services/orders/src"

    with pytest.raises(RuntimeError, match="No module named 'requests"):
        ask(source, scenario.traffic["prod"], *OF_TESTS)


def test_the_burst_is_one_that_no_version_understands() -> None:
    scenario, _ = release_of("errors-on-both")
    (burst,) = scenario.traffic["prod"].bursts
    told: dict[str, Any] = scenario.traffic["prod"].model_dump()
    kinds = [{**each, "weight": float(each["name"] == burst.kind)} for each in told["kinds"]]
    only = TrafficProfile.model_validate({**told, "kinds": kinds, "bursts": []})

    met = ask(ROOT / "services/orders/src", only)

    assert {(kind, status) for kind, status, *_ in met} == {(burst.kind, "KeyError")}


GOOD = """
title = "t"
shows = "s"
[[releases]]
name = "one"
message = "m"
patch = "one.patch"
[releases.expect]
status = "succeeded"
serving = { prod = "this" }
"""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (GOOD.replace("title", "titel"), "titel is unknown; allowed: delivery, releases"),
        (GOOD.replace("succeeded", "fine"), 'releases[0].expect.status = "fine": allowed: \'succ'),
        (GOOD.replace("succeeded", "failed"), "only with stage and reason"),
        (GOOD.replace("one.patch", "../x"), "releases[0].patch"),
        (GOOD.replace("one.patch", "two.patch"), "releases[0].patch = 'two.patch': not readable"),
        (GOOD.replace('patch = "one', 'commit = "two'), "commit = 'two.patch': no such folder"),
        (GOOD.replace('patch = "one.patch"', ""), "either a patch or a commit"),
        (GOOD.replace("message", 'fill = { X = ["x"] }\nmessage'), "has ['X']; the patch has"),
        (GOOD + '[[releases.faults]]\ndo = "rain"\n', "releases[0].faults[0]"),
        ('traffic = { prod = "none.toml" }\n' + GOOD, "none.toml: cannot be read"),
    ],
)
def test_a_scenario_that_cannot_be_is_told_so(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "one.patch").write_text("")
    (tmp_path / "scenario.toml").write_text(text)

    with pytest.raises(FileError) as raised:
        load(tmp_path)

    assert told in str(raised.value)


def test_a_users_own_folder_is_read_the_same_way(tmp_path: Path) -> None:
    shutil.copytree(SCENARIOS["planted-secret"].folder, tmp_path / "mine")

    scenario = load(tmp_path / "mine")

    assert scenario.name == "mine"
    assert '"AKIA' in scenario.patch(scenario.releases[0])
