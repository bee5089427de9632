"""The contract that the platform puts to each version, kept here by the platform's own code."""

import importlib
import json
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest

SERVICE = Path(__file__).parents[1]
HOOKS = SERVICE.parents[1] / "lambda" / "hooks"
CASES = json.loads((SERVICE / "contract.json").read_text())["cases"]


@pytest.fixture
def contract(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.syspath_prepend(str(HOOKS))
    loaded = ("contract", "matching")
    for name in loaded:
        monkeypatch.delitem(sys.modules, name, raising=False)
    yield importlib.import_module("contract")
    for name in loaded:
        sys.modules.pop(name, None)


@pytest.mark.usefixtures("secret")
@pytest.mark.parametrize("index", range(len(CASES)), ids=[case["name"] for case in CASES])
def test_the_service_keeps_its_contract(
    contract: ModuleType, invoke: Callable[[dict[str, object]], bytes], index: int
) -> None:
    case = contract.parse((SERVICE / "contract.json").read_text())[index]
    event = case.request.event(now=datetime.now(UTC), request_id="r-1")

    assert case.expect.differences(invoke(event)) == []
