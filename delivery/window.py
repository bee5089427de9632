"""When production may be changed."""

from difflib import get_close_matches
from functools import cache
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field

from delivery.cron import fault
from delivery.one_of import OneOf
from delivery.rules import Conflict, Model, Text, conflicting


def _fires(expression: str) -> str:
    if found := fault(expression):
        allowed, fix = found
        raise conflicting([Conflict(at=(), allowed=allowed, fix=fix)])
    return expression


def _exists(name: str) -> str:
    if name not in _zones():
        nearest = get_close_matches(name, sorted(_zones()), n=1)
        raise conflicting(
            [
                Conflict(
                    at=(),
                    allowed="the name of a time zone of the IANA database, such as Europe/Berlin",
                    fix=f'write "{nearest[0]}"' if nearest else 'take one of these, or "UTC"',
                )
            ]
        )
    return name


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


Cron = Annotated[
    str,
    Text(
        words="six fields parted by single spaces (seconds, which are always *, minutes, hours, "
        "day of the month, month, day of the week), and perhaps a year",
        shortest=11,
        longest=120,
        pattern=r"^\*( [0-9A-Z*?,/#-]+){5,6}$",
    ),
    AfterValidator(_fires),
]
TimeZone = Annotated[
    str,
    Text(
        words="the name of a time zone of the IANA database, such as Europe/Berlin",
        longest=64,
        pattern="^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$",
    ),
    AfterValidator(_exists),
]


class Window(Model):
    """The times at which a release may enter an environment.

    A release that comes at another time waits for the next one.
    """

    cron: Cron = Field(
        description="The minutes in which the window is open, as CodePipeline's DeploymentWindow "
        "rule takes them. `* * 9-16 ? * MON-FRI` is from 9:00 to 16:59 on working days.",
        examples=["* * 9-16 ? * MON-FRI"],
    )
    time_zone: TimeZone = Field(
        default="UTC",
        description="The time zone of the expression.",
        examples=["Europe/Berlin"],
    )


def _kind(value: object) -> str | None:
    if value == "off":
        return "off"
    return "table" if isinstance(value, dict | Window) else None


WindowOrOff = Annotated[
    Window | Literal["off"],
    OneOf(
        kinds={"table": Window, "off": Literal["off"]},
        kind_of=_kind,
        words='a table with the keys cron, time_zone; or "off"',
    ),
]
