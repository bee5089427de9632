"""AWS profiles by account, for commands that work in several accounts."""

from collections.abc import Mapping, Sequence
from typing import Annotated

import typer

from operations.wrong import OperationError

Profiles = Annotated[
    list[str] | None,
    typer.Option("--profile", help="ACCOUNT=NAME: the AWS profile for an account."),
]


def parsed(given: Sequence[str] | None) -> Mapping[str, str]:
    """The profile of each account that has one.

    Raises:
        OperationError: one is not ACCOUNT=NAME.
    """
    pairs = [each.partition("=") for each in given or ()]
    for account, sign, name in pairs:
        if not (account.isdecimal() and sign and name):
            raise OperationError(
                f"--profile {account}{sign}{name}\n"
                "  allowed: ACCOUNT=NAME, such as 111122223333=prod-admin\n"
                "  to do: say for which account the profile is"
            )
    return {account: name for account, _, name in pairs}
