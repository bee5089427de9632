"""The plots: inside their frame, whatever there is to draw."""

import math
import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.report import gantt, plots
from rehearsal.report.canvas import HEIGHT, WIDTH, Canvas
from rehearsal.report.gantt import Bar, Mark, Row
from rehearsal.report.model import Look
from rehearsal.report.plots import Count, Mix
from rehearsal.report.scale import Scale

BEGAN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def _canvas(low: float = 0, high: float = 15, decided: float | None = None) -> Canvas:
    return Canvas(canary="3", baseline="2", low=low, high=high, decided=decided, decision="stopped")


def _mix(minute: int, new: tuple[int, int] = (6, 0), old: tuple[int, int] = (54, 0)) -> Mix:
    both = [Count(requests=requests, failed=failed) for requests, failed in (new, old)]
    return Mix(minute=minute, canary=both[0], baseline=both[1])


def _look(minute: int, evidence: float | None) -> Look:
    return Look(minute=minute, verdict="inconclusive", log10_evidence=evidence, reason="")


def _places(svg: str) -> list[float]:
    """Every place and length of a picture, its lines' points included."""
    HTMLParser().feed(svg)
    found = re.findall(r' (?:x|y|x1|x2|y1|y2|cx|cy|width|height|r)="([^"]*)"', svg)
    for points in re.findall(r'points="([^"]*)"', svg):
        found += re.split("[ ,]", points) if points else []
    return [float(number) for number in found]


def _inside(svg: str, width: float = WIDTH, height: float = HEIGHT) -> None:
    for number in _places(svg):
        assert math.isfinite(number)
        assert -4 <= number <= max(width, height)


def _all(canvas: Canvas, mixes: list[Mix], looks: list[Look]) -> list[str]:
    return [
        plots.split(canvas, mixes),
        plots.errors(canvas, mixes, 1.0),
        plots.evidence(canvas, looks, 2.0),
    ]


@pytest.mark.parametrize(
    ("canvas", "mixes", "looks"),
    [
        (_canvas(0, 0), [], []),
        (_canvas(0, 1), [_mix(0)], [_look(0, 0.0)]),
        (_canvas(0, 2), [_mix(0, (0, 0), (0, 0)), _mix(1, (0, 0), (0, 0))], [_look(0, None)]),
        (_canvas(0, 1, 0.5), [_mix(0, (9, 9), (9, 9))], [_look(0, 304.0)]),
        (_canvas(-3, 2880, 2881), [_mix(n) for n in range(-3, 2880)], [_look(2879, -304.0)]),
    ],
    ids=["no minutes", "one minute", "no requests", "all failed", "two days"],
)
def test_it_stays_in_its_frame(canvas: Canvas, mixes: list[Mix], looks: list[Look]) -> None:
    for svg in _all(canvas, mixes, looks):
        _inside(svg)


def test_where_nothing_is_to_be_drawn_it_says_so() -> None:
    empty = _all(_canvas(0, 0), [], [_look(0, None)])
    assert [svg.count("nothing was counted") for svg in empty] == [1, 1, 1]


def test_a_minute_without_requests_has_no_bar_and_no_dot() -> None:
    mixes = [_mix(0), _mix(1, (0, 0), (0, 0)), _mix(2, (0, 0))]
    assert plots.split(_canvas(), mixes).count("fill-new") == 2
    assert plots.errors(_canvas(), mixes, None).count("dot-new") == 1
    assert plots.errors(_canvas(), mixes, None).count("dot-old") == 2


def test_a_pointer_is_told_the_counts() -> None:
    svg = plots.errors(_canvas(), [_mix(4, (61, 9), (540, 0))], 1.0)
    assert "minute 4: version 3: 9 of 61 requests failed, 15 %" in svg
    assert "minute 4: version 2: 0 of 540 requests failed, 0 %" in svg
    assert "version 3 10.0 % (6 of 60)" in plots.split(_canvas(), [_mix(0)])


def test_the_share_is_to_scale() -> None:
    svg = plots.split(_canvas(), [_mix(0, (25, 0), (75, 0))])
    new, old = (
        float(re.findall(rf'class="fill-{kind}"[^>]* height="([^"]*)"', svg)[0])
        for kind in ("new", "old")
    )
    assert old == pytest.approx(3 * new)


def test_the_threshold_is_drawn_and_evidence_beyond_it_lies_above() -> None:
    svg = plots.evidence(_canvas(), [_look(0, 2.5)], 2.0)
    line = float(re.findall(r'class="threshold"[^>]* y1="([^"]*)"', svg)[0])
    dot = float(re.findall(r'cy="([^"]*)"', svg)[0])
    assert dot < line
    assert "stops at 100 \N{MULTIPLICATION SIGN}" in svg


@pytest.mark.parametrize(
    ("log10", "said"),
    [(0.0, "1"), (2.0, "100"), (3.0, "1,000"), (6.0, "10^6"), (-1.0, "0.1"), (-5, "10^\u22125")],
)
def test_a_factor_is_short(log10: float, said: str) -> None:
    assert plots.times(log10) == f"{said} \N{MULTIPLICATION SIGN}"


def test_the_decision_is_marked() -> None:
    assert ">stopped</text>" in plots.split(_canvas(decided=6.5), [_mix(0)])
    assert "stopped" not in plots.split(_canvas(), [_mix(0)])


@given(
    low=st.floats(-1e4, 1e4),
    width=st.just(0.0) | st.floats(1e-4, 1e6),
    most=st.integers(1, 12),
    part=st.floats(0, 1),
)
def test_ticks_are_few_and_on_the_axis(low: float, width: float, most: int, part: float) -> None:
    axis = Scale(low=low, high=low + width, begin=0, end=100)
    assert 0 <= axis(low + part * width) <= 100
    for ticks in (axis.ticks(most), axis.minutes(most)):
        assert len(ticks) <= most + 1
        assert ticks == sorted(set(ticks))
        assert all(low - 1e-3 <= tick <= low + width + 1e-3 for tick in ticks)


@pytest.mark.parametrize("minutes", [0, 1, 53, 2880])
def test_a_timeline_stays_in_its_frame(minutes: float) -> None:
    end = BEGAN + timedelta(minutes=minutes)
    bar = Bar(began=BEGAN, ended=end, kind="good", said="all of it", inside="in", after="all")
    mark = Mark(at=end, kind="bad", sign="!", said="the end")
    rows = [Row(group="beta", label="a" * 99, bars=(bar,), marks=(mark,)), Row(group="", label="")]
    svg = gantt.draw(rows, began=BEGAN, minutes=minutes, said="said")
    _inside(svg, gantt.WIDTH, gantt.HEAD + 2 * gantt.ROW)
    assert "a" * 99 in svg  # a long name is cut, and told to a pointer


def test_a_timeline_without_rows_says_so() -> None:
    assert "nothing ran" in gantt.draw([], began=BEGAN, minutes=0, said="said")


def test_what_takes_no_time_is_seen() -> None:
    bar = Bar(began=BEGAN, ended=BEGAN, kind="good", said="")
    svg = gantt.draw([Row(group="", label="", bars=(bar,))], began=BEGAN, minutes=60, said="")
    assert f'width="{gantt.THIN:g}"' in svg
