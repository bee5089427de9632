"""What the parts of a delivery must agree on: each rule lets through what it should."""

import tomllib
from collections.abc import Mapping
from typing import Any

import pytest

from delivery import Delivery
from delivery.agreement import conflicts
from delivery.rules import Location

ACCOUNT, OTHER = "111122223333", "444455556666"


def delivered(
    sound: str,
    *,
    toolchain: Mapping[str, Any] | None = None,
    prod: Mapping[str, Any] | None = None,
    services: tuple[str, ...] = ("orders",),
    name: str = "shop",
) -> dict[str, Any]:
    data = tomllib.loads(sound) | {"name": name, "toolchain": toolchain or {}}
    data["environments"][1] |= prod or {}
    data["services"] = [data["services"][0] | {"name": service} for service in services]
    return data


def disagreements(data: Mapping[str, Any]) -> list[Location]:
    return [conflict.at for conflict in conflicts(data)]


HOME = {"account": ACCOUNT, "region": "eu-central-1"}


@pytest.mark.parametrize(
    ("toolchain", "prod"),
    [
        ({}, {}),
        (HOME, {}),
        ({"account": ACCOUNT}, {"account": ACCOUNT}),
        ({"region": "eu-central-1"}, {"region": "eu-central-1"}),
        (HOME, HOME),
        (HOME, {"account": OTHER}),
        (HOME, {"region": "us-east-1"}),
        (HOME, {"account": OTHER, "region": "us-east-1"}),
    ],
)
def test_an_environment_may_be_anywhere_if_the_toolchain_says_where_it_is(
    sound: str, toolchain: dict[str, str], prod: dict[str, str]
) -> None:
    assert Delivery.model_validate(delivered(sound, toolchain=toolchain, prod=prod))


@pytest.mark.parametrize(
    ("toolchain", "prod", "keys"),
    [
        ({}, {"account": ACCOUNT}, ["account", "region"]),
        ({}, {"region": "eu-central-1"}, ["account", "region"]),
        ({"account": OTHER}, {"account": ACCOUNT}, ["region"]),
        ({"account": ACCOUNT}, {"region": "eu-central-1"}, ["region"]),
        ({"region": "us-east-1"}, {"region": "eu-central-1"}, ["account"]),
        ({"account": None}, {"region": "eu-central-1"}, ["region"]),
    ],
)
def test_a_toolchain_with_environments_elsewhere_says_where_it_is(
    sound: str, toolchain: dict[str, str], prod: dict[str, str], keys: list[str]
) -> None:
    data = delivered(sound, toolchain=toolchain, prod=prod)

    assert disagreements(data) == [("toolchain", key) for key in keys]


def test_what_the_toolchain_lacks_is_said_once_for_all_environments(sound: str) -> None:
    data = delivered(sound, prod=HOME)
    data["environments"][0] |= {"account": OTHER}

    assert disagreements(data) == [("toolchain", "account"), ("toolchain", "region")]


@pytest.mark.parametrize(
    ("promotion", "unknown"),
    [
        (["beta", ["prod"]], []),
        ([["beta", "prod"]], []),
        (["beta", "prod", ["beta2", "prod"]], [(2, 0)]),
        (["prd", ["beta", "prod"]], [(0,)]),
    ],
)
def test_every_name_of_a_promotion_is_an_environment_s(
    sound: str, promotion: list[Any], unknown: list[Location]
) -> None:
    data = delivered(sound)
    data["services"][0]["promotion"] = promotion

    assert disagreements(data) == [("services", 0, "promotion", *at) for at in unknown]


def test_services_may_share_a_repository_and_the_start_of_a_name(sound: str) -> None:
    assert Delivery.model_validate(delivered(sound, services=("orders", "orders-2", "returns")))


def test_services_may_not_share_the_20_characters_that_artifacts_are_stored_under(
    sound: str,
) -> None:
    names = ("order-intake", "order-archive")

    assert not disagreements(delivered(sound, name="a" * 12, services=names))
    assert disagreements(delivered(sound, name="a" * 13, services=names)) == [
        ("services", 1, "name")
    ]


def test_every_pair_of_services_with_one_artifact_folder_is_found(sound: str) -> None:
    data = delivered(sound, name="a" * 16, services=("one-a", "one-b", "two-a", "two-b"))

    assert disagreements(data) == [("services", 1, "name"), ("services", 3, "name")]


def test_latency_may_come_close_to_the_timeout(sound: str) -> None:
    data = delivered(sound)
    data["services"][0] |= {"timeout_seconds": 2, "objectives": {"latency_ms": 1999}}

    assert Delivery.model_validate(data)


WRONG_BY_THEMSELVES: list[dict[str, Any]] = [
    *({key: None} for key in ("name", "toolchain", "environments", "services")),
    {"toolchain": {"account": None, "region": None}},
    {"environments": [None, {"name": "prod"}]},
    {"environments": [{"name": None}, {"name": "prod"}]},
    {"services": [None]},
    {"services": [{"name": None, "promotion": None}]},
    {"services": [{"name": "orders", "promotion": ["beta", None]}]},
    {"services": [{"name": "orders", "promotion": [["beta", None]]}]},
]


@pytest.mark.parametrize("wrong", WRONG_BY_THEMSELVES, ids=str)
def test_what_is_wrong_by_itself_is_no_disagreement_as_well(
    sound: str, wrong: dict[str, Any]
) -> None:
    data = delivered(sound, toolchain={"account": ACCOUNT}, prod={"account": ACCOUNT})

    assert disagreements(data | wrong) == []
