"""The accounts and Regions that a delivery needs bootstrapped."""

from collections.abc import Sequence
from dataclasses import replace

from delivery import Delivery
from delivery.place import Place
from operations.wrong import known


def places(delivery: Delivery) -> tuple[Place, ...]:
    """Each place once, the pipelines' first."""
    return (delivery.home, *delivery.places_elsewhere)


def address(place: Place) -> str:
    """A place as the CDK CLI takes it, with words to be filled in for what is not known."""
    return f"aws://{place.account or 'ACCOUNT'}/{place.region or 'REGION'}"


def trusted(delivery: Delivery, place: Place) -> str | None:
    """The account whose pipelines deploy into another one, None at home."""
    home = delivery.home.account
    return home if place.account != home else None


def limited(
    found: Sequence[Place], *, account: str | None, region: str | None
) -> tuple[Place, ...]:
    """Those in an account and a Region; they also stand in where the delivery says none.

    Raises:
        OperationError: there is none.
    """
    chosen = [
        replace(place, account=place.account or account, region=place.region or region)
        for place in found
    ]
    if account is not None:
        there = [place.account for place in chosen if place.account]
        known(account, there, setting="ACCOUNT", what="account of this delivery")
        chosen = [place for place in chosen if place.account == account]
    if region is not None:
        there = [place.region for place in chosen if place.region]
        known(region, there, setting="REGION", what="Region of this delivery in that account")
        chosen = [place for place in chosen if place.region == region]
    return tuple(dict.fromkeys(chosen))
