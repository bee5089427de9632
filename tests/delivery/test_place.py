"""Where environments are: where the pipelines are, or elsewhere."""

from pathlib import Path

import pytest

from delivery import Delivery, Place, load
from tests.delivery.conftest import REPOSITORY, Load

HOME = Place(account="111122223333", region="eu-central-1")
PROD = Place(account="222233334444", region="eu-central-1")
US, EU = (Place(account="333344445555", region=each) for each in ("us-east-1", "eu-central-1"))


@pytest.fixture(scope="module")
def delivery() -> Delivery:
    return load(Path("tests/deliveries/three-accounts.toml"), REPOSITORY)


def test_what_an_environment_leaves_out_is_the_toolchain_s(load_text: Load, sound: str) -> None:
    delivery = load_text(
        'toolchain = { account = "111122223333", region = "eu-central-1" }\n'
        + sound.replace('name = "prod"\n', 'name = "prod"\nregion = "us-east-1"\n')
    )

    beta, prod = delivery.environments
    assert delivery.place(beta) == delivery.home == HOME
    assert delivery.place(prod) == Place(account="111122223333", region="us-east-1")


def test_an_environment_is_at_home_or_elsewhere(delivery: Delivery) -> None:
    at_home = {each.name for each in delivery.environments if delivery.is_home(each)}

    assert at_home == {"beta"}


def test_places_elsewhere_are_each_there_once_and_in_order(delivery: Delivery) -> None:
    assert delivery.places_elsewhere == (PROD, US, EU)


def test_environments_are_found_by_their_place(delivery: Delivery) -> None:
    found = {
        place: [each.name for each in delivery.environments_at(place)]
        for place in (HOME, *delivery.places_elsewhere)
    }

    assert found == {HOME: ["beta"], PROD: ["prod"], US: ["produs"], EU: ["prodeu"]}
    assert delivery.environments_at(Place(account="1" * 12, region="eu-central-1")) == ()


def test_regions_elsewhere_leave_the_toolchain_s_out(delivery: Delivery) -> None:
    assert delivery.regions_elsewhere == ("us-east-1",)


def test_a_delivery_that_names_no_place_is_at_home_everywhere(load_text: Load, sound: str) -> None:
    delivery = load_text(sound)

    assert all(map(delivery.is_home, delivery.environments))
    assert delivery.places_elsewhere == ()
    assert delivery.regions_elsewhere == ()
    assert delivery.home == Place(account=None, region=None)
