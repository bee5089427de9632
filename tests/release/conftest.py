"""The gates' functions as AWS loads them: one root, modules imported by their bare names."""

import importlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import boto3
import botocore.session
import botocore.useragent
import pytest

from stacks.app import RELEASE, ROOT, SHARED
from tests.release.fake_aws import Releases, SignedWire

FOLDER = ROOT / "lambda" / RELEASE
FILES = [*sorted(FOLDER.glob("*.py")), *SHARED.values()]
MODULES = sorted(path.stem for path in FILES)
FREEZE = "/lockgate/freeze"
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "own",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_REGION": "eu-central-1",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "FREEZE_PARAMETER": FREEZE,
    "TEMPLATES": "artifacts/reviews",
}


@dataclass(frozen=True)
class Gates:
    """The loaded modules, and a way to invoke them."""

    modules: dict[str, ModuleType]
    wire: SignedWire

    def __getitem__(self, name: str) -> ModuleType:
        return self.modules[name]

    def invoke(self, entry: str, world: Releases, event: object) -> Any:  # noqa: ANN401
        """Call ``freeze``, ``review`` or ``soak`` as Lambda would, in this world."""
        self.wire.world = world
        context = world.context()
        try:
            return self.modules[entry].handle(event, context)
        finally:
            assert not context.overran


@pytest.fixture(scope="module")
def gates() -> Iterator[Gates]:
    """Load the package, and take every module out again: other folders use the same names."""
    wire, session = SignedWire(), botocore.session.Session()
    wire.attach(session)
    with pytest.MonkeyPatch.context() as patch:
        for name in MODULES:
            patch.delitem(sys.modules, name, raising=False)
        for folder in {path.parent for path in FILES}:
            patch.syspath_prepend(str(folder))
        for name, value in ENVIRONMENT.items():
            patch.setenv(name, value)
        patch.setattr(boto3, "DEFAULT_SESSION", boto3.Session(botocore_session=session))
        patch.setattr(botocore.useragent.UserAgentString, "to_string", lambda _: "tests")
        modules = {name: importlib.import_module(name) for name in MODULES}
        patch.setattr(modules["clock"], "sleep", wire.sleep)
        patch.setattr(modules["clock"], "now", wire.now)
        yield Gates(modules=modules, wire=wire)
        for name in MODULES:
            sys.modules.pop(name, None)
