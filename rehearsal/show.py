"""Print the facts for a person."""

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from rehearsal.costs import Cost
from rehearsal.overview import Overview, PipelineFacts, StackFacts

HOME = "of your credentials"


def show(facts: Overview, console: Console) -> None:
    """Print every table, and what to do next."""
    _print(console, "What would be deployed", _stacks(facts))
    for pipeline in facts.pipelines:
        console.print(f"[bold]Pipeline {escape(pipeline.name)}[/bold]")
        console.print(Padding(_stages(pipeline), (1, 0, 1, 1), expand=False))
    _print(console, "How a release meets traffic", _environments(facts))
    _print(console, "What a canary sees", _sights(facts))
    _print(console, "What the rule packs report", _packs(facts))
    console.print("A pack that has nothing to say is not in the report.")
    console.print("Why the acknowledged findings are right: docs/acknowledgements.md.\n")
    _print(console, "What it costs a month when nothing runs", _costs(facts.idle))
    by_use = "; ".join(facts.idle.by_use)
    console.print(f"[dim]{escape(f'Prices: {facts.prices}. By use, not counted: {by_use}.')}[/dim]")
    _close(facts, console)


def _close(facts: Overview, console: Console) -> None:
    console.print()
    if facts.findings:
        console.print(f"[bold red]Findings: {len(facts.findings)}[/bold red]")
        for finding in facts.findings:
            console.print(f"  {escape(finding.rule)}  {escape(finding.construct)}")
        console.print("Next: correct what they name; make overview judges again.")
    else:
        console.print("Nothing has been deployed. Next: make deploy; README.md says what it needs.")


def _print(console: Console, title: str, table: Table) -> None:
    console.print(f"[bold]{title}[/bold]")
    console.print(table)


def _table() -> Table:
    return Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))


def _stacks(facts: Overview) -> Table:
    places = list(dict.fromkeys(_place(stack) for stack in facts.stacks))
    table = _table()
    table.add_column("stack")
    for heading in ("resources", "IAM roles", "USD idle"):
        table.add_column(heading, justify="right")
    for stack in facts.stacks:
        below = [stack.purpose, _place(stack) if len(places) > 1 else ""]
        lines = [escape(stack.name), *(f"[dim]{escape(line)}[/dim]" for line in below if line)]
        table.add_row(
            "\n".join(lines),
            str(stack.resources),
            str(stack.roles),
            _usd(stack.idle),
        )
    where = escape(places[0]) if len(places) == 1 else f"{len(places)} places"
    table.add_section()
    table.add_row(
        f"{len(facts.stacks)} stacks in {where}",
        str(sum(stack.resources for stack in facts.stacks)),
        str(sum(stack.roles for stack in facts.stacks)),
        _usd(facts.idle),
    )
    return table


def _place(stack: StackFacts) -> str:
    if stack.account is None and stack.region is None:
        return f"the account and Region {HOME}"
    return f"{stack.account or f'account {HOME}'} / {stack.region or f'Region {HOME}'}"


def _stages(pipeline: PipelineFacts) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, justify="right", style="dim")
    table.add_column(no_wrap=True, style="cyan")
    table.add_column()
    for number, stage in enumerate(pipeline.stages, 1):
        steps = ("[" + " ∥ ".join(step) + "]" if len(step) > 1 else step[0] for step in stage.steps)
        table.add_row(str(number), escape(stage.name), escape(" → ".join(steps)))
    return table


def _environments(facts: Overview) -> Table:
    table = _table()
    for heading in ("release of", "canary", "hooks", "rolls back on"):
        table.add_column(heading)
    table.add_column("alarms", justify="right")
    for each in facts.environments:
        canary = f"{each.percent} % for {each.minutes} min"
        table.add_row(
            escape(f"{each.service} in {each.environment}"),
            "none" if each.percent is None else canary,
            ", ".join(each.hooks) or "none",
            ", ".join(each.rolls_back_on) or "nothing",
            str(each.alarms),
        )
    return table


def _sights(facts: Overview) -> Table:
    """One row a service: its canary is the same in each environment."""
    table = _table()
    table.add_column("canary of")
    for heading in ("requests", "synthetic before", "certify the objective"):
        table.add_column(heading, justify="right")
    table.add_column("stopped nine times of ten, from")
    for service, seen in {each.service: each.sees for each in facts.environments}.items():
        if seen is not None:
            stops = [
                f"{'never' if stopped is None else f'{stopped:g} %'} against {current:g} %"
                for current, stopped in seen.stopped_from
            ]
            counts = (seen.requests, seen.synthetic, seen.certifying)
            table.add_row(escape(service), *(f"{n:,}" for n in counts), ", ".join(stops))
    return table


def _packs(facts: Overview) -> Table:
    table = _table()
    table.add_column("rule pack")
    table.add_column("findings", justify="right")
    table.add_column("acknowledged", justify="right")
    for pack in facts.packs:
        table.add_row(escape(pack.name), str(len(pack.findings)), str(pack.acknowledged))
    return table


def _costs(cost: Cost) -> Table:
    table = _table()
    table.add_column("what")
    for heading in ("number", "USD each", "USD"):
        table.add_column(heading, justify="right")
    table.add_column("AWS pricing page")
    for item in cost.items:
        sum_usd = f"{item.count * item.usd_each:.2f}"
        table.add_row(item.unit, str(item.count), f"{item.usd_each:.2f}", sum_usd, item.page)
    for kind in cost.unknown:
        table.add_row(kind, "", "", "unknown", "", style="yellow")
    table.add_section()
    table.add_row("in sum", "", "", _usd(cost))
    return table


def _usd(cost: Cost) -> str:
    return f"{cost.usd:.2f}{' + unknown' if cost.unknown else ''}"
