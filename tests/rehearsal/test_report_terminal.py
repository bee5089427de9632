"""The report in a terminal."""

import io
from pathlib import Path

from rich.console import Console

from rehearsal.report.model import Report
from rehearsal.report.terminal import tell
from tests.rehearsal.report_example import example


def _told(report: Report, page: Path | None = None) -> str:
    stream = io.StringIO()
    tell(report, Console(file=stream, width=200, highlight=False), page)
    return stream.getvalue()


def test_each_release_its_failed_requests_and_the_page() -> None:
    assert _told(example(), Path("build/report.html")).splitlines() == [
        "\N{CHECK MARK} release 1: orders gets receipts succeeded",
        "  went through its canaries: healthy in beta, healthy in prod",
        "  0 of 27,600 customer requests failed",
        "\N{CHECK MARK} release 2: one request in thirty fails in prod was stopped",
        (
            "  stopped at minute 3 of the canary in prod: 3 of 125 requests to version 3 failed, "
            "against 0 of 1,075 to version 2"
        ),
        "  5 of 20,400 customer requests failed",
        "",
        "All went as it should; no call was denied.",
        "Report: build/report.html",
    ]


def test_what_was_not_as_it_should_be_is_listed() -> None:
    told = _told(example(denied=True, miscounted=True))
    assert "Not all went as it should." in told
    assert "counted differently in prod." in told
    assert "1 call was denied; none should be." in told


def test_markup_in_a_name_is_text() -> None:
    report = example()
    release = report.releases[0].model_copy(update={"name": "[red]x[/red]", "why": "[/]"})
    told = _told(report.model_copy(update={"releases": (release,)}))
    assert "[red]x[/red]" in told
    assert "  [/]" in told
