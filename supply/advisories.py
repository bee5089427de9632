"""What an advisory service has said of the locked packages: nothing here asks it.

pip-audit passes over a package that it does not find, and says so only in its report. So each
locked package is looked for there.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from packaging.utils import canonicalize_name

from supply.locks import Locked
from supply.policy import AcceptedAdvisory

Place = tuple[str, str]


class ReportError(Exception):
    """The report is none of pip-audit's."""


def problems(
    locked: Iterable[Locked],
    report: str,
    accepted: Sequence[AcceptedAdvisory],
    today: date,
) -> list[str]:
    """Why the packages may not be released; nothing where each was looked up and none is known.

    Args:
        locked: what was to be looked up.
        report: pip-audit's, in JSON.
        accepted: advisories that are known.
        today: the day on which they must still be accepted.

    Raises:
        ReportError: it is no such report.
    """
    told = _told(report)
    wanted = {(each.name, each.version) for each in locked}
    missing = [f"{name} {version} was not looked up" for name, version in wanted - set(told)]
    used: set[AcceptedAdvisory] = set()
    found: list[str] = []
    for (name, version), advisories in sorted(told.items()):
        for advisory in advisories:
            known = _known(name, advisory, accepted)
            used |= set(known)
            if not any(each.until >= today for each in known):
                found.append(_said(name, version, advisory, known))
    return [*sorted(missing), *found, *_unused(accepted, used)]


def _told(report: str) -> dict[Place, list[Mapping[str, Any]]]:
    """The advisories on each package that was looked up."""
    try:
        told: dict[Place, list[Mapping[str, Any]]] = {
            (canonicalize_name(each["name"]), str(each["version"])): list(each["vulns"])
            for each in json.loads(report)["dependencies"]
            # What it has passed over has a reason in place of a version.
            if "skip_reason" not in each
        }
        for advisories in told.values():
            [advisory["id"] for advisory in advisories]
    except (KeyError, TypeError, ValueError) as error:
        raise ReportError(f"pip-audit's report cannot be read: {error!r}") from None
    return told


def _known(
    name: str, advisory: Mapping[str, Any], accepted: Sequence[AcceptedAdvisory]
) -> list[AcceptedAdvisory]:
    names = {advisory["id"], *advisory.get("aliases", ())}
    return [
        each
        for each in accepted
        if canonicalize_name(each.package) == name and each.advisory in names
    ]


def _said(
    name: str, version: str, advisory: Mapping[str, Any], known: Sequence[AcceptedAdvisory]
) -> str:
    fixed = ", ".join(advisory.get("fix_versions", ())) or "no version"
    over = "".join(f"; it was accepted until {each.until}" for each in known)
    return f"{name} {version} has {advisory['id']}, fixed in {fixed}{over}"


def _unused(accepted: Sequence[AcceptedAdvisory], used: set[AcceptedAdvisory]) -> Iterator[str]:
    for each in accepted:
        if each not in used:
            yield f"{each.package} has no {each.advisory} any more: no longer accept it"
