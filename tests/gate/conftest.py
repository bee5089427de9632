"""The hooks as AWS loads them: their folder is the root, and modules are imported by bare name."""

import importlib
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import boto3
import botocore.session
import pytest

from tests.lambda_hooks.fake_aws import CONTRACT, EVENT, Wire, World

HOOKS = Path(__file__).parents[2] / "lambda" / "hooks"
MODULES = sorted(path.stem for path in HOOKS.glob("*.py"))
ENVIRONMENT = {
    "ALIAS": "live",
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "FUNCTION_NAME": "orders",
}


@dataclass(frozen=True)
class Hooks:
    """The loaded modules, and a way to invoke them."""

    modules: dict[str, ModuleType]
    wire: Wire

    def __getitem__(self, name: str) -> ModuleType:
        return self.modules[name]

    def invoke(self, entry: str, world: World, event: object = EVENT) -> object:
        """Call ``pre_traffic`` or ``post_traffic`` as Lambda would, in this world."""
        self.wire.world = world
        return self.modules[entry].handle(event, world)


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hooks]:
    """Load the folder, and take every module out again: other folders use the same names."""
    wire = Wire()
    contract_file = tmp_path_factory.mktemp("package") / "contract.json"
    contract_file.write_text(json.dumps(CONTRACT))
    with pytest.MonkeyPatch.context() as patch:
        for name in MODULES:
            patch.delitem(sys.modules, name, raising=False)
        patch.syspath_prepend(str(HOOKS))
        for name, value in ENVIRONMENT.items():
            patch.setenv(name, value)
        session = botocore.session.Session()
        wire.attach(session)
        patch.setattr(boto3, "DEFAULT_SESSION", boto3.Session(botocore_session=session))
        modules = {name: importlib.import_module(name) for name in MODULES}
        patch.setattr(modules["deadline"], "sleep", wire.sleep)
        patch.setattr(modules["checks"], "CONTRACT", contract_file)
        yield Hooks(modules=modules, wire=wire)
        for name in MODULES:
            sys.modules.pop(name, None)


@pytest.fixture
def contract_file(
    hooks: Hooks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], None]:
    """Give the hooks another contract."""

    def write(text: str) -> None:
        path = tmp_path / "contract.json"
        path.write_text(text)
        monkeypatch.setattr(hooks["checks"], "CONTRACT", path)

    return write
