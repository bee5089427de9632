"""Stacks that are deployed and that the delivery no longer describes."""

import json
import shlex
from collections.abc import Iterable, Iterator, Mapping

from operations.plan.deployed import Deployed
from operations.plan.resources import Fate, Going, removal


def orphans(
    delivery_name: str, deployed: Mapping[str, Deployed], described: Iterable[str]
) -> list[Deployed]:
    """The stacks of this delivery that the assembly has not.

    Args:
        delivery_name: leads the stacks' names, and is in the paths of the roles that each of
            them makes or names; another delivery may have a name that begins the same.
        deployed: by name.
        described: the names in the assembly.
    """
    known = set(described)
    return [
        stack
        for name, stack in sorted(deployed.items())
        if name not in known and f"/{delivery_name}/" in json.dumps(stack.template)
    ]


def contents(stack: Deployed) -> list[Going]:
    """What would become of an orphan's resources if it were deleted, lost data first."""
    found = [
        Going(logical_id=logical_id, type=resource["Type"], fate=removal(resource))
        for logical_id, resource in stack.template.get("Resources", {}).items()
    ]
    return sorted(found, key=lambda each: (not each.loses_data, each.fate != Fate.KEPT))


def how_to_delete(stack: Deployed, region: str) -> Iterator[str]:
    """The commands, for somebody who has decided so."""
    place = ("--stack-name", stack.name, "--region", region)
    aws = ("aws", "cloudformation")
    if stack.protected:
        off = "--no-enable-termination-protection"
        yield shlex.join([*aws, "update-termination-protection", off, *place])
    role = ("--role-arn", stack.role) if stack.role else ()
    yield shlex.join([*aws, "delete-stack", *place, *role])
