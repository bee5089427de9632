"""One resource before one rule."""

import copy
from collections.abc import Mapping
from typing import Any

from lockgate.rules.rule import Resource, Rule

MISSING = object()


def breaches(
    rule: Rule,
    properties: Mapping[str, Any],
    *,
    of: str | None = None,
    beside: Mapping[str, Resource] | None = None,
    says: Mapping[str, Any] | None = None,
    beyond: Mapping[str, object] | None = None,
) -> list[str]:
    """What a rule finds on one resource of a template.

    Args:
        rule: judges.
        properties: the resource's.
        of: its type, the rule's first where that is left out.
        beside: other resources of the template.
        says: what the template's metadata says to the rules.
        beyond: attributes of the resource beyond its properties.
    """
    judged = {"Type": of or rule.resource_types[0], "Properties": properties, **(beyond or {})}
    template = {
        "Metadata": {"Lockgate": says or {}},
        "Resources": {"Judged": judged, **(beside or {})},
    }
    return list(rule.breaches(judged, template))


def changed(right: Mapping[str, Any], path: str, value: object = MISSING) -> dict[str, Any]:
    """A copy with one value changed, or taken away; the path has dots, and numbers for entries."""
    copied = copy.deepcopy(dict(right))
    place: Any = copied
    *above, last = (int(part) if part.isdecimal() else part for part in path.split("."))
    for part in above:
        place = place[part]
    if value is MISSING:
        del place[last]
    else:
        place[last] = value
    return copied


def allowing(action: object, **more: object) -> dict[str, Any]:
    """A policy that allows actions on everything, unless it says more."""
    statement = {"Effect": "Allow", "Action": action, "Resource": "*", **more}
    return {"Version": "2012-10-17", "Statement": [statement]}
