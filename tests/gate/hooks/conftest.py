"""A service with a short past: a day of counts takes longer to read than all else together."""

from datetime import timedelta

import pytest

from tests.gate.conftest import Gate


@pytest.fixture(autouse=True)
def _an_hour_of_history(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate["traffic"], "HISTORY", timedelta(hours=1))
