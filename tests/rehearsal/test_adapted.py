"""A scenario's differences of the delivery file are what differs, and all else is as it was."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from rehearsal.adapted import adapt

WHOLE = """
name = "lockgate"
[toolchain]
region = "eu-central-1"
[[environments]]
name = "beta"
production = false
[[environments]]
name = "prod"
bake_minutes = 5
"""


@pytest.fixture
def delivery(tmp_path: Path) -> Path:
    file = tmp_path / "delivery.toml"
    file.write_text(WHOLE, encoding="utf-8")
    return file


def adapted(delivery: Path, changes: dict[str, Any]) -> dict[str, Any]:
    found = adapt(delivery, changes, delivery.with_name("adapted.toml"))
    return tomllib.loads(found.read_text(encoding="utf-8"))


def test_without_differences_the_file_itself_is_taken(delivery: Path) -> None:
    assert adapt(delivery, {}, delivery.with_name("adapted.toml")) == delivery


def test_an_environment_is_changed_by_its_name_and_the_others_stay(delivery: Path) -> None:
    beta, prod = adapted(delivery, {"environments": [{"name": "prod", "approval": True}]})[
        "environments"
    ]
    assert beta == {"name": "beta", "production": False}
    assert prod == {"name": "prod", "bake_minutes": 5, "approval": True}


def test_one_of_another_name_is_added(delivery: Path) -> None:
    found = adapted(delivery, {"environments": [{"name": "gamma"}]})["environments"]
    assert [each["name"] for each in found] == ["beta", "prod", "gamma"]


def test_a_key_without_a_value_is_taken_away(delivery: Path) -> None:
    assert adapted(delivery, {"toolchain": {"region": None}})["toolchain"] == {}


def test_a_list_of_plain_values_is_replaced(delivery: Path) -> None:
    notify = {"toolchain": {"notify": ["a@example.com"]}}
    delivery.write_text(WHOLE.replace("[toolchain]", '[toolchain]\nnotify = ["b@example.com"]'))
    assert adapted(delivery, notify)["toolchain"]["notify"] == ["a@example.com"]
