"""The frame of a canary's plots: axes, lines, dots, the moment of the decision."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rehearsal.report.markup import Markup, tag
from rehearsal.report.scale import Scale

WIDTH: Final = 340
HEIGHT: Final = 200
LEFT, RIGHT, TOP, BOTTOM = 42, 10, 16, 34
DOT: Final = 2.6


@dataclass(frozen=True, kw_only=True)
class Canvas:
    """What the plots of a canary share.

    Attributes:
        canary: the new version.
        baseline: the version before.
        low: the first minute to be seen.
        high: the end of the last.
        decided: the minute in which the release was taken back, or None.
        decision: what was decided then, in a word.
    """

    canary: str
    baseline: str
    low: float
    high: float
    decided: float | None = None
    decision: str = ""

    def across(self) -> Scale:
        """The axis of minutes."""
        return Scale(low=self.low, high=max(self.high, self.low + 1), begin=LEFT, end=WIDTH - RIGHT)


def up(low: float, high: float) -> Scale:
    """The axis of values."""
    return Scale(low=low, high=high, begin=HEIGHT - BOTTOM, end=TOP)


def plot(
    canvas: Canvas,
    said: str,
    ticks: Sequence[tuple[float, str]],
    y: Scale,
    parts: Sequence[Markup],
) -> Markup:
    """Put a plot together; one without parts says so."""
    x = canvas.across()
    foot = HEIGHT - BOTTOM
    return tag(
        "svg",
        tag("title", said),
        (
            (
                tag("line", class_="grid", x1=LEFT, x2=WIDTH - RIGHT, y1=y(value), y2=y(value)),
                tag("text", word, class_="tick end", x=LEFT - 6, y=y(value) + 4),
            )
            for value, word in ticks
        ),
        (
            tag("text", _signed(value), class_="tick mid", x=x(value), y=foot + 15)
            for value in x.minutes()
        ),
        tag("text", "minutes of the canary", class_="tick mid", x=_middle(), y=HEIGHT - 4),
        parts or tag("text", "nothing was counted", class_="empty mid", x=_middle(), y=HEIGHT / 2),
        _decision(canvas, x),
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        role="img",
        aria_label=said,
        class_="plot",
    )


def _decision(canvas: Canvas, x: Scale) -> Iterator[Markup]:
    if canvas.decided is not None:
        at = x(canvas.decided)
        yield tag("line", class_="decided", x1=at, x2=at, y1=TOP - 2, y2=HEIGHT - BOTTOM)
        anchor = "end" if at > _middle() else "start"
        nudge = -4 if anchor == "end" else 4
        yield tag("text", canvas.decision, class_=f"note {anchor}", x=at + nudge, y=TOP - 5)


def line(y: float, said: str, kind: str) -> Iterator[Markup]:
    """A line across, and its word."""
    yield tag("line", class_=kind, x1=LEFT, x2=WIDTH - RIGHT, y1=y, y2=y)
    yield tag("text", said, class_=f"note end {kind}", x=WIDTH - RIGHT, y=y - 4)


def path(points: Sequence[tuple[float, float]], kind: str) -> Markup:
    """A line through points."""
    steps = " ".join(f"{x:g},{y:g}" for x, y in points)
    return tag("polyline", class_=f"line-{kind}", points=steps)


def dot(x: float, y: float, kind: str, said: str) -> Markup:
    """A disc for the new version, a hollow square for the old one."""
    if kind == "new":
        shape = tag("circle", class_="dot-new", cx=x, cy=y, r=DOT)
    else:
        side = 3 * DOT
        shape = tag(
            "rect", class_="dot-old", x=x - side / 2, y=y - side / 2, width=side, height=side
        )
    return tag("g", tag("title", said), shape)


def _signed(value: float) -> str:
    return f"{value:g}".replace("-", "\N{MINUS SIGN}")


def _middle() -> float:
    return (LEFT + WIDTH - RIGHT) / 2
