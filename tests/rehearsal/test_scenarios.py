"""The bundled scenarios end to end, each in a world of its own: what comes is what they expect."""

import html
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from rehearsal.faithful import BEGUN
from rehearsal.report.agreement import compare, findings
from rehearsal.report.model import Outcome, Report
from rehearsal.scenario import bundled

ROOT = Path(__file__).parents[2]
# One that takes the whole way, through both environments and back.
ESSENTIAL = frozenset({"bad-under-traffic"})
AT_ONCE = 2
MOST_SECONDS = 900
# Both versions, all kinds of evidence, and a rollback.
AGAIN = "bad-under-traffic"
# What no seed decides: a world begins with the minute that runs now.
ISO_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)")


@dataclass(frozen=True)
class Played:
    """How a run ended, what it said, and its report."""

    code: int
    said: str
    page: str
    report: Report


@pytest.fixture(scope="module")
def played(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Played]]:
    """The scenarios that are asked for, two at a time."""
    names = [
        str(item.callspec.params["name"])
        for item in request.session.items
        if isinstance(item, pytest.Function) and item.originalname == test_a_scenario.__name__
    ]
    folder = tmp_path_factory.mktemp("reports")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        runs: dict[str, Future[Played]] = {name: pool.submit(play, name, folder) for name in names}

        def give(name: str) -> Played:
            if name not in runs:
                runs[name] = pool.submit(play, name, folder)
            return runs[name].result()

        yield give


def play(name: str, folder: Path, *options: str) -> Played:
    done = subprocess.run(
        [sys.executable, "-m", "rehearsal", "run", name, "--reports", str(folder), *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=MOST_SECONDS,
    )
    said = done.stdout + done.stderr
    report = folder / f"{name}.json"
    assert report.exists(), said
    return Played(
        done.returncode,
        said,
        report.with_suffix(".html").read_text(),
        Report.model_validate_json(report.read_text()),
    )


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=() if name in ESSENTIAL else pytest.mark.slow) for name in bundled()],
)
def test_a_scenario(played: Callable[[str], Played], name: str) -> None:
    run = played(name)

    assert findings(run.report) == [], run.said
    assert run.code == 0, run.said
    assert run.report.denied == ()
    for release in run.report.releases:
        assert release.name in run.said
        assert html.escape(release.name) in run.page
        if release.outcome is Outcome.STOPPED and "degraded" in run.said:
            [prod] = [each for each in release.environments if each.name == "prod"]
            stopped = next(each for each in prod.deployments if each.record)
            record = stopped.record or {}
            assert release.why.startswith("stopped at minute ")
            assert f"version {record['target_version']}" in release.why
            # The customers' own count of the version's requests is the gate's.
            assert [row.agrees for row in compare(prod)] == [True, True]
            assert stopped.looks[-1].verdict == "degraded"


def by_its_own_time(report: Report) -> str:
    """The releases of a report, each moment as seconds after the first release began."""
    first = report.releases[0].began

    def after(found: re.Match[str]) -> str:
        return f"+{(datetime.fromisoformat(found[0]) - first).total_seconds():g} s"

    # So a commit's id hangs on it, too.
    return "\n".join(
        ISO_TIME.sub(after, each.model_dump_json(indent=1)).replace(each.commit, "the commit")
        for each in report.releases
    )


@pytest.mark.slow
def test_one_seed_gives_one_run(played: Callable[[str], Played], tmp_path: Path) -> None:
    one, again = played(AGAIN), play(AGAIN, tmp_path, "--anew")

    assert by_its_own_time(again.report) == by_its_own_time(one.report)

    on_from_there = play(AGAIN, tmp_path)
    assert BEGUN in on_from_there.report.stood_in
    assert BEGUN not in again.report.stood_in
    assert by_its_own_time(on_from_there.report) == by_its_own_time(again.report)
