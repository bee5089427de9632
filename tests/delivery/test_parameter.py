"""A parameter is a setting that anybody may read."""

import pytest
from pydantic import ValidationError

from delivery import Parameter


def made(**changes: object) -> Parameter:
    return Parameter.model_validate(
        {"name": "currency", "description": "Of prices.", "value": "EUR"} | changes
    )


def test_an_environment_has_the_value_unless_it_has_one_of_its_own() -> None:
    parameter = made(values={"beta": "XTS"})

    assert parameter.value_in("beta") == "XTS"
    assert parameter.value_in("prod") == "EUR"


@pytest.mark.parametrize(
    "name", ["api-key", "key", "github-token", "db-password", "passwd", "client-secret", "auth"]
)
def test_a_name_that_promises_a_secret_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        made(name=name)


@pytest.mark.parametrize("name", ["currency", "page-size", "keyboard", "author", "monkey-count"])
def test_a_name_that_only_sounds_like_one_is_fine(name: str) -> None:
    assert made(name=name).name == name


@pytest.mark.parametrize(
    "value",
    [
        "AKIA" + "IOSFODNN7EXAMPLE",
        "-----BEGIN" + " RSA PRIVATE KEY-----",
        "ghp_" + "a1" * 18,
        "glpat-" + "x" * 20,
        "xoxb-" + "1" * 12,
        "eyJhbGciOi" + "JIUzI1NiJ9." + "eyJzdWIiOiIxIn0.x",
        "postgres://shop:" + "hunter2" + "@db.example.com/shop",
        "{{resolve:secretsmanager:shop}}",
        "",
        "two\nlines",
        "x" * 1025,
    ],
)
@pytest.mark.parametrize("where", ["value", "values"])
def test_a_value_that_looks_like_a_secret_or_is_no_line_is_refused(value: str, where: str) -> None:
    with pytest.raises(ValidationError):
        made(**{where: value if where == "value" else {"prod": value}})


@pytest.mark.parametrize(
    "value", ["20", "EUR", "https://shop.example.com/a?b=c", '{"a": [1, 2]}', "jo@example.com"]
)
def test_what_is_no_secret_is_fine(value: str) -> None:
    assert made(value=value).value == value
