"""The package as Lambda loads it: its folder is the root, and modules go by bare names."""

import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import boto3
import botocore.session
import pytest

from tests.source.fake_aws import BUILD_ARN, EVENT_ID, REVISION, A, Aws, B, Wire

FOLDER = Path(__file__).parents[2] / "lambda" / "source"
MODULES = sorted(path.stem for path in FOLDER.glob("*.py"))
ANALYST = "arn:aws:sts::111122223333:assumed-role/acme-security-analyst/*"
ENVIRONMENT = {
    "APPROVERS": json.dumps([ANALYST]),
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "BRANCH": "main",
    "EXCLUDES": "[]",
    "GUARDED": json.dumps(["stacks/**", "lambda/**"]),
    "INCLUDES": json.dumps(["services/orders/**"]),
    "PIPELINE": "acme-orders",
    "PROJECT": "acme-acme-pull-requests",
    "REPOSITORY": "acme",
    "RULE": "security-analyst",
    "SOURCE_ACTION": "Source",
}


class Package:
    """The loaded modules, and AWS as they meet it."""

    def __init__(self, modules: dict[str, ModuleType], wire: Wire) -> None:
        self._modules, self._wire = modules, wire

    @property
    def aws(self) -> Aws:
        return self._wire.aws

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401
        return self._modules[name]

    def invoke(self, entry: str, event: object, context: object = None) -> Any:  # noqa: ANN401
        """Call a handler as Lambda would."""
        return self[entry].handle(event, context)


@pytest.fixture(scope="module")
def loaded() -> Iterator[tuple[dict[str, ModuleType], Wire]]:
    wire, session = Wire(), botocore.session.Session()
    wire.attach(session)
    with pytest.MonkeyPatch.context() as patch:
        for name in MODULES:
            patch.delitem(sys.modules, name, raising=False)
        patch.syspath_prepend(str(FOLDER))
        for name, value in ENVIRONMENT.items():
            patch.setenv(name, value)
        patch.setattr(boto3, "DEFAULT_SESSION", boto3.Session(botocore_session=session))
        yield {name: importlib.import_module(name) for name in MODULES}, wire
        for name in MODULES:
            sys.modules.pop(name, None)


@pytest.fixture
def package(loaded: tuple[dict[str, ModuleType], Wire]) -> Package:
    modules, wire = loaded
    wire.aws = Aws()
    return Package(modules, wire)


def pushed(commit: str = B, before: str | None = A, **more: object) -> dict[str, Any]:
    """An event: the branch main moved."""
    old = {} if before is None else {"oldCommitId": before}
    detail = {
        "event": "referenceUpdated",
        "referenceType": "branch",
        "referenceName": "main",
        "repositoryName": "acme",
        "commitId": commit,
        **old,
    }
    kind = "CodeCommit Repository State Change"
    return {"id": EVENT_ID, "detail-type": kind, "detail": detail, **more}


def opened(**changes: str) -> dict[str, Any]:
    """An event: pull request 7 is there, or has a new revision."""
    detail = {
        "event": "pullRequestCreated",
        "pullRequestId": "7",
        "revisionId": REVISION,
        "sourceCommit": B,
        "destinationCommit": A,
        "destinationReference": "refs/heads/main",
        **changes,
    }
    kind = "CodeCommit Pull Request State Change"
    return {"id": EVENT_ID, "detail-type": kind, "detail": detail}


def built(arn: str = BUILD_ARN) -> dict[str, Any]:
    """An event: a build is over."""
    return {"detail-type": "CodeBuild Build State Change", "detail": {"build-id": arn}}
