"""Glob patterns as CodePipeline's triggers take them.

CodePipeline User Guide, "Working with glob patterns in syntax".
"""

import re
from collections.abc import Iterable
from functools import cache

WORDS = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]", "{": "(?:", "}": ")", ",": "|"}
PART = re.compile(r"\*\*/|\*\*|\*|\?|\{|\}|,|\[!?[^\]]+\]|.", re.DOTALL)


def fits(text: str, patterns: Iterable[str]) -> bool:
    """Whether one of the patterns is for the whole text."""
    return any(_compiled(pattern).fullmatch(text) for pattern in patterns)


def is_glob(pattern: str) -> bool:
    """Whether it is well formed."""
    try:
        _compiled(pattern)
    except re.error:
        return False
    return True


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    depth, made = 0, []
    for part in PART.findall(pattern):
        depth += {"{": 1, "}": -1}.get(part, 0)
        if len(part) > 1 and part.startswith("["):
            made.append(part.replace("[!", "[^", 1))
        elif part == "," and not depth:
            made.append(part)
        else:
            made.append(WORDS.get(part) or re.escape(part))
    return re.compile("".join(made))
