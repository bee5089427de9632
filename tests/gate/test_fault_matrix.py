"""Every fault, for every handler: the one outcome that is right."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from tests.gate.conftest import Gate, judge_each_case_once
from tests.gate.fake_aws import (
    EVENTS,
    RECORD,
    Context,
    World,
    before_traffic,
    function_reply,
    http_answer,
    in_canary,
    settled,
    usual_reply,
)
from tests.gate.fault_table import (
    GOES_ON,
    OVER,
    POST,
    PRE,
    RAISED,
    ROWS,
    STOPPED,
    STOPPED_RAISED,
    SUCCEEDED,
    TOO_LATE,
    WATCH,
    Row,
    Scene,
)

WRONG = function_reply(http_answer(500, {}))


def breaking_its_contract() -> World:
    world = before_traffic()
    world.reply = lambda version, path: WRONG if version == "42" else usual_reply(version, path)
    return world


def failing(make: Callable[[], World]) -> Callable[[], World]:
    def made() -> World:
        world = make()
        world.errors["42"] = 30
        return world

    return made


@dataclass(frozen=True)
class Column:
    """A handler, and the release that it is called for."""

    entry: str
    make: Callable[[], World]
    expected: Callable[[Row], str | None]


def nothing_promised(_: Row) -> None:
    """Say that the fault and the bad release together may have several outcomes."""


COLUMNS = {
    "before traffic": Column(PRE, before_traffic, lambda row: row.before_traffic),
    "after traffic": Column(POST, settled, lambda row: row.after_traffic),
    "healthy canary": Column(WATCH, in_canary, lambda row: row.healthy),
    "degraded canary": Column(WATCH, failing(in_canary), lambda row: row.degraded),
    "bad before traffic": Column(PRE, breaking_its_contract, nothing_promised),
    "bad after traffic": Column(POST, failing(settled), nothing_promised),
}
STATED = [name for name, column in COLUMNS.items() if column.expected is not nothing_promised]


@dataclass(frozen=True)
class Cell:
    """What came of one fault for one handler."""

    outcome: str
    sent: list[str]
    calls: set[str]
    overran: bool
    is_recorded: bool


Cells = dict[tuple[str, str], Cell]


@pytest.fixture(scope="module")
def cells(gate: Gate) -> Iterator[Cells]:
    """Play every fault for every handler, once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gate["traffic"], "HISTORY", timedelta(minutes=10))
        judge_each_case_once(gate, patch)
        played = {
            (str(row), name): play(gate, row, column)
            for row in ROWS
            for name, column in COLUMNS.items()
        }
        yield played


def play(gate: Gate, row: Row, column: Column) -> Cell:
    world = column.make()
    raised: BaseException | None = None
    answer: object = None
    with pytest.MonkeyPatch.context() as patch:
        scene = Scene(column.entry, world, gate, patch)
        scene.handle = gate[column.entry].handle
        row.happens(scene)
        gate.wire.world = world
        for _ in range(scene.deliveries):
            turn = {"deployment_id": "d-1", "now": world.now.isoformat()}
            event = EVENTS.get(column.entry, turn) if scene.event is None else scene.event
            context = Context(world, world.seconds)
            try:
                answer = scene.handle(event, context)
            except BaseException as error:  # noqa: BLE001 some faults are a SystemExit
                raised = error
            world.overran |= context.overran
    is_turn = column.entry == WATCH
    return Cell(
        outcome_of_a_turn(world, answer, raised) if is_turn else outcome_of_a_hook(world, raised),
        world.sent,
        {call.partition(":")[2] for call in world.calls},
        world.overran,
        RECORD in world.objects,
    )


def outcome_of_a_hook(world: World, raised: BaseException | None) -> str:
    if world.completed is not None:
        return world.completed
    return TOO_LATE if raised is None else RAISED


def outcome_of_a_turn(world: World, answer: object, raised: BaseException | None) -> str:
    stopped = world.deployment.get("errorInformation", {}).get("code") == "MANUAL_STOP"
    stopped &= "codedeploy:StopDeployment" in world.calls
    if raised is not None:
        return STOPPED_RAISED if stopped else RAISED
    assert isinstance(answer, dict)
    if answer["over"]:
        return OVER
    if not stopped:
        return GOES_ON
    is_all_done = world.metrics and world.told and world.record["outcome"] == "stopped"
    return STOPPED if is_all_done else "stopped, and not said what was not done"


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_each_fault_has_one_outcome_for_each_handler(cells: Cells, row: Row) -> None:
    expected = {name: COLUMNS[name].expected(row) for name in STATED}

    assert {name: cells[str(row), name].outcome for name in STATED} == expected


def chosen(cells: Cells, which: Callable[[str, str, Cell], bool]) -> list[tuple[str, str]]:
    return [(row, name) for (row, name), cell in cells.items() if which(row, name, cell)]


def test_no_fault_promotes_a_bad_release(cells: Cells) -> None:
    def is_promoted(row: str, name: str, cell: Cell) -> bool:
        return name.startswith("bad") and cell.outcome == SUCCEEDED and "Rollback" not in row

    assert chosen(cells, is_promoted) == []


def test_no_fault_lets_a_hook_succeed_without_a_record(cells: Cells) -> None:
    def is_unrecorded(row: str, _: str, cell: Cell) -> bool:
        return cell.outcome == SUCCEEDED and not cell.is_recorded and "Rollback" not in row

    assert chosen(cells, is_unrecorded) == []


def test_no_fault_keeps_a_hook_from_reporting_where_it_knows_where_to(cells: Cells) -> None:
    def is_silent(_: str, name: str, cell: Cell) -> bool:
        is_hook = COLUMNS[name].entry != WATCH
        return is_hook and bool(cell.calls) and not cell.sent

    assert chosen(cells, is_silent) == []


def test_no_fault_makes_a_hook_report_two_things(cells: Cells) -> None:
    assert chosen(cells, lambda _row, _name, cell: len(set(cell.sent)) > 1) == []


def test_no_fault_makes_a_handler_overrun_its_time(cells: Cells) -> None:
    assert chosen(cells, lambda _row, _name, cell: cell.overran) == []


def test_no_fault_stops_a_healthy_canary(cells: Cells) -> None:
    def is_touched(_: str, name: str, cell: Cell) -> bool:
        return name == "healthy canary" and bool(cell.calls & {"StopDeployment", "PutMetricData"})

    assert chosen(cells, is_touched) == []


def test_a_canary_that_was_seen_degraded_is_stopped_whatever_else_fails(cells: Cells) -> None:
    def is_spared(_: str, name: str, cell: Cell) -> bool:
        was_seen = name == "degraded canary" and cell.outcome in {STOPPED, STOPPED_RAISED}
        return was_seen and "StopDeployment" not in cell.calls

    assert chosen(cells, is_spared) == []


def test_the_matrix_is_as_large_as_it_says(cells: Cells) -> None:
    groups = {row.group for row in ROWS}
    assert groups == {f"F{number}" for number in (*range(1, 13), 15)}
    assert len({str(row) for row in ROWS}) == len(ROWS) >= 200
    assert len(cells) == len(ROWS) * len(COLUMNS) >= 1200
