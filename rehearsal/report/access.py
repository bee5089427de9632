"""Access: what was denied, and what was granted in vain."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from rehearsal.report import timeline
from rehearsal.report.markup import Content, Markup, sign, tag
from rehearsal.report.model import Denied, Report, Unused
from rehearsal.report.tables import table


def access(report: Report) -> Markup:
    """What was denied, and what was granted in vain."""
    return tag(
        "section",
        tag("h2", "Access"),
        tag("h3", "Denied"),
        _denied(report.denied),
        tag("h3", "Granted and never used"),
        _unused(report.unused),
    )


def _denied(calls: Sequence[Denied]) -> Markup:
    if not calls:
        return tag("p", "No call was denied.")
    heads = ("time", "role", "action", "resource", "message")
    rows: list[Sequence[Content]] = [
        (
            tag("time", timeline.clock(call.at), datetime=call.at.isoformat()),
            tag("code", short(call.role)),
            tag("code", call.action),
            tag("code", call.resource),
            call.message,
        )
        for call in calls
    ]
    said = "One call was denied." if len(calls) == 1 else f"{len(calls)} calls were denied."
    note = tag("p", sign(good=False), said)
    return Markup(tag("div", note, class_="how bad") + table(heads, rows, words=True))


def _unused(unused: Iterable[Unused]) -> Markup:
    by_role: dict[str, dict[tuple[str, int], list[str]]] = defaultdict(lambda: defaultdict(list))
    for each in unused:
        by_role[each.role][each.policy, each.statement].append(each.action)
    if not by_role:
        return tag("p", "No permission was left over.")
    total = sum(len(found) for statements in by_role.values() for found in statements.values())
    of = "1 role" if len(by_role) == 1 else f"{len(by_role)} roles"
    return tag(
        "div",
        tag("p", f"{_permissions(total)} of {of} met no call in this rehearsal."),
        _roles(by_role),
    )


def _roles(by_role: dict[str, dict[tuple[str, int], list[str]]]) -> Iterator[Markup]:
    for role, statements in by_role.items():
        rows: list[Sequence[Content]] = [
            (short(policy), str(number), tag("code", ", ".join(actions)))
            for (policy, number), actions in statements.items()
        ]
        total = sum(map(len, statements.values()))
        yield tag(
            "details",
            tag("summary", tag("code", short(role)), f" {_permissions(total)}"),
            table(("policy", "statement", "actions"), rows, words=True),
        )


def _permissions(number: int) -> str:
    return "1 permission" if number == 1 else f"{number:,} permissions"


def short(arn: str) -> str:
    """A role's or a policy's name, out of its ARN."""
    if not arn.startswith("arn:"):
        return arn
    named = arn.rpartition(":")[2]
    return named.partition("/")[2] or named
