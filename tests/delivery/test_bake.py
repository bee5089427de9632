"""Waves, and how long a release is watched in each."""

import tomllib

import pytest

from delivery import Bake, Delivery, Environment

PRODUCTION = Bake(minutes=60, requests=100)
OUTSIDE = Bake(minutes=0, requests=0)


def delivered(
    sound: str,
    promotion: list[str | list[str]],
    *,
    outside: tuple[str, ...] = (),
    prod: dict[str, int] | None = None,
) -> Delivery:
    data = tomllib.loads(sound)
    names = [name for wave in promotion for name in ([wave] if isinstance(wave, str) else wave)]
    data["environments"] = [
        {"name": name, "production": name not in outside} | (prod or {} if name == "prod" else {})
        for name in names
    ]
    data["services"][0]["promotion"] = promotion
    return Delivery.model_validate(data)


def baked(delivery: Delivery) -> dict[str, Bake]:
    (service,) = delivery.services
    return {name: delivery.bake(service, name) for name in service.environments}


def test_a_name_alone_is_a_wave_of_one(sound: str) -> None:
    (orders,) = delivered(sound, ["beta", "prod", ["produs", "prodeu"]]).services

    assert orders.waves == (("beta",), ("prod",), ("produs", "prodeu"))
    assert orders.environments == ("beta", "prod", "produs", "prodeu")


def test_every_environment_of_the_last_wave_is_a_last_one(sound: str) -> None:
    delivery = delivered(sound, ["beta", ["prod", "prodeu"]])
    (orders,) = delivery.services

    said = {each.name: orders.inconclusive_in(each) for each in delivery.environments}
    assert said == {"beta": "warn", "prod": "fail", "prodeu": "fail"}


def test_waves_with_production_bake_for_an_hour_then_twelve_then_four(sound: str) -> None:
    delivery = delivered(
        sound, ["beta", "prod", ["produs", "prodeu"], "prodap", "prodsa"], outside=("beta",)
    )

    assert [bake.minutes for bake in baked(delivery).values()] == [0, 60, 720, 720, 240, 240]


def test_nothing_is_waited_for_outside_production(sound: str) -> None:
    delivery = delivered(sound, ["beta", "gamma", "prod"], outside=("beta", "gamma"))

    assert baked(delivery) == {"beta": OUTSIDE, "gamma": OUTSIDE, "prod": PRODUCTION}


def test_a_wave_with_some_production_counts(sound: str) -> None:
    delivery = delivered(sound, [["beta", "prod"], "produs"], outside=("beta",))

    minutes = {name: bake.minutes for name, bake in baked(delivery).items()}
    assert minutes == {"beta": 0, "prod": 60, "produs": 720}


@pytest.mark.parametrize("outside", [(), ("prod",)])
@pytest.mark.parametrize(
    ("own", "bake"),
    [
        ({"bake_minutes": 5, "bake_requests": 0}, Bake(minutes=5, requests=0)),
        ({"bake_minutes": 0, "bake_requests": 9}, Bake(minutes=0, requests=9)),
    ],
)
def test_an_environment_s_own_numbers_win(
    sound: str, outside: tuple[str, ...], own: dict[str, int], bake: Bake
) -> None:
    assert baked(delivered(sound, ["prod"], outside=outside, prod=own)) == {"prod": bake}


def test_one_number_of_one_s_own_leaves_the_other(sound: str) -> None:
    requests = delivered(sound, ["prod"], prod={"bake_requests": 5})

    assert baked(requests) == {"prod": Bake(minutes=60, requests=5)}
    assert Environment(name="prod", bake_minutes=1).bake_requests is None


def test_a_wave_is_written_again_as_it_was_read(sound: str) -> None:
    delivery = delivered(sound, ["beta", ["prod", "produs"]])

    assert Delivery.model_validate(delivery.model_dump()) == delivery
    assert Delivery.model_validate_json(delivery.model_dump_json()) == delivery
