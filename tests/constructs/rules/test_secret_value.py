"""A secret's value stands in no template."""

import pytest

from lockgate.rules.secret_value import RULE
from tests.constructs.rules.judging import breaches


@pytest.mark.parametrize("secret", [{}, {"GenerateSecretString": {"PasswordLength": 32}}])
def test_a_secret_without_a_value_passes(secret: dict[str, object]) -> None:
    assert breaches(RULE, secret) == []


@pytest.mark.parametrize("value", ["hunter2", "", {"Ref": "Parameter"}])
def test_a_value_is_found(value: object) -> None:
    assert breaches(RULE, {"SecretString": value}) == ["SecretString"]
