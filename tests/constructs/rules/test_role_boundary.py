"""Above each role of the delivery stands a boundary."""

import pytest

from lockgate.rules.role_boundary import RULE
from tests.constructs.rules.judging import breaches


@pytest.mark.parametrize(
    "role",
    [
        {"Path": "/shop/orders/prod/", "PermissionsBoundary": {"Ref": "Boundary"}},
        {"Path": "/shop/people/"},
    ],
)
def test_a_bounded_role_and_a_persons_pass(role: dict[str, object]) -> None:
    assert breaches(RULE, role) == []


@pytest.mark.parametrize(
    "role", [{}, {"Path": "/shop/orders/prod/"}, {"PermissionsBoundary": ""}, {"Path": "/people"}]
)
def test_an_unbounded_role_is_found(role: dict[str, object]) -> None:
    assert breaches(RULE, role) == ["PermissionsBoundary"]
