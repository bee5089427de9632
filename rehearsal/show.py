"""Print the facts for a person."""

from rich import box
from rich.console import Console
from rich.table import Table

from rehearsal.costs import Cost
from rehearsal.overview import Overview, PipelineFacts

PRICES = "us-east-1 list prices, USD a month, nothing running; what is billed by use is not counted"


def show(facts: Overview, console: Console) -> None:
    """Print every table."""
    _print(console, "What would be deployed", _stacks(facts))
    for pipeline in facts.pipelines:
        console.print(f"[bold]Pipeline {pipeline.name}[/bold]")
        for line in _stages(pipeline):
            console.print(line)
    console.print()
    _print(console, "How a release meets traffic", _environments(facts))
    _print(console, "What the rule packs report (one without any finding is silent)", _packs(facts))
    console.print("Why the acknowledged findings are right: docs/acknowledgements.md.")
    console.print(f"[dim]Costs: {PRICES}.[/dim]")
    if facts.idle.unknown:
        console.print(f"[yellow]No price known for {', '.join(facts.idle.unknown)}.[/yellow]")
    console.print(
        "Nothing has been deployed. To do it: README.md, “Deploy it for real”.", soft_wrap=True
    )


def _print(console: Console, title: str, table: Table) -> None:
    console.print(f"[bold]{title}[/bold]")
    console.print(table)


def _table() -> Table:
    return Table(box=box.SIMPLE_HEAD)


def _stacks(facts: Overview) -> Table:
    table = _table()
    table.add_column("stack", no_wrap=True)
    table.add_column("for", ratio=1)
    for heading in ("resources", "roles", "idle"):
        table.add_column(heading, justify="right")
    for stack in facts.stacks:
        table.add_row(
            stack.name,
            stack.purpose,
            str(stack.resources),
            str(stack.roles),
            _usd(stack.idle),
        )
    table.add_section()
    table.add_row(
        f"{len(facts.stacks)} stacks",
        "in " + ", ".join(dict.fromkeys(stack.place for stack in facts.stacks)),
        str(sum(stack.resources for stack in facts.stacks)),
        str(sum(stack.roles for stack in facts.stacks)),
        _usd(facts.idle),
    )
    return table


def _stages(pipeline: PipelineFacts) -> list[str]:
    lines = []
    for number, (stage, steps) in enumerate(pipeline.stages, 1):
        actions = " → ".join(" ∥ ".join(together) for together in steps)
        lines.append(f"  {number}. [cyan]{stage}[/cyan]: {actions}")
    return lines


def _environments(facts: Overview) -> Table:
    table = _table()
    for heading in ("service", "environment"):
        table.add_column(heading, no_wrap=True)
    for heading in ("canary", "hooks", "rolls back on"):
        table.add_column(heading)
    table.add_column("alarms", justify="right")
    table.add_column("idle", justify="right")
    for each in facts.environments:
        table.add_row(
            each.service,
            each.environment,
            f"{each.percent} % for {each.minutes} min",
            ", ".join(each.hooks),
            ", ".join(each.rolls_back_on),
            str(each.alarms),
            _usd(each.idle),
        )
    return table


def _packs(facts: Overview) -> Table:
    table = _table()
    table.add_column("rule pack")
    table.add_column("findings", justify="right")
    table.add_column("acknowledged", justify="right")
    for pack in facts.packs:
        table.add_row(pack.name, str(pack.findings), str(pack.acknowledged))
    return table


def _usd(cost: Cost) -> str:
    return f"{cost.usd:.2f}{' + ?' if cost.unknown else ''}"
