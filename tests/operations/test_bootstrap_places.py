"""Which accounts and Regions are bootstrapped, and what each is told."""

import pytest

from delivery import Delivery
from delivery.place import Place
from operations.bootstrap.cdk import arguments, shown
from operations.bootstrap.places import address, limited, places, trusted
from operations.wrong import OperationError
from tests.operations.conftest import ELSEWHERE, HOME

UNKNOWN = Place(account=None, region=None)


def value(told: list[str], option: str) -> list[str]:
    return [told[at + 1] for at, each in enumerate(told) if each == option]


def test_each_place_is_bootstrapped_once_and_the_pipelines_first(delivery: Delivery) -> None:
    assert [address(place) for place in places(delivery)] == [
        f"aws://{HOME}/eu-central-1",
        f"aws://{ELSEWHERE}/eu-central-1",
        f"aws://{ELSEWHERE}/us-east-1",
    ]


def test_an_account_elsewhere_trusts_the_pipelines_account_and_nobody_else_does(
    delivery: Delivery,
) -> None:
    assert [trusted(delivery, place) for place in places(delivery)] == [None, HOME, HOME]
    for place in places(delivery):
        told = arguments(delivery, place)
        assert value(told, "--trust") == ([HOME] if place.account == ELSEWHERE else [])
        assert "--trust-for-lookup" not in told


def test_another_region_of_the_pipelines_account_trusts_nobody(delivery: Delivery) -> None:
    assert trusted(delivery, Place(account=HOME, region="us-east-1")) is None


def test_cloudformation_gets_our_policies_within_our_boundary(delivery: Delivery) -> None:
    for place in places(delivery):
        told = arguments(delivery, place)
        ours = f"arn:aws:iam::{place.account}:policy/acme-execution"
        assert value(told, "--cloudformation-execution-policies") == [f"{ours},{ours}-roles"]
        assert value(told, "--custom-permissions-boundary") == ["acme-bootstrap"]
        assert value(told, "--qualifier") == ["lockgate"]
        assert value(told, "--toolkit-stack-name") == ["LockgateToolkit"]
        assert {"--termination-protection", "--public-access-block-configuration"} < set(told)


def test_who_is_no_longer_named_is_trusted_no_longer(delivery: Delivery) -> None:
    told = arguments(delivery, places(delivery)[1], untrusted=["999900001111"])
    assert (value(told, "--trust"), value(told, "--untrust")) == ([HOME], ["999900001111"])


def test_a_profile_is_handed_on(delivery: Delivery) -> None:
    [home, *_] = places(delivery)
    assert value(arguments(delivery, home, profile="ops"), "--profile") == ["ops"]
    assert value(arguments(delivery, home), "--profile") == []


def test_a_command_can_be_copied_to_a_shell(delivery: Delivery) -> None:
    assert "cdk bootstrap aws://ACCOUNT/REGION --app ''" in shown(arguments(delivery, UNKNOWN))


def test_places_are_limited_to_an_account_and_a_region(delivery: Delivery) -> None:
    every = places(delivery)
    assert limited(every, account=None, region=None) == every
    assert limited(every, account=ELSEWHERE, region=None) == every[1:]
    assert limited(every, account=None, region="us-east-1") == every[2:]
    assert limited(every, account=HOME, region="eu-central-1") == every[:1]


def test_what_the_delivery_leaves_out_is_filled_in() -> None:
    filled = limited([UNKNOWN], account=HOME, region="eu-west-1")
    assert filled == (Place(account=HOME, region="eu-west-1"),)


@pytest.mark.parametrize(
    ("account", "region", "said"),
    [
        ("444455556667", None, f"did you mean {ELSEWHERE}"),
        (HOME, "us-east-1", "REGION=us-east-1: no Region"),
    ],
)
def test_a_place_that_the_delivery_has_not_is_refused(
    delivery: Delivery, account: str, region: str | None, said: str
) -> None:
    with pytest.raises(OperationError, match=said):
        limited(places(delivery), account=account, region=region)
