"""Which of a statement's actions were never asked for."""

from collections.abc import Iterator, Mapping

from rehearsal.permissions.played import Played
from rehearsal.permissions.statements import like
from rehearsal.permissions.verdict import Tried


def never_asked(tried: Tried, whole: Mapping[str, Played], course: str = "") -> Iterator[str]:
    """The statement's actions for which nobody asks.

    Args:
        tried: the statement.
        whole: what became of each course with every statement, by its name.
        course: the one to look at; all where none is given.
    """
    plays = [played for name, played in whole.items() if course in ("", name)]
    asked = {action for each in plays for action in each.used.get(tried.statement.origin, ())}
    # What services ask of each other is on record only where it is refused.
    if tried.first is not None and tried.course in (course or tried.course):
        asked.add(tried.first.action)
    for action in tried.statement.actions:
        if not any(like(each, action) for each in asked):
            yield action
