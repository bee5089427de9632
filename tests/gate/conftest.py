"""The gate as AWS loads it: its folders are one root, and modules are imported by bare name."""

import importlib
import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import boto3
import botocore.session
import botocore.useragent
import pytest

from tests.gate.fake_aws import CONTRACT, EVENTS, Context, Wire, World

# The mutation run keeps its copies elsewhere.
LAMBDA = Path(os.environ.get("LAMBDA_FOLDER", Path(__file__).parents[2] / "lambda"))
FOLDERS = [LAMBDA / name for name in ("judge", "canary", "hooks", "watch")]
MODULES = sorted(path.stem for folder in FOLDERS for path in folder.glob("*.py"))
PLAN: dict[str, Any] = {
    "errors_percent": 1.0,
    "http_5xx": False,
    "inconclusive": "fail",
    "latency_ms": 1000,
    "minutes": 15,
    "percent": 10,
    "synthetic_requests": 6,
    "timeout_seconds": 10,
}
ENVIRONMENT = {
    "ALIAS": "live",
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "FUNCTION_NAME": "orders",
    "PLAN": json.dumps(PLAN),
    "RECORDS": "artifacts",
    "WATCH": "arn:aws:states:eu-central-1:111122223333:stateMachine:orders-watch",
}


@dataclass(frozen=True)
class Gate:
    """The loaded modules, and a way to invoke them."""

    modules: dict[str, ModuleType]
    wire: Wire

    def __getitem__(self, name: str) -> ModuleType:
        return self.modules[name]

    def invoke(self, entry: str, world: World, event: object = None) -> Any:  # noqa: ANN401
        """Call ``pre_traffic``, ``watch`` or ``post_traffic`` as Lambda would, in this world."""
        self.wire.world = world
        context = Context(world, world.seconds)
        turn = {"deployment_id": "d-1", "now": world.now.isoformat()}
        usual = EVENTS.get(entry, turn)
        try:
            return self.modules[entry].handle(usual if event is None else event, context)
        finally:
            world.overran |= context.overran


def judge_each_case_once(gate: Gate, patch: pytest.MonkeyPatch) -> None:
    """Remember what the judge said: it is pure, and thousands of plays bring it the same counts."""
    said: dict[str, object] = {}
    judge = gate["judge"].judge

    def remembered(minutes: object, settings: object = None) -> object:
        case = repr((minutes, settings))
        if case not in said:
            said[case] = judge(minutes, settings)
        return said[case]

    for module in ("trial", "synthetic"):
        patch.setattr(gate[module], "judge", remembered)


@pytest.fixture(scope="session")
def wired() -> tuple[Wire, boto3.Session]:
    """Give the wire, and the session on it: reading the services' models takes longest."""
    wire, session = Wire(), botocore.session.Session()
    wire.attach(session)
    return wire, boto3.Session(botocore_session=session)


@pytest.fixture(scope="module")
def gate(
    wired: tuple[Wire, boto3.Session], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gate]:
    """Load the folders, and take every module out again: other folders use the same names."""
    wire, session = wired
    contract_file = tmp_path_factory.mktemp("package") / "contract.json"
    contract_file.write_text(json.dumps(CONTRACT))
    with pytest.MonkeyPatch.context() as patch:
        for name in MODULES:
            patch.delitem(sys.modules, name, raising=False)
        for folder in FOLDERS:
            patch.syspath_prepend(str(folder))
        for name, value in ENVIRONMENT.items():
            patch.setenv(name, value)
        patch.setattr(boto3, "DEFAULT_SESSION", session)
        # A third of the time of a call goes into it, and nobody reads it here.
        patch.setattr(botocore.useragent.UserAgentString, "to_string", lambda _: "tests")
        modules = {name: importlib.import_module(name) for name in MODULES}
        patch.setattr(modules["clock"], "sleep", wire.sleep)
        patch.setattr(modules["clock"], "now", wire.now)
        patch.setattr(modules["checks"], "CONTRACT", contract_file)
        # One after the other, so that a test knows which request meets its fault.
        patch.setattr(modules["synthetic"], "WORKERS", 1)
        yield Gate(modules=modules, wire=wire)
        for name in MODULES:
            sys.modules.pop(name, None)


@pytest.fixture
def contract_file(
    gate: Gate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], None]:
    """Give the hooks another contract."""

    def write(text: str) -> None:
        path = tmp_path / "contract.json"
        path.write_text(text)
        monkeypatch.setattr(gate["checks"], "CONTRACT", path)

    return write


@pytest.fixture
def plan(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Deploy with another plan."""

    def change(**changes: object) -> None:
        monkeypatch.setenv("PLAN", json.dumps(PLAN | changes))

    return change
