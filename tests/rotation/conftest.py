"""The package as Lambda loads it, and a secret in moto that Secrets Manager is rotating."""

import importlib
import os
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.secretsmanager.models import secretsmanager_backends

from stacks.app import ROOT, ROTATION, SHARED

FOLDER = ROOT / "lambda" / ROTATION
FILES = [*sorted(FOLDER.glob("*.py")), *SHARED.values()]
MODULES = sorted(path.stem for path in FILES)
ACCOUNT, REGION = "123456789012", "eu-central-1"
NAME = "acme/orders/prod/receipt-signing-key"
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:acme-orders-prod-rotation"
LENGTH = 32
OLD, TOKEN = "o" * LENGTH, "11111111-2222-3333-4444-555555555555"
STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_SECRET_ACCESS_KEY": "testing",
    "VALUE_LENGTH": str(LENGTH),
}


@dataclass(frozen=True)
class Context:
    """Lambda's context object."""

    seconds: float = 60
    invoked_function_arn: str = FUNCTION

    def get_remaining_time_in_millis(self) -> int:
        return int(self.seconds * 1000)


@dataclass
class Rotation:
    """The function, and a secret that it rotates."""

    modules: Mapping[str, ModuleType]

    def __post_init__(self) -> None:
        self.client = self.modules["vault"].secrets()
        self.arn: str = self.client.create_secret(Name=NAME, SecretString=OLD)["ARN"]
        self.record.rotation_requested = self.record.rotation_enabled = True
        self.record.rotation_lambda_arn = FUNCTION

    @property
    def record(self) -> Any:  # noqa: ANN401
        """Moto's own record of the secret."""
        return secretsmanager_backends[ACCOUNT][REGION].secrets[NAME]

    def begin(self, token: str = TOKEN, value: str | None = None) -> None:
        """As RotateSecret does: the version to come is staged, and has no value."""
        self.record.remove_version_stages_from_old_versions(["AWSPENDING"])
        version = {"createdate": int(time.time()), "version_id": token}
        self.record.versions[token] = {**version, "version_stages": ["AWSPENDING"]}
        if value is not None:
            self.record.versions[token]["secret_string"] = value

    def step(self, step: str, token: str = TOKEN, context: Context | None = None) -> str:
        """Invoke the function as Secrets Manager does; what came of it."""
        event = {"Step": step, "SecretId": self.arn, "ClientRequestToken": token}
        answer = self.modules["rotate"].handle(event, context or Context())
        assert answer["step"] == step
        return str(answer["outcome"])

    def run(self, token: str = TOKEN) -> None:
        """All four steps."""
        for step in STEPS:
            self.step(step, token)

    def value(self, stage: str = "AWSCURRENT") -> str | None:
        """What readers of a stage get."""
        try:
            got = self.client.get_secret_value(SecretId=self.arn, VersionStage=stage)
        except self.client.exceptions.ResourceNotFoundException:
            return None
        return str(got["SecretString"])

    def staged(self, stage: str) -> list[str]:
        """The versions that have a label."""
        versions = self.client.describe_secret(SecretId=self.arn)["VersionIdsToStages"]
        return [version for version, stages in versions.items() if stage in stages]


@pytest.fixture(scope="session")
def modules() -> Iterator[Mapping[str, ModuleType]]:
    """Load the package, and take every module out again: other folders use the same names."""
    with pytest.MonkeyPatch.context() as patch:
        for name in MODULES:
            patch.delitem(sys.modules, name, raising=False)
        for folder in {path.parent for path in FILES}:
            patch.syspath_prepend(str(folder))
        for name, value in ENVIRONMENT.items():
            patch.setenv(name, value)
        for name in {"AWS_PROFILE", "AWS_ENDPOINT_URL"} & {*os.environ}:
            patch.delenv(name)
        patch.setattr(boto3, "DEFAULT_SESSION", None)
        loaded = {name: importlib.import_module(name) for name in MODULES}
        patch.setattr(loaded["clock"], "sleep", lambda _: None)
        yield loaded
        for name in MODULES:
            sys.modules.pop(name, None)


@pytest.fixture
def rotation(modules: Mapping[str, ModuleType]) -> Iterator[Rotation]:
    """A secret in a moto of its own."""
    with mock_aws():
        yield Rotation(modules)
