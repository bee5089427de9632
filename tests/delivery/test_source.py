"""Where code comes from, and which services it comes from together."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from delivery import (
    CodeCommitSource,
    Delivery,
    GitHubSource,
    GitLabSelfManagedSource,
    Service,
    Source,
    load,
)
from tests.delivery.conftest import REPOSITORY, Load


def delivered(name: str) -> Delivery:
    return load(Path(f"tests/deliveries/{name}.toml"), REPOSITORY)


def service(delivery: Delivery, name: str) -> Service:
    return next(each for each in delivery.services if each.name == name)


def test_a_source_without_a_provider_is_codecommit() -> None:
    source = TypeAdapter[Any](Source).validate_python({"repository": "orders"})

    assert source == CodeCommitSource(repository="orders", branch="main")


def test_the_provider_tells_what_a_source_is() -> None:
    (github,) = delivered("github").services
    (gitlab,) = delivered("gitlab").services

    assert isinstance(github.source, GitHubSource)
    assert (github.source.branch, github.source.tags) == ("release", ("v*",))
    assert isinstance(gitlab.source, GitLabSelfManagedSource)
    assert (gitlab.source.connection, gitlab.source.pull_requests) == (None, False)


@pytest.mark.parametrize("name", ["full", "github", "gitlab", "monorepo", "three-accounts"])
def test_whatever_is_read_is_written_again(name: str) -> None:
    delivery = delivered(name)

    assert Delivery.model_validate(delivery.model_dump()) == delivery
    assert Delivery.model_validate_json(delivery.model_dump_json()) == delivery


def test_services_of_one_repository_know_each_other() -> None:
    delivery = delivered("monorepo")

    shared = delivery.shares_repository(service(delivery, "invoices"))
    assert [each.name for each in shared] == ["orders", "parcels"]


def test_services_of_the_delivery_s_own_repository_know_each_other(
    load_text: Load, sound: str
) -> None:
    delivery = load_text(two(sound, '{ repository = "shop" }'))

    shared = delivery.shares_repository(delivery.services[0])
    assert [each.name for each in shared] == ["returns"]


@pytest.mark.parametrize(
    "source",
    ['{ repository = "returns" }', '{ provider = "github", repository = "acme/shop" }'],
)
def test_services_of_different_repositories_do_not(
    load_text: Load, sound: str, source: str
) -> None:
    delivery = load_text(two(sound, source))

    assert [delivery.shares_repository(each) for each in delivery.services] == [(), ()]
    assert [delivery.foreign_paths(each) for each in delivery.services] == [(), ()]


def test_the_same_name_at_another_provider_is_another_repository(
    load_text: Load, sound: str
) -> None:
    source = 'source = { provider = "github", repository = "acme/shop" }\n'
    delivery = load_text(
        two(f"{sound}{source}", '{ provider = "gitlab", repository = "acme/shop" }')
    )

    assert delivery.shares_repository(delivery.services[0]) == ()


def test_the_folders_of_the_others_are_foreign() -> None:
    delivery = delivered("monorepo")

    assert delivery.foreign_paths(service(delivery, "orders")) == (
        "tests/deliveries/services/invoices",
        "tests/deliveries/services/parcels",
    )


def test_a_folder_that_holds_the_service_s_own_is_not_foreign(sound: str, load_text: Load) -> None:
    same = load_text(two(sound, "{}"))
    outer, inner = (
        each.model_copy(update={"path": path})
        for each, path in zip(same.services, ("shop", "shop/returns"), strict=True)
    )
    nested = same.model_copy(update={"services": (outer, inner)})

    assert [same.foreign_paths(each) for each in same.services] == [(), ()]
    assert nested.foreign_paths(inner) == ()
    assert nested.foreign_paths(outer) == ("shop/returns",)


def two(sound: str, source: str) -> str:
    """A delivery with a second service, by its source."""
    return (
        f'{sound}\n[[services]]\nname = "returns"\ntarget = "lambda"\npath = "services/orders"\n'
        f'promotion = ["beta"]\ncanary = {{ requests_per_second = 10.0 }}\nsource = {source}\n'
    )
