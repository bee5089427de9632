"""A wrong name gets one message, with the nearest that there is."""

import pytest

from operations.wrong import OperationError, known


def test_a_name_that_there_is_passes() -> None:
    assert known("beta", ["beta", "prod"], setting="ENVIRONMENT", what="environment") == "beta"


@pytest.mark.parametrize(
    ("name", "allowed", "said"),
    [
        ("proda", ["beta", "prod"], "ENVIRONMENT=proda: no environment; did you mean prod?"),
        ("xyzzy", ["beta", "prod"], "ENVIRONMENT=xyzzy: no environment\n  allowed: beta, prod"),
        ("beta", [], "allowed: none"),
        ("", ["beta"], "ENVIRONMENT=: no environment"),
    ],
)
def test_a_wrong_name_is_refused_with_the_nearest(name: str, allowed: list[str], said: str) -> None:
    with pytest.raises(OperationError) as refused:
        known(name, allowed, setting="ENVIRONMENT", what="environment")
    assert said in str(refused.value)
    assert "to do: " in str(refused.value)
