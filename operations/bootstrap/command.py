"""`python -m operations bootstrap`."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from operations import profiles
from operations.bootstrap import by_hand, cdk, policy
from operations.bootstrap.execution import ExecutionPolicies
from operations.bootstrap.places import address, limited, places
from operations.bootstrap.plan import Plan, plan
from operations.command import DEFAULT_FILE, ROOT, DeliveryFile, console, read, told
from operations.profiles import Profiles
from operations.wrong import OperationError

NOT_ALL = 1
DESCRIPTION = "Of a delivery's bootstrap; make bootstrap writes it"


@told
def bootstrap(
    *,
    account: Annotated[str, typer.Option(help="Only there.")] = "",
    region: Annotated[str, typer.Option(help="Only there.")] = "",
    print_only: Annotated[
        bool, typer.Option("--print", help="Print the commands; needs no credentials.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    profile: Profiles = None,
    execution_policy: Annotated[
        Path,
        typer.Option(
            metavar="FOLDER",
            help="CloudFormation's policies, as make execution-policy writes them.",
        ),
    ] = ROOT / "build" / "execution-policy",
    execution_policy_elsewhere: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="The same for other accounts than the pipelines'."),
    ] = None,
    delivery: DeliveryFile = DEFAULT_FILE,
) -> None:
    """Bootstrap every account and Region of the delivery that the credentials reach.

    Shows what it would change in each, and asks. Exits with 1 when places are left, or one failed.
    """
    what, out = read(delivery), console()
    named = profiles.parsed(profile)
    where = limited(places(what), account=account or None, region=region or None)
    policies = ExecutionPolicies(home=execution_policy, elsewhere=execution_policy_elsewhere)
    if print_only:
        lines = by_hand.commands(
            what, where, profiles=named, execution=policies, folder=ROOT / "build"
        )
        typer.echo("\n".join(lines))
        return
    found = plan(what, where, profiles=named, execution=policies)
    _show(found, out)
    done = bool(found.works) and _agreed(yes=yes) and _run(found, out)
    if not done or found.left:
        raise typer.Exit(NOT_ALL)


def _show(found: Plan, out: Console) -> None:
    for work in found.works:
        out.print(f"[bold]{address(work.place)}[/bold], as {escape(work.access.caller)}")
        for change in work.policies:
            out.print(escape(str(change)))
        if work.replaced:
            out.print(
                f"[yellow]CloudFormation's role would no longer have[/yellow] "
                f"{escape(', '.join(work.replaced))}; whatever else was deployed with it fails"
            )
        out.print(f"{escape(cdk.shown(work.arguments))}\n")
    for place, access in found.left:
        out.print(
            f"[yellow]{address(place)} is left[/yellow]: these are credentials of account "
            f"{access.account}. To do: take credentials of {place.account}, or give "
            f"--profile {place.account}=NAME"
        )


def _agreed(*, yes: bool) -> bool:
    if yes:
        return True
    if not sys.stdin.isatty():
        raise OperationError(
            "nobody is there to ask\n  to do: look at the above, and give --yes (YES=yes)"
        )
    return typer.confirm("Do this?")


def _run(found: Plan, out: Console) -> bool:
    """Make the policies, then bootstrap, place by place; whether all succeeded."""
    good = True
    for work in found.works:
        for change in work.policies:
            policy.apply(work.access.client("iam"), change, description=DESCRIPTION)
        succeeded = cdk.run(work.arguments)
        out.print(f"{address(work.place)}: {'bootstrapped' if succeeded else 'failed'}")
        good = good and succeeded
    return good
