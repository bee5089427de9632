"""A hook has the time that it needs."""

import pytest

from lockgate.rules.hook_timeout import RULE
from tests.constructs.rules.judging import breaches


def alias(hook: str) -> dict[str, dict[str, object]]:
    update = {"BeforeAllowTrafficHook": {"Ref": hook}, "ApplicationName": {"Ref": "Application"}}
    policy = {"CodeDeployLambdaAliasUpdate": update}
    return {"Alias": {"Type": "AWS::Lambda::Alias", "UpdatePolicy": policy}}


def test_a_hook_with_minutes_passes() -> None:
    assert breaches(RULE, {"Timeout": 900}, beside=alias("Judged")) == []


@pytest.mark.parametrize("function", [{}, {"Timeout": 3}, {"Timeout": {"Ref": "Parameter"}}])
def test_a_hook_with_lambdas_default_is_found(function: dict[str, object]) -> None:
    assert breaches(RULE, function, beside=alias("Judged")) == ["Timeout"]


def test_a_function_that_is_no_hook_may_have_it() -> None:
    assert breaches(RULE, {}, beside=alias("Another")) == []
    assert breaches(RULE, {}) == []
