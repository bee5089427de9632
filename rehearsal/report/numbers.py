"""What the plots of a canary show, as numbers."""

from rehearsal.report import plots
from rehearsal.report.markup import Markup, tag
from rehearsal.report.model import Deployment
from rehearsal.report.plots import Mix
from rehearsal.report.tables import wide


def table(deployment: Deployment, mixes: list[Mix], old: str, new: str) -> Markup:
    """Give a canary's counts and evidence as a folded table."""
    looks = {look.minute: look for look in deployment.looks}
    heads = (
        "minute",
        f"requests to version {old}",
        "failed",
        f"requests to version {new}",
        "failed",
        "evidence",
        "verdict",
    )
    body = []
    for mix in mixes:
        look = looks.get(mix.minute)
        log10 = look.log10_evidence if look else None
        cells = (
            mix.baseline.requests,
            mix.baseline.failed,
            mix.canary.requests,
            mix.canary.failed,
            "" if log10 is None else plots.times(log10),
            look.verdict if look else "",
        )
        head = tag("th", str(mix.minute), scope="row")
        body.append(tag("tr", head, (tag("td", str(cell)) for cell in cells)))
    return tag(
        "details",
        tag("summary", "The numbers, minute by minute"),
        wide(
            tag(
                "table",
                tag("thead", tag("tr", (tag("th", head, scope="col") for head in heads))),
                tag("tbody", body),
                class_="numbers",
            ),
            "The numbers, minute by minute",
        ),
    )
