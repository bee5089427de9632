"""The AWS clients of the gates: in which Region, as whom, and what is used of each.

A client with the function's own role is kept for later invocations; one with other credentials
lives as long as they do: for one turn.
"""

from collections.abc import Callable
from functools import cache, partial
from typing import Any, Final, Protocol, TypeVar

import boto3
import clients
import retry
from clients import Metrics, Storage
from deadline import Deadline
from job import Keys

ATTEMPTS: Final = 4
SESSION: Final = "lockgate-gate"
ROLE: Final = r"arn:aws[a-z-]*:iam::[0-9]{12}:role/[\w+=,.@/-]+"
REGION: Final = r"[a-z]{2}(-[a-z]+)+-[0-9]"

_Answer = TypeVar("_Answer")


class Pipelines(Protocol):
    """What is used of the CodePipeline client."""

    def put_job_success_result(self, **request: object) -> dict[str, Any]:
        """PutJobSuccessResult."""

    def put_job_failure_result(self, **request: object) -> dict[str, Any]:
        """PutJobFailureResult."""

    def get_pipeline_execution(self, **request: str) -> dict[str, Any]:
        """GetPipelineExecution."""


class Parameters(Protocol):
    """What is used of the Systems Manager client."""

    def get_parameter(self, **request: str) -> dict[str, Any]:
        """GetParameter."""


class Stacks(Protocol):
    """What is used of the CloudFormation client."""

    def describe_stacks(self, **request: str) -> dict[str, Any]:
        """DescribeStacks."""

    def create_change_set(self, **request: object) -> dict[str, Any]:
        """CreateChangeSet."""

    def describe_change_set(self, **request: object) -> dict[str, Any]:
        """DescribeChangeSet."""

    def delete_change_set(self, **request: str) -> dict[str, Any]:
        """DeleteChangeSet."""


@cache
def pipelines() -> Pipelines:
    """Return the client that reports on jobs and asks about executions."""
    client: Pipelines = _client("codepipeline")
    return client


@cache
def parameters() -> Parameters:
    """Return the client that reads the freeze."""
    client: Parameters = _client("ssm")
    return client


def artifacts(keys: Keys) -> Storage:
    """Return the client that reads a job's artifacts, with what CodePipeline lends for that."""
    client: Storage = _client("s3", keys=keys)
    return client


def metrics(region: str, role: str, deadline: Deadline) -> Metrics:
    """Return the client that reads a Region's counts, as the role where one is given."""
    client: Metrics = _client("cloudwatch", region, _assumed(role, deadline))
    return client


def stacks(region: str, role: str, deadline: Deadline) -> Stacks:
    """Return the client that reviews a Region's stacks, as the role where one is given."""
    client: Stacks = _client("cloudformation", region, _assumed(role, deadline))
    return client


def ask(call: Callable[[], _Answer], deadline: Deadline, step: str) -> _Answer:
    """Ask AWS, and again where that may do better in a moment.

    Raises:
        OutOfTimeError: what is left does not cover it.
        BotoCoreError, ClientError: the last error.
    """
    deadline.require(clients.CALL_SECONDS, step)
    return retry.call(call, deadline=deadline, seconds=clients.CALL_SECONDS, attempts=ATTEMPTS)


def _assumed(role: str, deadline: Deadline) -> Keys | None:
    if not role:
        return None
    assume = partial(_client("sts").assume_role, RoleArn=role, RoleSessionName=SESSION)
    given = ask(assume, deadline, f"assuming {role}")["Credentials"]
    return Keys(
        access_key_id=given["AccessKeyId"],
        secret_access_key=given["SecretAccessKey"],
        session_token=given["SessionToken"],
    )


def _client(service: str, region: str | None = None, keys: Keys | None = None) -> Any:  # noqa: ANN401 each caller says what it uses
    return boto3.client(
        service,
        region_name=region,
        config=clients.config(clients.READ_SECONDS),
        aws_access_key_id=keys and keys.access_key_id,
        aws_secret_access_key=keys and keys.secret_access_key,
        aws_session_token=keys and keys.session_token,
    )
