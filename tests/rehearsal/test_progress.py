"""What is shown while a rehearsal runs: in a terminal that moves, and line by line elsewhere."""

import io
from datetime import UTC, datetime

import pytest
from rich.console import Console

from rehearsal.progress import told
from rehearsal.snapshot import Evidence, Served, Snapshot, TrafficView

SNAPSHOT = Snapshot(
    title="Release 2: discounts",
    now=datetime(2026, 3, 2, 9, 17, tzinfo=UTC),
    stages={
        "Source": {"Source": "Succeeded"},
        "prod": {"CreateChangeSet": "Succeeded", "Execute": "InProgress"},
    },
    traffic=(
        TrafficView(environment="beta", weights={"3": 1.0}, event="Succeeded", verdict="healthy"),
        TrafficView(
            environment="prod",
            weights={"2": 0.9, "3": 0.1},
            event="AllowTraffic",
            served={"2": Served(requests=540), "3": Served(requests=61, failed=9)},
            evidence=Evidence(value=37.2, threshold=100.0, verdict="inconclusive"),
        ),
    ),
)


def shown(*, terminal: bool) -> str:
    out = io.StringIO()
    console = Console(file=out, force_terminal=terminal, width=140, highlight=False)
    with told(console) as audience:
        audience.step("git push [of] a release")
        audience.look(SNAPSHOT)
        audience.look(SNAPSHOT)
    return out.getvalue()


@pytest.mark.parametrize(
    "text",
    [
        *("Release 2: discounts", "Mon 09:17", "Execute", "AllowTraffic", "healthy"),
        *("v2 90%, 0 of 540 failed", "v3 10%, 9 of 61 failed"),
        "evidence 37.2 of 100: inconclusive",
    ],
)
def test_a_terminal_shows_stages_traffic_and_evidence(text: str) -> None:
    assert text in shown(terminal=True)


def test_a_log_has_each_state_once() -> None:
    lines = shown(terminal=False).splitlines()

    assert [line.partition(" s ")[2] for line in lines] == [
        "git push [of] a release",
        "  09:17 prod/Execute, beta: Succeeded, prod: AllowTraffic",
    ]
