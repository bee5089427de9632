"""How the stages of a pipeline would change."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

PIPELINE = "AWS::CodePipeline::Pipeline"


@dataclass(frozen=True, kw_only=True)
class Change:
    """One change of a pipeline.

    Attributes:
        said: what changes.
        goes: whether something would no longer be done.
    """

    said: str
    goes: bool


Stage = Mapping[str, Any]


def changes(deployed: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    """Compare the pipelines of two templates of a stack, stage by stage."""
    before, after = _stages(deployed), _stages(new)
    for name in before:
        if name not in after:
            stacks = ", ".join(_deploys(before[name]))
            what = f", which deploys {stacks}" if stacks else ""
            yield Change(said=f"stage {name} is removed{what}", goes=True)
    for name in after:
        if name not in before:
            yield Change(said=f"stage {name} is added", goes=False)
    common = [name for name in before if name in after]
    moved = [name for name in after if name in before]
    if common != moved:
        order = " → ".join(moved)
        yield Change(said=f"stages are reordered: {order}", goes=False)
    for name in common:
        yield from _actions(name, before[name], after[name])


def _actions(name: str, before: Stage, after: Stage) -> Iterator[Change]:
    old, new = ([action["Name"] for action in stage["Actions"]] for stage in (before, after))
    for action in old:
        if action not in new:
            yield Change(said=f"action {name}/{action} is removed", goes=True)
    for action in new:
        if action not in old:
            yield Change(said=f"action {name}/{action} is added", goes=False)
    for condition in ("BeforeEntry", "OnSuccess", "OnFailure"):
        if condition in before and condition not in after:
            yield Change(said=f"condition {name}/{condition} is removed", goes=True)


def _stages(template: Mapping[str, Any]) -> dict[str, Stage]:
    return {
        stage["Name"]: stage
        for resource in template.get("Resources", {}).values()
        if resource["Type"] == PIPELINE
        for stage in resource["Properties"]["Stages"]
    }


def _deploys(stage: Stage) -> list[str]:
    """The stacks that a stage deploys, with the Region where it is stated."""
    found = {}
    for action in stage["Actions"]:
        stack = action.get("Configuration", {}).get("StackName")
        if isinstance(stack, str):
            region = action.get("Region")
            found[stack] = f"{stack} in {region}" if isinstance(region, str) else stack
    return list(found.values())
