"""The report as a page: one HTML file that loads nothing and runs nothing."""

from pathlib import Path
from typing import Final

from rehearsal.report import access, head, sections
from rehearsal.report.markup import Markup, tag
from rehearsal.report.model import Report

STYLE: Final = Path(__file__).with_name("style.css")
# The page holds what others wrote, such as commit messages: a browser is told to load nothing.
POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
PARTS: Final = (
    sections.releases,
    sections.timelines,
    sections.canaries,
    sections.records,
    access.access,
    sections.repeat,
)


def page(report: Report) -> str:
    """Write the page.

    Raises:
        ValueError: a decision record is not as the gate writes one.
    """
    top = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", f"Rehearsal of {report.delivery}"),
        tag("style", Markup(STYLE.read_text(encoding="utf-8"))),
    )
    body = tag("body", head.head(report), tag("main", (part(report) for part in PARTS)))
    return f"<!doctype html>\n{tag('html', top, body, lang='en')}\n"
