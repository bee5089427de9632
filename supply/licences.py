"""Whether a release may hold a package, by its licence: nothing here reads a package."""

import re
from collections.abc import Collection, Iterable

from supply.packed import Packed

EITHER, EVERY = re.compile(r"\s+OR\s+"), re.compile(r"\s+AND\s+")


def problems(packages: Iterable[Packed], allowed: Collection[str]) -> list[str]:
    """Which packages have a licence that is not allowed, or none that is known."""
    known = ", ".join(sorted(allowed))
    return [
        f"{each.name} {each.version} has {_said(each.licence)}; allowed: {known}"
        for each in packages
        if not is_allowed(each.licence, allowed)
    ]


def is_allowed(expression: str, allowed: Collection[str]) -> bool:
    """Whether an SPDX expression leaves a choice of allowed licences alone.

    What has parentheses or exceptions is not understood here, and so not allowed.
    """
    return any(
        all(each.strip() in allowed for each in EVERY.split(choice))
        for choice in EITHER.split(expression.strip())
    )


def _said(licence: str) -> str:
    return f"the licence {licence[:80]!r}" if licence else "no licence that it names"
