"""No secret stands in a build's environment."""

import pytest

from lockgate.rules.build_plain_secrets import RULE
from tests.constructs.rules.judging import breaches


def project(**variable: object) -> dict[str, object]:
    return {"Environment": {"EnvironmentVariables": [{"Name": "DELIVERY"}, variable]}}


@pytest.mark.parametrize("kind", ["SECRETS_MANAGER", "PARAMETER_STORE"])
def test_a_secret_that_codebuild_fetches_passes(kind: str) -> None:
    assert breaches(RULE, project(Name="NPM_TOKEN", Type=kind, Value="shop/npm")) == []
    assert breaches(RULE, project(Name="BRANCH", Type="PLAINTEXT", Value="main")) == []
    assert breaches(RULE, {}) == []


@pytest.mark.parametrize("name", ["NPM_TOKEN", "DbPassword", "SIGNING_KEY", "GITHUB_PAT", "apiKey"])
def test_a_plain_secret_is_found(name: str) -> None:
    where = [f"Environment.EnvironmentVariables.1 ({name})"]
    assert breaches(RULE, project(Name=name, Type="PLAINTEXT", Value="x")) == where
    assert breaches(RULE, project(Name=name, Value="x")) == where
