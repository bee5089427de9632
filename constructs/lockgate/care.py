"""How carefully an environment is entered and left."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class DeploymentWindow:
    """When releases may enter: a cron expression and the time zone that it is meant in."""

    cron: str
    time_zone: str


@dataclass(frozen=True, kw_only=True)
class Care:
    """What stands before and after a release's way into one environment.

    Attributes:
        production: whether customers use it.
        window: when releases may enter; at any time where there is none.
        approval: whether a person must say yes before.
        bake_minutes: how long the aggregate alarm must stay quiet afterwards, 0 to 1440.
        bake_requests: how many requests it must have answered in that time.
    """

    production: bool
    window: DeploymentWindow | None
    approval: bool
    bake_minutes: int
    bake_requests: int
