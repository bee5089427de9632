"""How long a call may take is what the deadline reckons with."""

import pytest

from tests.lambda_hooks.conftest import Hooks


@pytest.mark.parametrize(
    ("make", "reckoned"), [("codedeploy", "CALL_SECONDS"), ("functions", "ANSWER_SECONDS")]
)
def test_no_attempt_takes_longer_than_is_reckoned_with(
    hooks: Hooks, make: str, reckoned: str
) -> None:
    clients = hooks["clients"]
    config = getattr(clients, make)().meta.config

    assert config.connect_timeout + config.read_timeout <= getattr(clients, reckoned)
    assert config.retries["total_max_attempts"] == 1


def test_a_client_is_made_once(hooks: Hooks) -> None:
    assert hooks["clients"].codedeploy() is hooks["clients"].codedeploy()
