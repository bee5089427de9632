import copy
import pickle
import tomllib
from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import ValidationError

from delivery import (
    Canary,
    CodeCommitSource,
    Delivery,
    Environment,
    Objectives,
    Secret,
    Service,
    Toolchain,
)


@pytest.fixture
def delivery(sound: str) -> Delivery:
    return Delivery.model_validate(tomllib.loads(sound))


def test_what_is_left_out_has_its_default(delivery: Delivery) -> None:
    (orders,) = delivery.services

    assert delivery.toolchain == Toolchain(account=None, region=None, notify=())
    assert delivery.environments[0] == Environment(name="beta", account=None, region=None)
    assert orders.memory_mb == 256
    assert orders.timeout_seconds == 10
    assert orders.source == CodeCommitSource(provider="codecommit", repository=None, branch="main")
    assert orders.canary == Canary(percent=10, minutes=15, requests_per_second=10.0)
    assert orders.objectives == Objectives(errors_percent=1.0, latency_ms=1000, slow_percent=1.0)
    assert orders.secrets == ()
    assert Secret(name="a-key", description="For a test.").used_by == "function"


def test_the_handler_follows_from_the_name(delivery: Delivery) -> None:
    renamed = delivery.services[0].model_dump(exclude={"handler"}) | {"name": "order-intake"}

    assert Service.model_validate(renamed).handler == "order_intake.handler.handle"


def test_the_repository_is_the_deliverys_unless_the_service_names_one(delivery: Delivery) -> None:
    (orders,) = delivery.services
    elsewhere = orders.model_copy(update={"source": CodeCommitSource(repository="Orders.v2")})

    assert delivery.repository(orders) == "shop"
    assert delivery.repository(elsewhere) == "Orders.v2"


def test_an_environment_is_found_by_its_name(delivery: Delivery) -> None:
    assert delivery.environment("prod") is delivery.environments[1]
    with pytest.raises(KeyError, match="'gamma'; there are: beta, prod"):
        delivery.environment("gamma")


def test_the_canary_expects_its_share_of_the_requests() -> None:
    canary = Canary(percent=10, minutes=15, requests_per_second=10.0)

    assert canary.expected_requests == pytest.approx(900)


@pytest.mark.parametrize(
    ("part", "key"),
    [
        (Toolchain(), "account"),
        (Environment(name="beta"), "name"),
        (CodeCommitSource(), "branch"),
        (Canary(requests_per_second=1.0), "percent"),
        (Objectives(), "latency_ms"),
        (Secret(name="a-key", description="For a test."), "name"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_nothing_can_be_changed_once_it_is_read(part: Any, key: str) -> None:  # noqa: ANN401
    with pytest.raises(ValidationError, match="frozen"):
        setattr(part, key, "other")


def test_a_delivery_and_its_services_cannot_be_changed(delivery: Delivery) -> None:
    for part in (delivery, delivery.services[0]):
        with pytest.raises(ValidationError, match="frozen"):
            part.name = "other"  # type: ignore[misc]


def test_tags_cannot_be_changed() -> None:
    given = {"team": "orders"}
    tags: Any = Environment.model_validate({"name": "beta", "tags": given}).tags
    given["team"] = "other"

    for change in (
        lambda: tags.__setitem__("team", "other"),
        lambda: tags.update(team="other"),
        lambda: setattr(tags, "_pairs", ()),
        lambda: delattr(tags, "_pairs"),
    ):
        with pytest.raises(AttributeError):
            change()
    assert isinstance(tags, Mapping)
    assert tags == {"team": "orders"}


def test_a_delivery_can_be_hashed_copied_pickled_and_written_again(delivery: Delivery) -> None:
    tagged = Environment.model_validate({"name": "prod", "tags": {"team": "orders"}})
    whole = delivery.model_copy(update={"environments": (delivery.environments[0], tagged)})

    for again in (
        copy.deepcopy(whole),
        pickle.loads(pickle.dumps(whole)),  # noqa: S301
        Delivery.model_validate(whole.model_dump()),
        Delivery.model_validate_json(whole.model_dump_json()),
    ):
        assert again == whole
        assert hash(again) == hash(whole)


def test_numbers_are_not_made_of_texts_or_truths() -> None:
    for percent in ("10", True, 10.0):
        with pytest.raises(ValidationError):
            Canary.model_validate({"percent": percent, "requests_per_second": 1.0})


def test_parts_that_agree_by_code_must_agree_as_well(delivery: Delivery) -> None:
    (orders,) = delivery.services
    with pytest.raises(ValidationError, match="nothing would be delivered to it"):
        Delivery(
            name="shop",
            environments=(*delivery.environments, Environment(name="gamma")),
            services=(orders,),
        )


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ({}, 30),
        ({"rotation_days": 90}, 90),
        ({"origin": "generated", "rotation_days": 1}, 1),
        ({"origin": "elsewhere"}, None),
    ],
)
def test_what_is_generated_is_rotated_and_what_comes_from_elsewhere_never(
    said: dict[str, object], days: int | None
) -> None:
    secret = Secret.model_validate({"name": "a-key", "description": "For a test.", **said})

    assert secret.rotated_after_days == days
