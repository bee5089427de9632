"""Each file in wrong/ has one fault (several_at_once has more); what is said stands beside it."""

from pathlib import Path

import pytest

from delivery import Delivery, DeliveryError
from tests.delivery.conftest import Load

WRONG = Path(__file__).parent / "wrong"
FILES = sorted(WRONG.glob("*.toml"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_what_is_wrong_is_said_in_full(file: Path, load_text: Load) -> None:
    with pytest.raises(DeliveryError) as caught:
        load_text(file.read_text())

    assert f"{caught.value}\n" == file.with_suffix(".txt").read_text()


def test_every_expected_message_has_its_file() -> None:
    assert sorted(WRONG.glob("*.txt")) == [file.with_suffix(".txt") for file in FILES]


def test_the_file_that_the_wrong_ones_start_from_is_right(load_text: Load, sound: str) -> None:
    assert isinstance(load_text(sound), Delivery)


def test_all_faults_are_reported_at_once_whatever_their_kind(load_text: Load) -> None:
    with pytest.raises(DeliveryError) as caught:
        load_text((WRONG / "several_at_once.toml").read_text())

    assert {problem.key for problem in caught.value.problems} == {
        "name",
        "title",
        "toolchain.region",
        "environments.prod.name",
        "services.orders.memory_mb",
        "services.orders.canary.percent",
        "services.orders.promotion[1]",
        "services.orders.path",
        "services[1].name",
        "services[1].canary.requests_per_second",
        "services[1].path",
    }


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_message_speaks_of_the_libraries_below(file: Path) -> None:
    said = file.with_suffix(".txt").read_text().lower()

    assert not [
        word for word in ("pydantic", "http:", "https:", "traceback", "input_value") if word in said
    ]
