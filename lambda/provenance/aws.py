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


class Signing(Protocol):
    """What is used of the AWS Signer client."""

    def start_signing_job(self, **request: object) -> dict[str, Any]:
        """StartSigningJob."""

    def describe_signing_job(self, **request: str) -> dict[str, Any]:
        """DescribeSigningJob."""


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


@cache
def signer() -> Signing:
    """Return the client that has packages signed."""
    client: Signing = boto3.client("signer", config=clients.config(clients.READ_SECONDS))
    return client
