"""What becomes of the resources of a stack when another template takes its place."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

Template = Mapping[str, Any]
Resource = Mapping[str, Any]
CreateOnly = Callable[[str], Sequence[str] | None]

# Whoever loses one of these may have gained access, or is no longer watched.
GUARDS = (
    "AWS::CloudTrail::Trail",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Policy",
    "AWS::IAM::Role",
    "AWS::KMS::Key",
    "AWS::Lambda::Permission",
    "AWS::Logs::MetricFilter",
    "AWS::Logs::ResourcePolicy",
    "AWS::S3::BucketPolicy",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::QueuePolicy",
    "AWS::SecretsManager::ResourcePolicy",
)
# What is in these is gone with them.
STORES = (
    "AWS::CodeCommit::Repository",
    "AWS::DynamoDB::Table",
    "AWS::ECR::Repository",
    "AWS::EFS::FileSystem",
    "AWS::KMS::Key",
    "AWS::Logs::LogGroup",
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance",
    "AWS::S3::Bucket",
    "AWS::SQS::Queue",
    "AWS::SSM::Parameter",
    "AWS::SecretsManager::Secret",
)


class Fate(Enum):
    """What becomes of a resource."""

    DELETED = "deleted"
    REPLACED = "replaced: made anew, the old one deleted"
    PERHAPS = "perhaps replaced: what CloudFormation knows of its type cannot be read"
    SUPERSEDED = "replaced: made anew, the old one kept"
    KEPT = "kept, and no longer managed"
    SNAPSHOT = "deleted, a snapshot kept"


@dataclass(frozen=True, kw_only=True)
class Going:
    """A resource that would not stay as it is.

    Attributes:
        logical_id: its name in the template.
        type: its type.
        fate: what becomes of it.
    """

    logical_id: str
    type: str
    fate: Fate

    @property
    def guards(self) -> bool:
        """Whether security hangs on it."""
        return self.type in GUARDS

    @property
    def loses_data(self) -> bool:
        """Whether data may be lost with it."""
        return self.type in STORES and self.fate in (Fate.DELETED, Fate.REPLACED, Fate.PERHAPS)


@dataclass(frozen=True, kw_only=True)
class Difference:
    """All that is different in a stack.

    Attributes:
        going: what would not stay, what security hangs on first, then what holds data.
        added: how many resources would be made.
        changed: how many would be changed in place.
    """

    going: tuple[Going, ...]
    added: int
    changed: int

    def __bool__(self) -> bool:
        return bool(self.going or self.added or self.changed)


def difference(deployed: Template, new: Template, create_only: CreateOnly) -> Difference:
    """Compare the template that is deployed with the one that would be.

    Args:
        deployed: the first.
        new: the second.
        create_only: the properties of a type that are given only when a resource is made, as JSON
            pointers of its registry schema ("createOnlyProperties"); None where it is not known.
    """
    before, after = deployed.get("Resources", {}), new.get("Resources", {})
    going = list(_removed(before, after))
    changed = 0
    for logical_id in before.keys() & after.keys():
        old, wanted = before[logical_id], after[logical_id]
        fate = _changed(old, wanted, create_only)
        if fate is not None:
            going.append(Going(logical_id=logical_id, type=old["Type"], fate=fate))
        elif _matters(old) != _matters(wanted):
            changed += 1
    order = sorted(going, key=lambda each: (not each.guards, not each.loses_data, each.logical_id))
    return Difference(going=tuple(order), added=len(after.keys() - before.keys()), changed=changed)


def _removed(before: Mapping[str, Resource], after: Mapping[str, Resource]) -> Iterator[Going]:
    for logical_id in before.keys() - after.keys():
        resource = before[logical_id]
        yield Going(
            logical_id=logical_id,
            type=resource["Type"],
            fate=removal(resource),
        )


def removal(resource: Resource) -> Fate:
    """What becomes of a resource when it leaves its stack, or its stack is deleted."""
    policy = resource.get("DeletionPolicy", "Delete")
    if policy in ("Retain", "RetainExceptOnCreate"):
        return Fate.KEPT
    return Fate.SNAPSHOT if policy == "Snapshot" else Fate.DELETED


def _changed(old: Resource, new: Resource, create_only: CreateOnly) -> Fate | None:
    """What becomes of a resource that stays in the template, None where it is not replaced."""
    if old["Type"] == new["Type"]:
        if old.get("Properties", {}) == new.get("Properties", {}):
            return None
        pointers = create_only(old["Type"])
        if pointers is None:
            return Fate.PERHAPS
        if not any(_at(old, pointer) != _at(new, pointer) for pointer in pointers):
            return None
    # AWS does not say which of both templates counts: it is kept only where both say so.
    policies = {each.get("UpdateReplacePolicy", "Delete") for each in (old, new)}
    return Fate.SUPERSEDED if policies == {"Retain"} else Fate.REPLACED


def _at(resource: Resource, pointer: str) -> Any:  # noqa: ANN401 - JSON
    """What stands at a schema's pointer, such as /properties/Code/ImageUri."""
    found: Any = resource.get("Properties", {})
    for step in pointer.removeprefix("/properties/").split("/"):
        if not isinstance(found, Mapping):
            # In a list, or computed at deployment: all of it counts.
            return found
        found = found.get(step)
    return found


def _matters(resource: Resource) -> dict[str, Any]:
    return {key: value for key, value in resource.items() if key != "Metadata"}
