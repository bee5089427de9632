"""Who gets the roles for people: one way of signing in, roles kept apart, short sessions."""

import pytest
from pydantic import ValidationError

from delivery import Access

ACCOUNT = "111122223333"
SETS = {
    "devops_engineer": "Engineer",
    "security_analyst": "Analyst",
    "cloud_administrator": "Administrator",
}
WAYS = {
    "saml_provider": f"arn:aws:iam::{ACCOUNT}:saml-provider/company",
    "permission_sets": SETS,
    "principals": [ACCOUNT, f"arn:aws:iam::{ACCOUNT}:role/people/on-call"],
}


def test_left_out_it_names_nobody_and_sessions_last_an_hour() -> None:
    access = Access()

    assert (access.saml_provider, access.permission_sets, access.principals) == (None, None, None)
    assert access.session_hours == 1


@pytest.mark.parametrize("way", WAYS)
def test_people_sign_in_by_one_way(way: str) -> None:
    assert getattr(Access.model_validate({way: WAYS[way]}), way) is not None


@pytest.mark.parametrize(
    "ways",
    [
        ("saml_provider", "principals"),
        ("saml_provider", "permission_sets"),
        ("permission_sets", "principals"),
    ],
)
def test_two_ways_are_one_too_many(ways: tuple[str, str]) -> None:
    with pytest.raises(ValidationError, match="in one way"):
        Access.model_validate({way: WAYS[way] for way in ways})


@pytest.mark.parametrize("key", list(SETS)[1:])
def test_each_role_has_a_permission_set_of_its_own(key: str) -> None:
    shared = SETS | {key: SETS["devops_engineer"]}

    with pytest.raises(ValidationError, match="must not be who approves"):
        Access.model_validate({"permission_sets": shared})


@pytest.mark.parametrize("hours", [1, 12])
def test_a_session_lasts_as_long_as_aws_allows(hours: int) -> None:
    assert Access(session_hours=hours).session_hours == hours


@pytest.mark.parametrize("hours", [0, 13])
def test_a_session_lasts_no_longer(hours: int) -> None:
    with pytest.raises(ValidationError):
        Access(session_hours=hours)


@pytest.mark.parametrize(
    "principal",
    ["*", "arn:aws:iam::*:root", f"arn:aws:iam::{ACCOUNT}:root", f"arn:aws:iam::{ACCOUNT}:role/*"],
)
def test_a_principal_is_an_account_a_role_or_a_user(principal: str) -> None:
    with pytest.raises(ValidationError):
        Access.model_validate({"principals": [principal]})
