"""The plan, printed for a person."""

from rich.console import Console
from rich.markup import escape

from operations.plan import orphans
from operations.plan.compare import PlacePlan, StackPlan
from operations.plan.deployed import Deployed
from operations.plan.resources import Going


def show(plan: PlacePlan, out: Console) -> None:
    """Print what would become of each stack of a place, and which ones are orphaned."""
    out.print(f"[bold]aws://{plan.account}/{plan.region}[/bold]")
    for stack in plan.stacks:
        _stack(stack, out)
    for orphan in plan.orphans:
        _orphan(orphan, plan.region, out)


def _stack(stack: StackPlan, out: Console) -> None:
    if stack.status is None:
        out.print(f"  {stack.name}: new, {stack.difference.added} resources")
        return
    found = stack.difference
    if not found and not stack.stages:
        out.print(f"  {stack.name}: no difference")
        return
    out.print(
        f"  {stack.name}: {found.added} to make, {found.changed} to change, "
        f"{len(found.going)} that go or are replaced"
    )
    for change in stack.stages:
        out.print(_lines(escape(change.said), alarming=change.goes))
    for each in found.going:
        out.print(_resource(each))


def _orphan(stack: Deployed, region: str, out: Console) -> None:
    out.print(
        f"  [red]{stack.name}: orphaned[/red] ({stack.status}): delivery.toml no longer describes "
        "it, and nothing deletes it. By hand, if that is what you want:"
    )
    for command in orphans.how_to_delete(stack, region):
        out.print(f"    {escape(command)}")
    found = orphans.contents(stack)
    lost = [each for each in found if each.loses_data]
    kept = sum(each.fate.name == "KEPT" for each in found)
    out.print(f"    of its {len(found)} resources {kept} would be kept and {len(lost)} hold data")
    for each in lost:
        out.print(_resource(each))


def _resource(each: Going) -> str:
    remarks = [
        *(["security hangs on it"] if each.guards else []),
        *(["DATA MAY BE LOST"] if each.loses_data else []),
    ]
    said = "; ".join([each.fate.value, *remarks])
    return _lines(
        escape(f"{each.logical_id} ({each.type}): {said}"), alarming=each.guards or each.loses_data
    )


def _lines(said: str, *, alarming: bool) -> str:
    return f"    [red]! {said}[/red]" if alarming else f"    - {said}"
