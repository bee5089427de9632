"""A function's URL asks who calls."""

import pytest

from lockgate.rules.function_url import RULE
from tests.constructs.rules.judging import breaches


def test_a_url_for_known_callers_passes() -> None:
    assert breaches(RULE, {"AuthType": "AWS_IAM"}) == []


@pytest.mark.parametrize("url", [{"AuthType": "NONE"}, {}, {"AuthType": {"Ref": "Parameter"}}])
def test_a_url_for_everybody_is_found(url: dict[str, object]) -> None:
    assert breaches(RULE, url) == ["AuthType"]
