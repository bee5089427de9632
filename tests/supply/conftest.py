"""What the tests of an audit have in common."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.world.inside import advisories
from supply.lookup import STAND_IN

ADVISORY = """[{
    "id": "PLANTED-1",
    "package": "jmespath",
    "versions": ["1.1.0"],
    "fixed": "1.1.1",
    "summary": "planted"
}]"""


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An advisory service on loopback that knows of one advisory; its address is in place."""
    file = tmp_path / "advisories.json"
    file.write_text(ADVISORY)
    address = advisories.open_service(file)
    monkeypatch.setenv(STAND_IN, address)
    yield address
    assert threading.active_count() < 50
