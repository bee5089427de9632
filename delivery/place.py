"""Where something is: an account and a Region."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Place:
    """An account and a Region of AWS; None where they are those of the credentials that deploy."""

    account: str | None
    region: str | None
