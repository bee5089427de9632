"""A package of functions as AWS loads it: one root, modules imported by their bare names."""

import importlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import boto3
import botocore.session
import botocore.useragent
import pytest

from tests.release.fake_aws import Releases, SignedWire

ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "own",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_REGION": "eu-central-1",
    "AWS_SECRET_ACCESS_KEY": "testing",
}


@dataclass(frozen=True)
class Gates:
    """The loaded modules, and a way to invoke them."""

    modules: dict[str, ModuleType]
    wire: SignedWire

    def __getitem__(self, name: str) -> ModuleType:
        return self.modules[name]

    def invoke(self, entry: str, world: Releases, event: object) -> Any:  # noqa: ANN401
        """Call an entry point as Lambda would, in this world."""
        self.wire.world = world
        context = world.context()
        try:
            return self.modules[entry].handle(event, context)
        finally:
            assert not context.overran


@contextmanager
def loaded(files: Sequence[Path], environment: Mapping[str, str]) -> Iterator[Gates]:
    """Load a package, and take every module out again: other folders use the same names."""
    names = sorted(path.stem for path in files)
    wire, session = SignedWire(), botocore.session.Session()
    wire.attach(session)
    with pytest.MonkeyPatch.context() as patch:
        for name in names:
            patch.delitem(sys.modules, name, raising=False)
        for folder in {path.parent for path in files}:
            patch.syspath_prepend(str(folder))
        for name, value in {**ENVIRONMENT, **environment}.items():
            patch.setenv(name, value)
        patch.setattr(boto3, "DEFAULT_SESSION", boto3.Session(botocore_session=session))
        patch.setattr(botocore.useragent.UserAgentString, "to_string", lambda _: "tests")
        modules = {name: importlib.import_module(name) for name in names}
        patch.setattr(modules["clock"], "sleep", wire.sleep)
        patch.setattr(modules["clock"], "now", wire.now)
        yield Gates(modules=modules, wire=wire)
        for name in names:
            sys.modules.pop(name, None)
