"""The AWS clients of provenance, and what is used of each."""

from functools import cache
from typing import Any, Protocol

import boto3
import clients


class Builds(Protocol):
    """What is used of the CodeBuild client."""

    def batch_get_builds(self, *, ids: list[str]) -> dict[str, Any]:
        """BatchGetBuilds."""


class Pipelines(Protocol):
    """What is used of the CodePipeline client, reports apart."""

    def get_pipeline_execution(self, **request: str) -> dict[str, Any]:
        """GetPipelineExecution."""

    def list_action_executions(self, **request: object) -> dict[str, Any]:
        """ListActionExecutions."""


class Keys(Protocol):
    """What is used of the KMS client."""

    def sign(self, **request: str | bytes) -> dict[str, Any]:
        """Sign."""

    def verify(self, **request: str | bytes) -> dict[str, Any]:
        """Verify."""


@cache
def builds() -> Builds:
    """Return the client that asks for builds."""
    client: Builds = boto3.client("codebuild", config=clients.config(clients.READ_SECONDS))
    return client


@cache
def pipelines() -> Pipelines:
    """Return the client that asks for executions."""
    client: Pipelines = boto3.client("codepipeline", config=clients.config(clients.READ_SECONDS))
    return client


@cache
def keys() -> Keys:
    """Return the client that signs and verifies."""
    client: Keys = boto3.client("kms", config=clients.config(clients.READ_SECONDS))
    return client
