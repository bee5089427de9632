"""The proof in the terminal, and all that is known as JSON."""

import json
from collections.abc import Iterable

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from rehearsal.permissions.asked import never_asked
from rehearsal.permissions.courses import COURSES
from rehearsal.permissions.prove import Proof
from rehearsal.permissions.reasons import Reason, reason_for
from rehearsal.permissions.verdict import Fate, Tried

STYLES = {Fate.NOT_ASKED: "yellow", Fate.QUIET: "yellow"}


def tell(proof: Proof, reasons: Iterable[Reason], console: Console) -> None:
    """Print each statement with what became of the release without it, and what is wrong."""
    known = list(reasons)
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for heading in ("role", "statement", "first denied", "what becomes of it"):
        table.add_column(heading, overflow="fold")
    last = ""
    for each in proof.tried:
        label = each.statement.label
        style = STYLES.get(each.fate, "green")
        reason = reason_for(each.statement, known)
        became = each.became if reason is None else f"{each.became}: {reason.reason}"
        table.add_row(
            escape(label) if label != last else "",
            escape(each.statement.key),
            escape(each.first.action if each.first else ""),
            f"[{style}]{escape(became)}[/{style}]",
        )
        last = label
    console.print(table)
    noticed = sum(each.noticed for each in proof.tried)
    console.print(f"{noticed} of {len(proof.tried)} statements are noticed. {proof.seconds:.0f} s")
    if proof.findings:
        console.print("[bold red]Not all is proved.[/bold red]")
        for finding in proof.findings:
            console.print(f"  {escape(finding)}")


def as_json(proof: Proof, reasons: Iterable[Reason]) -> str:
    """All that is known, for programs."""
    known = list(reasons)
    return json.dumps(
        {
            "seconds": proof.seconds,
            "findings": list(proof.findings),
            "courses": {
                name: {
                    "status": played.outcome.status,
                    "place": played.outcome.place,
                    "told": sorted(played.told),
                }
                for name, played in proof.whole.items()
            },
            "statements": [_statement(each, proof, known) for each in proof.tried],
        },
        indent=2,
    )


def _statement(tried: Tried, proof: Proof, known: list[Reason]) -> dict[str, object]:
    about, reason = tried.statement, reason_for(tried.statement, known)
    never = list(never_asked(tried, proof.whole, COURSES[0].name))
    return {
        "stack": about.stack,
        "role": about.label,
        "policy": about.resource,
        "number": about.number,
        "statement": about.key,
        "actions": list(about.actions),
        "asked_in_a_good_release": [each for each in about.actions if each not in never],
        "never_asked_in_a_good_release": never,
        "never_asked": list(never_asked(tried, proof.whole)),
        "course": tried.course,
        "noticed": tried.noticed,
        "denied": None if tried.first is None else tried.first.action,
        "on": None if tried.first is None else tried.first.resource,
        "became": tried.became,
        "reason": None if reason is None else reason.reason,
        "tested": None if reason is None else reason.tested,
    }
