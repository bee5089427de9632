"""Tables, and what else may be wider than a page."""

from collections.abc import Sequence

from rehearsal.report.markup import Content, Markup, tag


def table(
    heads: Sequence[str], rows: Sequence[Sequence[Content]], *, words: bool = False
) -> Markup:
    """A table whose first column heads its rows; numbers are right-aligned unless it is words."""
    return wide(
        tag(
            "table",
            tag("thead", tag("tr", (tag("th", name, scope="col") for name in heads))),
            tag(
                "tbody",
                (
                    tag(
                        "tr",
                        tag("th", row[0], scope="row"),
                        (tag("td", cell) for cell in row[1:]),
                    )
                    for row in rows
                ),
            ),
            class_="words" if words else "counts",
        ),
        f"Table: {', '.join(heads)}",
    )


def wide(content: Markup, name: str) -> Markup:
    """Let what is wide scroll by itself, by keyboard as well."""
    return tag("div", content, class_="wide", tabindex=0, role="region", aria_label=name)
