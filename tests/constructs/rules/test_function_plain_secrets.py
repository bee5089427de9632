"""No secret stands in a function's environment."""

import pytest

from lockgate.rules.function_plain_secrets import RULE
from tests.constructs.rules.judging import breaches


def function(**variables: object) -> dict[str, object]:
    return {"Environment": {"Variables": variables}}


def test_a_reference_to_a_secret_passes() -> None:
    assert breaches(RULE, function(SIGNING_KEY={"Ref": "Secret"}, ALIAS="live")) == []
    assert breaches(RULE, {}) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("API_KEY", "hunter2"),
        ("DB_PASSWORD", "{{resolve:secretsmanager:shop/db}}"),
        ("githubToken", ""),
    ],
)
def test_a_plain_secret_is_found(name: str, value: str) -> None:
    assert breaches(RULE, function(**{name: value})) == [f"Environment.Variables.{name}"]
