"""What the scanners found, on the screen and in the documentation."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table

from tests.assembly import ROOT
from tests.scanners.exceptions import Weighed

PAGE = ROOT / "docs" / "scanners.md"
HEAD = """# What others' scanners say

<!-- Written by `make scanners ARGS=--write`; edit what it describes instead. -->

`make scanners` looks through the default delivery with scanners that this project has not \
written: Checkov through the templates, Cloudsplaining through the policies of all roles, Bandit \
through the code. It fails on a finding that is not excused in `tests/scanners/exceptions.toml`, \
on an excuse that no finding needs any more, and when a scanner did not look. They run without a \
network, and so without what their makers sell beside them; Checkov tells no severity then, so \
each of its findings counts. cfn-lint, cdk-nag's packs and CDK's own validator run at each synth \
or in `make test`, and are not repeated here. What Bandit calls low is counted alone: starting \
other programs is what `rehearsal/` and `operations/` are for.
"""


def screen(weighed: Weighed) -> RenderableType:
    """What was looked at, what is open, and what is excused."""
    scans = Table("scanner", "looked at", "findings", box=None)
    for each in weighed.scans:
        scans.add_row(each.scanner, each.looked_at, str(len(each.findings)))
    wrong = Table("not excused", "where", "what", box=None)
    for finding in weighed.open:
        wrong.add_row(finding.check, finding.where, finding.what)
    for excuse in weighed.stale:
        wrong.add_row(excuse.check, excuse.where, "excused, and no longer found: remove the excuse")
    said = f"{sum(len(found) for _, found in weighed.excused)} findings are excused, with a reason."
    return Group(scans, *([wrong] if wrong.row_count else []), said)


def document(weighed: Weighed) -> str:
    """The page."""
    return "\n".join([HEAD, *_scans(weighed), "", "## Excused", "", *_excused(weighed), ""])


def _scans(weighed: Weighed) -> Iterator[str]:
    yield "| scanner | looked at | open | excused | low |\n|-|-|-|-|-|"
    for each in weighed.scans:
        of = [finding in weighed.open for finding in each.findings]
        low = sum(finding in weighed.noted for finding in each.findings)
        excused = len(of) - sum(of) - low
        yield f"| {each.scanner} | {each.looked_at} | {sum(of)} | {excused} | {low} |"


def _excused(weighed: Weighed) -> Iterator[str]:
    yield "| finding | how many | why it stays |\n|-|-|-|"
    for excuse, found in weighed.excused:
        yield f"| `{excuse.check}`: {found[0].what} | {len(found)} | {excuse.reason} |"
