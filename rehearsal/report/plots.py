"""The plots of a canary, over its minutes: each a pure function from numbers to an SVG.

Colours are the page's (classes); versions are told apart by shape and place as well.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from rehearsal.report.canvas import Canvas, dot, line, path, plot, up
from rehearsal.report.markup import Markup, tag
from rehearsal.report.model import Look
from rehearsal.report.scale import Scale, at_least


@dataclass(frozen=True, kw_only=True)
class Count:
    """Requests of a version in a minute, and how many of them failed."""

    requests: int = 0
    failed: int = 0

    @property
    def rate(self) -> float | None:
        """The share that failed; None without a request."""
        return self.failed / self.requests if self.requests else None


@dataclass(frozen=True, kw_only=True)
class Mix:
    """What both versions served in a minute, counted from the canary's start."""

    minute: int
    canary: Count
    baseline: Count


def split(canvas: Canvas, mixes: Sequence[Mix]) -> Markup:
    """The share of the requests that each version served: the new one below, the old one above."""
    x, y = canvas.across(), up(0, 100)
    bars = [_bar(canvas, mix, x, y) for mix in mixes if mix.canary.requests + mix.baseline.requests]
    ticks = [(value, f"{value:g} %") for value in (0, 25, 50, 75, 100)]
    said = f"Share of the requests by version, minute by minute: {_range(mixes)}"
    return plot(canvas, said, ticks, y, bars)


def _bar(canvas: Canvas, mix: Mix, x: Scale, y: Scale) -> Markup:
    new, old = mix.canary.requests, mix.baseline.requests
    share = 100 * new / (new + old)
    left, right = x(mix.minute), x(mix.minute + 1)
    gap = 1 if right - left > 4 else 0  # noqa: PLR2004 a gap would fill a narrow bar
    place = {"x": left, "width": max(right - left - gap, 0.1)}
    return tag(
        "g",
        tag(
            "title",
            f"minute {mix.minute}: version {canvas.canary} {share:.1f} % ({new} of {new + old}), "
            f"version {canvas.baseline} {100 - share:.1f} % ({old})",
        ),
        tag("rect", class_="fill-old", y=y(100), height=y(share) - y(100), **place),
        tag("rect", class_="fill-new", y=y(share), height=y(0) - y(share), **place),
    )


def errors(canvas: Canvas, mixes: Sequence[Mix], objective: float | None) -> Markup:
    """The share of each version's requests that failed, and the objective; both in percent."""
    rates = [each.rate or 0.0 for mix in mixes for each in (mix.canary, mix.baseline)]
    x = canvas.across()
    y = up(0, min(100.0, at_least(100 * max(rates, default=0.0), 2 * (objective or 0.5))))
    ticks = [(value, f"{value:g} %") for value in y.ticks(4)]
    parts: list[Markup] = []
    if objective is not None:
        parts += line(y(objective), f"objective {objective:g} %", "objective")
    for name, kind in ((canvas.baseline, "old"), (canvas.canary, "new")):
        counts = [(mix.minute, mix.baseline if kind == "old" else mix.canary) for mix in mixes]
        served = [(minute, each, each.rate) for minute, each in counts]
        points = [(x(at + 0.5), y(100 * rate)) for at, _, rate in served if rate is not None]
        parts.append(path(points, kind))
        for at, count, rate in served:
            if rate is not None:
                said = (
                    f"minute {at}: version {name}: {count.failed} of {count.requests} requests "
                    f"failed, {100 * rate:.2g} %"
                )
                parts.append(dot(x(at + 0.5), y(100 * rate), kind, said))
    said = f"Failed requests in percent by version, minute by minute: {_range(mixes)}"
    return plot(canvas, said, ticks, y, parts if mixes else [])


def evidence(canvas: Canvas, looks: Sequence[Look], log10_threshold: float | None) -> Markup:
    """How much more likely the counts are if the new version is worse, and where it is stopped."""
    known = [(look, look.log10_evidence) for look in looks if look.log10_evidence is not None]
    values = [value for _, value in known] + [log10_threshold or 0.0]
    x = canvas.across()
    y = up(min(-1.0, *values), max(at_least(max(values), 0.0), (log10_threshold or 0.0) + 0.5, 1))
    whole = [value for value in y.ticks(5) if value == int(value)]
    parts: list[Markup] = []
    if log10_threshold is not None:
        parts += line(y(log10_threshold), f"stops at {times(log10_threshold)}", "threshold")
    parts.append(path([(x(look.minute + 0.5), y(value)) for look, value in known], "new"))
    for look, value in known:
        said = f"minute {look.minute}: {times(value)} as likely if worse; {look.verdict}"
        parts.append(dot(x(look.minute + 0.5), y(value), "new", said))
    said = f"Evidence against version {canvas.canary} by minute, logarithmic"
    return plot(canvas, said, [(v, times(v)) for v in whole], y, parts if known else [])


def times(log10: float) -> str:
    """A factor, short; as a power of ten where it is long."""
    if 0 <= log10 < 4:  # noqa: PLR2004 what reads well as a number
        number = f"{round(10**log10, 1):,g}"
    elif -3 < log10 < 0:  # noqa: PLR2004 likewise
        number = f"{10**log10:.2g}"
    else:
        number = f"10^{log10:.0f}".replace("-", "\N{MINUS SIGN}")
    return f"{number} \N{MULTIPLICATION SIGN}"


def _range(mixes: Sequence[Mix]) -> str:
    if not mixes:
        return "no minutes"
    return f"minutes {mixes[0].minute} to {mixes[-1].minute}"
