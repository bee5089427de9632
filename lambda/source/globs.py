"""Which paths a filter lets pass, by the globs of CodePipeline's push triggers.

https://docs.aws.amazon.com/codepipeline/latest/userguide/syntax-glob.html: `*` stands for anything
within a name, `**` for anything across folders, `?` for one character, `[ab]` and `[!ab]` for one
of a set, `{a,b}` for one of several patterns; a backslash takes the meaning from what follows it.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Final

_PART: Final = re.compile(r"\*\*|\[!?\]?[^\]]*\]|\\.|.", re.DOTALL)
_MEANINGS: Final = {"**": ".*", "*": "[^/]*", "?": "[^/]", "{": "(?:", "}": ")"}


class BadGlobError(ValueError):
    """A pattern has a bracket that nothing closes, or a group within a group."""


def passing(
    paths: Iterable[str], *, includes: Sequence[str], excludes: Sequence[str]
) -> str | None:
    """Find the first path, in order, that the filter lets pass; None where none does.

    A path passes that one of `includes` matches, or any path where there are none, unless one of
    `excludes` matches it as well.

    Raises:
        BadGlobError: a pattern cannot be read.
    """
    wanted = [_expression(glob) for glob in includes or ["**"]]
    refused = [_expression(glob) for glob in excludes]
    for path in sorted(paths):
        if _any(wanted, path) and not _any(refused, path):
            return path
    return None


def _any(expressions: Iterable[re.Pattern[str]], path: str) -> bool:
    return any(expression.fullmatch(path) for expression in expressions)


@cache
def _expression(glob: str) -> re.Pattern[str]:
    found, within = "", False
    for part in _PART.findall(glob):
        if part in "{}":
            if within == (part == "{"):
                raise BadGlobError(f"{glob}: groups are closed, and hold no groups")
            within = not within
        found += _meaning(part, within=within, glob=glob)
    if within:
        raise BadGlobError(f"{glob}: a group is not closed")
    return re.compile(found, re.DOTALL)


def _meaning(part: str, *, within: bool, glob: str) -> str:
    if part in _MEANINGS:
        return _MEANINGS[part]
    if part == "," and within:
        return "|"
    if part.startswith("["):
        return _one_of(part, glob)
    return re.escape(part[-1])


def _one_of(part: str, glob: str) -> str:
    if part == "[":
        raise BadGlobError(f"{glob}: a bracket is not closed")
    inside = part[1:-1]
    negated = inside.startswith("!")
    # Within brackets all but the hyphen stands for itself, and / for nothing.
    members = re.sub(r"([\\^\[\]&~|])", r"\\\1", inside.removeprefix("!"))
    try:
        re.compile(f"[{members}]")
    except re.error as error:
        raise BadGlobError(f"{glob}: {part} is no set of characters") from error
    return f"(?!/)[{'^' if negated else ''}{members}]"
