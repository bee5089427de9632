"""The head of the page: what was rehearsed, how it went, and what it was made of."""

from collections.abc import Sequence

from rehearsal.report import timeline
from rehearsal.report.agreement import findings
from rehearsal.report.markup import Markup, capital, sign, tag
from rehearsal.report.model import Part, Report


def head(report: Report) -> Markup:
    """What was rehearsed, how it went, and what it was made of."""
    found = findings(report)
    verdict = "All went as it should." if not found else "Not all went as it should."
    facts: list[tuple[str, str]] = [
        ("when", f"{report.made:%-d %B %Y, %H:%M %Z}".strip()),
        ("scenario" if len(report.scenarios) == 1 else "scenarios", ", ".join(report.scenarios)),
        ("seed", str(report.seed)),
        ("in the world", _minutes(sum(map(timeline.minutes, report.releases)))),
    ]
    if report.seconds is not None:
        facts.append(("on this machine", _minutes(report.seconds / 60)))
    return tag(
        "header",
        tag("p", "Rehearsal", class_="kicker"),
        tag("h1", report.delivery),
        tag(
            "p",
            sign(good=not found),
            verdict,
            class_="verdict good" if not found else "verdict bad",
        ),
        tag("ul", (tag("li", capital(each)) for each in found), class_="findings")
        if found
        else None,
        tag("dl", (tag("div", tag("dt", name), tag("dd", what)) for name, what in facts)),
        tag(
            "div",
            _parts("What was real", report.real),
            _parts("What was stood in for", report.stood_in),
            class_="parts",
        ),
    )


def _parts(title: str, parts: Sequence[Part]) -> Markup:
    items = [tag("li", tag("b", part.what), tag("span", part.why)) for part in parts]
    return tag("section", tag("h2", title), tag("ul", items or tag("li", "Nothing.")))


def _minutes(number: float) -> str:
    if number < 1:
        return f"{number * 60:.0f} seconds"
    hours, minutes = divmod(round(number), 60)
    if hours:
        return f"{hours} h {minutes} min"
    return "1 minute" if minutes == 1 else f"{minutes} minutes"
