"""What a change set says of one resource: nothing here asks AWS.

"ResourceChange" and "ResourceTargetDefinition" in the CloudFormation API Reference.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

ADD, MODIFY, REMOVE, IMPORT = "Add", "Modify", "Remove", "Import"
KNOWN: Final = frozenset({ADD, MODIFY, REMOVE, IMPORT})
SHOWN: Final = 200
# What a template states beside a resource's properties, and what of it has an effect.
POLICIES: Final = frozenset({"DeletionPolicy", "UpdateReplacePolicy"})


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One property, or one of the policies, that is not what it was.

    Attributes:
        name: the property's, or the policy's.
        before: its value; empty where it has none, or CloudFormation does not say.
        after: its value to be.
    """

    name: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, kw_only=True)
class Change:
    """What becomes of one resource.

    Attributes:
        action: Add, Modify, Remove, Import, or what CloudFormation calls it one day.
        name: the resource's logical id.
        type: its type.
        replacement: True, False or Conditional; empty where nothing is modified.
        policy: what becomes of a resource that is removed or replaced, such as Retain.
        differences: what is modified.
        properties: the properties that a resource has that comes or goes; None where
            CloudFormation does not say.
    """

    action: str
    name: str
    type: str
    replacement: str = ""
    policy: str = ""
    differences: tuple[Difference, ...] = ()
    properties: frozenset[str] | None = None

    @property
    def is_replaced(self) -> bool:
        """Whether another resource may take its place."""
        return self.action == MODIFY and self.replacement not in {"False", ""}

    @property
    def touched(self) -> frozenset[str] | None:
        """The properties that come, go or change; None where nobody says which."""
        if self.action == MODIFY:
            return frozenset(each.name for each in self.differences) or None
        return self.properties

    def as_record(self) -> dict[str, Any]:
        """Give the change as JSON allows it, long values cut off."""
        return {
            "action": self.action,
            "resource": self.name,
            "type": self.type,
            "replacement": self.replacement,
            "policy": self.policy,
            "differences": [
                {"name": each.name, "before": each.before[:SHOWN], "after": each.after[:SHOWN]}
                for each in self.differences
            ],
        }

    @classmethod
    def of(cls, change: Mapping[str, Any]) -> Self:
        """Read one change; what is no change of a resource is a change of unknown kind."""
        found = change.get("ResourceChange") or {}
        action = str(found.get("Action") or change.get("Type") or "Unknown")
        context = found.get("BeforeContext" if action == REMOVE else "AfterContext")
        return cls(
            action=action,
            name=str(found.get("LogicalResourceId") or "?"),
            type=str(found.get("ResourceType") or "?"),
            replacement=str(found.get("Replacement") or ""),
            policy=str(found.get("PolicyAction") or ""),
            differences=tuple(_difference(each) for each in found.get("Details") or ()),
            properties=_properties(context),
        )

    @classmethod
    def new(cls, name: str, resource: Mapping[str, Any]) -> Self:
        """A resource of a template that is deployed for the first time."""
        properties = frozenset(resource.get("Properties") or {})
        return cls(action=ADD, name=name, type=str(resource.get("Type")), properties=properties)


def _difference(detail: Mapping[str, Any]) -> Difference:
    target = detail.get("Target") or {}
    attribute = str(target.get("Attribute") or "?")
    name = str(target.get("Name") or "?") if attribute == "Properties" else attribute
    before, after = (str(target.get(key) or "") for key in ("BeforeValue", "AfterValue"))
    return Difference(name=name, before=before, after=after)


def _properties(context: object) -> frozenset[str] | None:
    try:
        found = json.loads(context) if isinstance(context, str) else None
    except ValueError:
        return None
    properties = found.get("Properties") if isinstance(found, dict) else None
    return frozenset(properties) if isinstance(properties, dict) else None
