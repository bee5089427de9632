"""The clock is the real one; the other tests stand in for it."""

import importlib.util
from datetime import UTC, datetime, timedelta
from types import ModuleType

import pytest

from tests.gate.conftest import LAMBDA


@pytest.fixture
def clock() -> ModuleType:
    spec = importlib.util.spec_from_file_location("clock", LAMBDA / "canary" / "clock.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_time_has_its_zone(clock: ModuleType) -> None:
    assert clock.now().utcoffset() == timedelta(0)
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)


def test_waiting_waits(clock: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr(clock.time, "sleep", waited.append)

    clock.sleep(1.5)

    assert waited == [1.5]
