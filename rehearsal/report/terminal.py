"""The report in a few lines, for a terminal."""

from pathlib import Path

from rich.console import Console
from rich.markup import escape

from rehearsal.report.agreement import failed, findings, words
from rehearsal.report.model import Release, Report


def tell(report: Report, console: Console, page: Path | None = None) -> None:
    """Print how each release ended and why, what was not as it should be, and where the page is."""
    for release in report.releases:
        _release(release, console)
    found = findings(report)
    console.print()
    if found:
        console.print("[bold red]Not all went as it should.[/bold red]")
        for each in found:
            console.print(f"  {escape(each)}")
    else:
        console.print("[green]All went as it should; no call was denied.[/green]")
    if page is not None:
        console.print(f"Report: {escape(str(page))}", soft_wrap=True)


def _release(release: Release, console: Console) -> None:
    good = release.outcome is release.expected
    sign, style = ("\N{CHECK MARK}", "green") if good else ("\N{BALLOT X}", "bold red")
    said = escape(words(release.outcome))
    console.print(f"[{style}]{sign}[/{style}] [bold]{escape(release.name)}[/bold] {said}")
    if release.why:
        console.print(f"  {escape(release.why)}")
    requests = sum(each.requests for where in release.environments for each in where.customers)
    console.print(f"  {failed(release):,} of {requests:,} customer requests failed")
