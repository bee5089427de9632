"""When releases may enter an environment."""

import pytest

from delivery import Delivery, Window
from tests.delivery.conftest import Load

OWN = Window(cron="* * 20-23 ? * SUN", time_zone="Europe/Berlin")


def with_prod(sound: str, more: str) -> str:
    return sound.replace('name = "prod"\n', f'name = "prod"\n{more}\n')


def window_of_prod(delivery: Delivery) -> Window | None:
    return delivery.window_of(delivery.environment("prod"))


def test_production_is_entered_in_working_hours(load_text: Load, sound: str) -> None:
    assert window_of_prod(load_text(sound)) == Window(cron="* * 9-16 ? * MON-FRI", time_zone="UTC")


def test_working_hours_are_the_toolchain_s(load_text: Load, sound: str) -> None:
    delivery = load_text(
        f"{sound}\n[toolchain.working_hours]\n"
        'cron = "* * 20-23 ? * SUN"\ntime_zone = "Europe/Berlin"\n'
    )

    assert window_of_prod(delivery) == OWN


def test_an_environment_that_nobody_uses_is_always_open(load_text: Load, sound: str) -> None:
    assert window_of_prod(load_text(with_prod(sound, "production = false"))) is None


@pytest.mark.parametrize("production", ["true", "false"])
def test_an_environment_s_own_window_wins(load_text: Load, sound: str, production: str) -> None:
    delivery = load_text(
        with_prod(
            sound,
            f"production = {production}\n"
            'window = { cron = "* * 20-23 ? * SUN", time_zone = "Europe/Berlin" }',
        )
    )

    assert window_of_prod(delivery) == OWN


def test_a_window_can_be_taken_off(load_text: Load, sound: str) -> None:
    assert window_of_prod(load_text(with_prod(sound, 'window = "off"'))) is None


def test_a_freeze_is_for_production(load_text: Load, sound: str) -> None:
    delivery = load_text(sound.replace('name = "beta"\n', 'name = "beta"\nproduction = false\n'))

    assert [each.freezes for each in delivery.environments] == [False, True]
