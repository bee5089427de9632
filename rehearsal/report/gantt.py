"""A release over the world's time: bars for what took time, marks for what happened at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from rehearsal.report.markup import Markup, tag
from rehearsal.report.scale import Scale

WIDTH: Final = 960
GUTTER: Final = 208
ROW: Final = 24
HEAD: Final = 24
ROOM: Final = 92  # right of the last bar, for its word
THIN: Final = 4.0
LETTER: Final = 6.4

# How a status is drawn, and the sign that says the same without a colour.
SIGNS: Final = {
    "good": "\N{CHECK MARK}",
    "bad": "\N{BALLOT X}",
    "open": "\N{HORIZONTAL ELLIPSIS}",
    "plain": "",
}
KINDS: Final = {
    "Succeeded": "good",
    "Approved": "good",
    "Failed": "bad",
    "Stopped": "bad",
    "Rejected": "bad",
    "Abandoned": "bad",
    "InProgress": "open",
    "Pending": "open",
}


@dataclass(frozen=True, kw_only=True)
class Bar:
    """Something that took time.

    Attributes:
        began: when.
        ended: when.
        kind: good, bad, open or plain, or the name of a phase.
        said: what a pointer is told.
        inside: a word in the bar, where there is room.
        after: words behind the bar.
        after_kind: good, bad or open, where the words are not of the bar's own kind.
    """

    began: datetime
    ended: datetime
    kind: str
    said: str
    inside: str = ""
    after: str = ""
    after_kind: str = ""


@dataclass(frozen=True, kw_only=True)
class Mark:
    """Something that happened: the sign tells what, the kind gives it a colour."""

    at: datetime
    kind: str
    sign: str
    said: str


@dataclass(frozen=True, kw_only=True)
class Row:
    """A line of the timeline; the group is written once, where it begins."""

    group: str
    label: str
    bars: tuple[Bar, ...] = ()
    marks: tuple[Mark, ...] = ()


def draw(rows: Sequence[Row], *, began: datetime, minutes: float, said: str) -> Markup:
    """Draw rows over so many minutes; two timelines of the same length have the same scale."""
    x = Scale(low=0, high=max(minutes, 1), begin=GUTTER, end=WIDTH - ROOM)
    foot = HEAD + max(len(rows), 1) * ROW
    return tag(
        "svg",
        tag("title", said),
        _axis(x, foot),
        (_row(rows, index, x, began) for index in range(len(rows))),
        None if rows else tag("text", "nothing ran", class_="empty mid", x=WIDTH / 2, y=foot - 6),
        viewBox=f"0 0 {WIDTH} {foot + 6}",
        role="img",
        aria_label=said,
        class_="gantt",
    )


def _axis(x: Scale, foot: float) -> Iterator[Markup]:
    for value in x.minutes(10):
        place = x(value)
        yield tag("line", class_="grid", x1=place, x2=place, y1=HEAD - 4, y2=foot)
        word = f"{value:g} min" if value else "pushed"
        yield tag("text", word, class_="tick mid", x=place, y=HEAD - 10)


def _row(rows: Sequence[Row], index: int, x: Scale, began: datetime) -> Iterator[Markup]:
    row, top = rows[index], HEAD + index * ROW
    base = top + ROW / 2 + 4
    if index == 0 or rows[index - 1].group != row.group:
        if index:
            yield tag("line", class_="rule", x1=0, x2=WIDTH, y1=top, y2=top)
        yield _label(row.group, 13, class_="group", x=0, y=base)
    yield _label(row.label, 17, class_="label end", x=GUTTER - 10, y=base)
    for bar in row.bars:
        yield _bar(bar, top, x, began)
    for mark in row.marks:
        yield tag(
            "g",
            tag("title", mark.said),
            tag(
                "text", mark.sign, class_=f"mark mid {mark.kind}", x=x(_min(mark.at, began)), y=base
            ),
        )


def _label(words: str, most: int, **place: str | float) -> Markup:
    """Cut a long name; a pointer is told all of it."""
    if len(words) <= most:
        return tag("text", words, **place)
    return tag("text", tag("title", words), f"{words[: most - 1]}\N{HORIZONTAL ELLIPSIS}", **place)


def _bar(bar: Bar, top: float, x: Scale, began: datetime) -> Markup:
    left, right = x(_min(bar.began, began)), x(_min(bar.ended, began))
    width = max(right - left, THIN)
    base = top + ROW / 2 + 4
    after = bar.after_kind or bar.kind
    fits = len(bar.inside) * LETTER < width - 6
    return tag(
        "g",
        tag("title", bar.said),
        tag(
            "rect",
            class_=f"bar {bar.kind}",
            x=left,
            y=top + 5,
            width=width,
            height=ROW - 10,
            rx=min(3.0, width / 2),
        ),
        tag("text", bar.inside, class_="inside mid", x=left + width / 2, y=base)
        if bar.inside and fits
        else None,
        tag(
            "text",
            bar.after,
            class_=f"after {after}",
            x=left + width + 5,
            y=base,
        )
        if bar.after
        else None,
    )


def _min(moment: datetime, began: datetime) -> float:
    return (moment - began) / timedelta(minutes=1)
