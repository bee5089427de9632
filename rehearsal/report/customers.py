"""What customers noticed of a release, and whether the gate counted the same."""

from dataclasses import dataclass, field

from rehearsal.report.agreement import Compared, compare
from rehearsal.report.markup import Content, Markup, sign, tag
from rehearsal.report.model import Release
from rehearsal.report.tables import wide

HEADS = (
    *("requests", "failed"),
    *("requests", "by the gate", "failed", "by the gate", "same"),
)


@dataclass(kw_only=True)
class _Line:
    """A version in an environment."""

    requests: int = 0
    failed: int = 0
    compared: list[Compared] = field(default_factory=list)


def section(release: Release) -> Markup:
    """Give the customers' count of a release, beside the gate's where it judged."""
    lines: dict[tuple[str, str], _Line] = {}
    for where in release.environments:
        for each in where.customers:
            line = lines.setdefault((where.name, each.version), _Line())
            line.requests += each.requests
            line.failed += each.failed
        for row in compare(where):
            lines.setdefault((where.name, row.version), _Line()).compared.append(row)
    if not lines:
        return tag("p", "Customers sent no requests.")
    requests = sum(line.requests for line in lines.values())
    failed = sum(line.failed for line in lines.values())
    return Markup(
        tag(
            "p",
            tag("b", f"{failed:,} of {requests:,}"),
            " customer requests failed, by the customers' own count.",
        )
        + _agreement(lines)
        + _table(lines)
        + _note(lines)
    )


def _agreement(lines: dict[tuple[str, str], _Line]) -> Markup:
    rows = [row for line in lines.values() for row in line.compared]
    if not rows:
        return Markup()
    bad = sorted({row.environment for row in rows if not row.agrees})
    if bad:
        said = f"Customers and the gate counted differently in {' and '.join(bad)}."
        return tag("p", sign(good=False), tag("strong", said, class_="bad"), class_="how bad")
    return tag("p", sign(good=True), "Customers and the gate counted the same.", class_="how good")


def _table(lines: dict[tuple[str, str], _Line]) -> Markup:
    groups = tag(
        "tr",
        (tag("th", name, scope="col", rowspan=2) for name in ("environment", "version")),
        tag("th", "all, by customers", scope="colgroup", colspan=2),
        tag("th", "in the minutes that were judged", scope="colgroup", colspan=5),
    )
    heads = tag("tr", (tag("th", name, scope="col") for name in HEADS))
    body = [
        tag(
            "tr",
            tag("th", environment, scope="row"),
            tag("td", version),
            (tag("td", cell) for cell in _cells(line)),
        )
        for (environment, version), line in lines.items()
    ]
    table = tag("table", tag("thead", groups, heads), tag("tbody", body), class_="counts both")
    return wide(table, "What customers and the gate counted")


def _cells(line: _Line) -> list[Content]:
    own: list[Content] = [f"{line.requests:,}", f"{line.failed:,}"]
    if not line.compared:
        return [*own, *["\N{EN DASH}"] * 5]
    asked, gate = (sum(row.requests[part] for row in line.compared) for part in (0, 1))
    failed, least, most = (sum(row.failed[part] for row in line.compared) for part in (0, 1, 2))
    agrees = all(row.agrees for row in line.compared)
    by_gate = f"{least:,}" if least == most else f"{least:,} to {most:,}"
    same = "yes" if agrees else tag("strong", "no", class_="bad")
    return [*own, f"{asked:,}", f"{gate:,}", f"{failed:,}", by_gate, same]


def _note(lines: dict[tuple[str, str], _Line]) -> Markup | str:
    rows = [row for line in lines.values() for row in line.compared]
    if all(row.failed[1] == row.failed[2] for row in rows):
        return ""
    return tag(
        "p",
        "The gate counts errors and answers of HTTP 5xx, and a request that fails may be both: "
        "so its count has a least and a most.",
        class_="note small",
    )
