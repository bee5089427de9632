"""CloudWatch Logs' filter patterns: terms, and conditions on the fields of JSON log events.

Amazon CloudWatch Logs User Guide, "Filter pattern syntax for metric filters". Patterns for
space-delimited log events and regular expressions are refused.
"""

import json
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from rehearsal.world.inside.filter_conditions import (
    Condition,
    FilterPatternError,
    condition,
    unquoted,
)

Matches = Callable[[str], bool]
# How JSON may write any letter.
ESCAPED = "\\u00"
TERM = re.compile(r'([?-]?)(?:"((?:[^"\\]|\\.)*)"|(\w+))(?:\s+|$)')


def compiled(pattern: str) -> Matches:
    """Whether a log event's message matches the pattern.

    Raises:
        FilterPatternError: the pattern is none.
    """
    stripped = pattern.strip()
    if stripped.startswith("{"):
        if not stripped.endswith("}"):
            raise FilterPatternError(f"the pattern does not end with a brace: {pattern}")
        return _fields(condition(stripped[1:-1]))
    if stripped.startswith(("[", "%")):
        raise FilterPatternError(f"the rehearsal knows no such pattern: {pattern}")
    return _terms(stripped)


def _fields(wanted: Condition) -> Matches:
    def match(message: str) -> bool:
        plain = wanted.texts and ESCAPED not in message
        if plain and not any(text in message for text in wanted.texts):
            return False
        event = parsed(message)
        return event is not None and wanted.fulfilled(event)

    return match


# Each of a log group's filters looks at the same event.
@lru_cache(maxsize=16)
def parsed(message: str) -> dict[str, Any] | None:
    """A log event's fields; none where it is no JSON object."""
    try:
        event = json.loads(message)
    except ValueError:
        return None
    return event if isinstance(event, dict) else None


def _terms(pattern: str) -> Matches:
    needed: list[str] = []
    excluded: list[str] = []
    either: list[str] = []
    at = 0
    while at < len(pattern):
        term = TERM.match(pattern, at)
        if term is None:
            raise FilterPatternError(f"terms with signs stand in double quotes: {pattern[at:]}")
        mark, quoted, word = term.groups()
        text = word or unquoted(quoted)
        {"": needed, "-": excluded, "?": either}[mark].append(text)
        at = term.end()

    def match(message: str) -> bool:
        if not all(text in message for text in needed):
            return False
        if any(text in message for text in excluded):
            return False
        # Next to a term that is needed, those that may be there say nothing.
        return bool(needed) or not either or any(text in message for text in either)

    return match
