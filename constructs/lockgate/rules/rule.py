"""What a rule is: a check of one resource in a template."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Template = Mapping[str, Any]
Resource = Mapping[str, Any]
Level = Literal["error", "warning"]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule of the pack.

    Attributes:
        id: as in `LG-CodeDeployRollback`.
        what: what is wrong where the rule is broken, and why that matters.
        fix: what to do.
        source: the document that the rule comes from.
        resource_types: which resources it looks at.
        breaches: the properties that break the rule on one resource, none where it is kept; an
            attribute beside the properties begins with a slash.
        level: an error fails the synth, a warning is only reported.
    """

    id: str
    what: str
    fix: str
    source: str
    resource_types: tuple[str, ...]
    breaches: Callable[[Resource, Template], Iterable[str]]
    level: Level = "error"


def properties(resource: Resource) -> Mapping[str, Any]:
    """A resource's properties, none where it states none."""
    return mapping(resource.get("Properties"))


def mapping(value: object) -> Mapping[str, Any]:
    """The value if it is a mapping, else an empty one: what cannot be read says nothing."""
    return value if isinstance(value, Mapping) else {}


def listed(value: object) -> list[Any]:
    """The values where one or several may stand, none for none."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def metadata(holder: Resource | Template) -> Mapping[str, Any]:
    """What a resource or a template says to these rules, under Metadata.Lockgate."""
    return mapping(mapping(holder.get("Metadata")).get("Lockgate"))


def resources(template: Template, resource_type: str) -> dict[str, Resource]:
    """The template's resources of a type, by logical id."""
    return {
        logical_id: resource
        for logical_id, resource in mapping(template.get("Resources")).items()
        if resource.get("Type") == resource_type
    }
