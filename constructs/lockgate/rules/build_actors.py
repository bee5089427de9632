"""A webhook builds for exactly the people that it names."""

import re
from collections.abc import Iterable

from lockgate.rules.rule import Resource, Rule, Template, listed, mapping, properties

ACTOR = "ACTOR_ACCOUNT_ID"
# One alternative of a pattern: an id between anchors.
WHOLE_ID = re.compile(r"\^[\w:{}-]+\$")


def _breaches(resource: Resource, _template: Template) -> Iterable[str]:
    groups = listed(mapping(properties(resource).get("Triggers")).get("FilterGroups"))
    for row, group in enumerate(groups):
        for column, found in enumerate(listed(group)):
            a_filter = mapping(found)
            if a_filter.get("Type") == ACTOR and not _names_whole_ids(a_filter.get("Pattern")):
                yield f"Triggers.FilterGroups.{row}.{column}.Pattern"


def _names_whole_ids(pattern: object) -> bool:
    return all(WHOLE_ID.fullmatch(part) for part in str(pattern).split("|"))


RULE = Rule(
    id="LG-BuildActors",
    what="A webhook's filter of actors is a part of an id: CodeBuild looks for the pattern "
    "anywhere in it, so a longer id that contains it may run a build. Ids are given out in "
    "sequence, so anybody can wait for one.",
    fix="Anchor each id of the pattern on both sides, as in ^1234567$|^7654321$.",
    source="Wiz Research, CodeBreach (2026); CodeBuild User Guide, Filter GitHub webhook events",
    resource_types=("AWS::CodeBuild::Project",),
    breaches=_breaches,
)
