"""`python -m operations plan`."""

from pathlib import Path
from typing import Annotated

import typer

from operations import aws, profiles
from operations.command import (
    BAD_INPUT,
    DEFAULT_FILE,
    ROOT,
    DeliveryFile,
    console,
    read,
    told,
)
from operations.plan.compare import accesses, by_place, compare
from operations.plan.deployed import CloudFormation
from operations.plan.show import show
from operations.profiles import Profiles
from operations.wrong import known
from rehearsal.assembly import read as read_assembly

SOMETHING_GOES = 1


@told
def plan(
    *,
    account: Annotated[str, typer.Option(help="Only there.")] = "",
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit with 1 when something would go.")
    ] = False,
    assembly: Annotated[Path, typer.Option(help="The cloud assembly.")] = ROOT / "cdk.out",
    delivery: DeliveryFile = DEFAULT_FILE,
    profile: Profiles = None,
) -> None:
    """Show what the assembly would take away of what is deployed. Changes nothing.

    Needs cloudformation:DescribeStacks, cloudformation:GetTemplate and
    cloudformation:DescribeType. Exits with 2 when a place could not be looked at.
    """
    what, named = read(delivery), profiles.parsed(profile)
    stacks, out = read_assembly(assembly).stacks, console()
    own = aws.access(named.get(what.toolchain.account or ""), what.toolchain.region)
    home = (what.toolchain.account or own.account, own.region)
    places = by_place(stacks, home)
    if account:
        known(account, [place[0] for place in places], setting="ACCOUNT", what="account of it")
        places = {place: found for place, found in places.items() if place[0] == account}
    reached, strange = accesses(places, named)
    goes = False
    for place, access in reached.items():
        asked = CloudFormation(access.client("cloudformation"))
        found = compare(what.name, *place, places[place], asked)
        show(found, out)
        goes = goes or found.goes
    for (unseen, region), access in strange.items():
        out.print(
            f"[yellow]aws://{unseen}/{region} was not looked at[/yellow]: these are credentials "
            f"of account {access.account}. To do: give --profile {unseen}=NAME, or ACCOUNT="
            f"{access.account} to leave it out"
        )
    out.print("Nothing has been changed.")
    if strange:
        raise typer.Exit(BAD_INPUT)
    if goes and exit_code:
        raise typer.Exit(SOMETHING_GOES)
