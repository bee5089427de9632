"""What an approver reads of a release, in as many characters as an approval has room for.

What concerns security comes first, and is never cut off in favour of anything else.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from changes import ADD, IMPORT, MODIFY, REMOVE, Change, Difference
from sensitive import Concern, concerns

# The message of an approval holds 1,000 characters ("Manual approval action reference",
# CodePipeline User Guide), and whoever declares it adds a few of his own.
LIMIT: Final = 900
LINE: Final = 180
# What is kept for the next section's title, and for saying how many lines found no room.
RESERVE: Final = 80
VALUES: Final = 60
NOTHING: Final = "nothing changes that concerns it"
NO_CHANGE: Final = "No changes: the template is what the stack has."
_VERBS: Final = {ADD: "added", IMPORT: "imported", MODIFY: "changed", REMOVE: "removed"}


@dataclass(frozen=True)
class _Section:
    title: str
    lines: Sequence[str]


def of_changes(changes: Iterable[Change]) -> str:
    """The changes to a stack: security, then what is replaced or removed, then how many.

    Of what concerns security, the most serious comes first.
    """
    found = list(changes)
    if not found:
        return NO_CHANGE
    serious = [(min(c.rank for c in why), line(change, why)) for change, why in _why(found)]
    replaced = [_named(change) for change in found if change.is_replaced]
    removed = [_named(change) for change in found if change.action == REMOVE]
    counts = Counter(_verb(change) for change in found)
    return _fitted(
        [
            _Section("SECURITY", [told for _, told in sorted(serious)] or [NOTHING]),
            _Section("REPLACED", replaced),
            _Section("REMOVED", removed),
            _Section("RESOURCES", [f"{number} {verb}" for verb, number in sorted(counts.items())]),
        ]
    )


def of_first_release(stack: str, resources: Iterable[Change]) -> str:
    """A stack that is not there yet: its resources by type, those that concern security first."""
    sensitive: Counter[str] = Counter()
    others: Counter[str] = Counter()
    for each in resources:
        (sensitive if concerns(each) else others)[_short(each.type)] += 1
    return _fitted(
        [
            _Section(f"First release of {stack}: there is no change set to review.", []),
            _Section("SECURITY", list(_counted(sensitive)) or [NOTHING]),
            _Section("RESOURCES", list(_counted(others))),
        ]
    )


def _why(changes: Iterable[Change]) -> Iterator[tuple[Change, list[Concern]]]:
    for change in changes:
        if why := concerns(change):
            yield change, why


def line(change: Change, why: Sequence[Concern]) -> str:
    """One change and why it concerns security."""
    reasons = (f"{each.why}{_of_names(change, each)}" for each in why)
    return f"{_named(change)} {_verb(change)}: {', '.join(reasons)}"


def _of_names(change: Change, concern: Concern) -> str:
    known = {each.name: each for each in change.differences}
    said = [_values(known[name]) if name in known else name for name in concern.names]
    return f" [{', '.join(said)}]" if said else ""


def _values(difference: Difference) -> str:
    """The property, with its values where they are short enough to be read here."""
    before, after = (" ".join(each.split()) for each in (difference.before, difference.after))
    short = 0 < len(before) + len(after) <= VALUES
    return f"{difference.name} {before or '-'} -> {after or '-'}" if short else difference.name


def _named(change: Change) -> str:
    return f"{change.name} ({_short(change.type)})"


def _verb(change: Change) -> str:
    if change.is_replaced:
        return "replaced" if change.replacement == "True" else "perhaps replaced"
    return _VERBS.get(change.action, change.action)


def _short(kind: str) -> str:
    return kind.removeprefix("AWS::")


def _counted(kinds: Counter[str]) -> Iterator[str]:
    for kind, number in sorted(kinds.items()):
        yield f"{number} {kind}"


def _fitted(sections: Sequence[_Section]) -> str:
    """As many lines as there is room for; after the first that does not fit, none."""
    told = ""
    for section in sections:
        if not section.lines and section.title.isupper():
            continue
        head = section.title if not section.lines else f"{section.title}: "
        told += f"{' | ' if told else ''}{head}"
        for at, each in enumerate(section.lines):
            shown = each if len(each) <= LINE else f"{each[: LINE - 3]}..."
            joined = f"{'; ' if at else ''}{shown}"
            if len(told) + len(joined) > LIMIT - RESERVE:
                left = len(section.lines) - at
                return f"{told}{'; ' if at else ''}... and {left} more; see the change set"
            told += joined
    return told
