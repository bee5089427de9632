"""What a rule is: a check of one resource in a template."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Template = Mapping[str, Any]
Resource = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule of the pack.

    Attributes:
        id: as in `LG-CodeDeployRollback`.
        what: what is wrong where the rule is broken, and why that matters.
        fix: what to do.
        source: the document that the rule comes from.
        resource_type: which resources it looks at.
        breaches: the properties that break the rule on one resource, none where it is kept.
    """

    id: str
    what: str
    fix: str
    source: str
    resource_type: str
    breaches: Callable[[Resource, Template], Iterable[str]]


def properties(resource: Resource) -> Mapping[str, Any]:
    """A resource's properties, none where it states none."""
    return dict(resource.get("Properties", {}))
