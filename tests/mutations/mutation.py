"""A seeded defect: one thing wrong in the templates of a delivery."""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Resource = dict[str, Any]
Template = dict[str, Any]
Change = Callable[[Resource, Template], None]
Where = Callable[[Resource, Template], bool]


def anywhere(_resource: Resource, _template: Template) -> bool:
    return True


@dataclass(frozen=True, kw_only=True)
class Mutation:
    """One defect.

    Attributes:
        name: what is true of the delivery then.
        source: why that is a defect: a standard, a guide, or an attack that is known.
        resource_type: on which resource; the first in order of stack and logical id.
        where: narrows that down.
        change: makes the defect, in place.
    """

    name: str
    source: str
    resource_type: str
    change: Change
    where: Where = anywhere

    def of(self, templates: Mapping[str, Template]) -> dict[str, Template]:
        """The templates with the defect in one of them.

        Raises:
            LookupError: no resource is like that, so the defect could not be made.
        """
        for stack, template in sorted(templates.items()):
            for logical_id, resource in sorted(template["Resources"].items()):
                if resource["Type"] == self.resource_type and self.where(resource, template):
                    mutated = copy.deepcopy(template)
                    self.change(mutated["Resources"][logical_id], mutated)
                    return {**templates, stack: mutated}
        raise LookupError(f"{self.name}: no {self.resource_type} to change")
