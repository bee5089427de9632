"""The AWS clients: what is used of each, how long a call may take, and what its errors mean.

A client is made when it is first used and kept for later invocations: making one takes longer
than any call here. botocore's own retries are off, because they do not know the deadline.
"""

from functools import cache
from typing import Any, Final, Protocol

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    HTTPClientError,
    ReadTimeoutError,
)
from botocore.exceptions import ConnectionError as NoConnectionError

CONNECT_SECONDS: Final = 2
READ_SECONDS: Final = 5
CALL_SECONDS: Final = float(CONNECT_SECONDS + READ_SECONDS)

# An HTTP API waits 30 s for its function and no longer, so a slower answer is no answer:
# https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
ANSWER_SECONDS: Final = 30.0

FAILURES: Final = (BotoCoreError, ClientError)

# The services' models name few of these, so they are known by their codes:
# https://docs.aws.amazon.com/codedeploy/latest/APIReference/CommonErrors.html
# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
_THROTTLED: Final = frozenset(
    {
        "ConditionalRequestConflict",
        "EC2ThrottledException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)


class CodeDeploy(Protocol):
    """What is used of the CodeDeploy client."""

    def stop_deployment(self, **request: str | bool) -> dict[str, Any]:
        """StopDeployment."""

    def get_deployment(self, **request: str) -> dict[str, Any]:
        """GetDeployment."""

    def list_deployment_targets(self, **request: str) -> dict[str, Any]:
        """ListDeploymentTargets."""

    def get_deployment_target(self, **request: str) -> dict[str, Any]:
        """GetDeploymentTarget."""

    def put_lifecycle_event_hook_execution_status(self, **request: str) -> dict[str, Any]:
        """PutLifecycleEventHookExecutionStatus."""


class Functions(Protocol):
    """What is used of the Lambda client."""

    def invoke(self, **request: str | bytes) -> dict[str, Any]:
        """Invoke."""

    def get_alias(self, **request: str) -> dict[str, Any]:
        """GetAlias."""


class Metrics(Protocol):
    """What is used of the CloudWatch client."""

    def get_metric_data(self, **request: object) -> dict[str, Any]:
        """GetMetricData."""

    def put_metric_data(self, **request: object) -> dict[str, Any]:
        """PutMetricData."""


class Storage(Protocol):
    """What is used of the S3 client."""

    def get_object(self, **request: str) -> dict[str, Any]:
        """GetObject."""

    def put_object(self, **request: str | bytes) -> dict[str, Any]:
        """PutObject."""


class Executions(Protocol):
    """What is used of the Step Functions client."""

    def start_execution(self, **request: str) -> dict[str, Any]:
        """StartExecution."""


class Events(Protocol):
    """What is used of the EventBridge client."""

    def put_events(self, **request: object) -> dict[str, Any]:
        """PutEvents."""


@cache
def codedeploy() -> CodeDeploy:
    """Return the client that learns about deployments and reports to them."""
    client: CodeDeploy = boto3.client("codedeploy", config=config(READ_SECONDS))
    return client


@cache
def functions() -> Functions:
    """Return the client that invokes versions and reads aliases."""
    client: Functions = boto3.client("lambda", config=config(ANSWER_SECONDS - CONNECT_SECONDS))
    return client


@cache
def metrics() -> Metrics:
    """Return the client that reads the versions' counts and raises the verdict metric."""
    client: Metrics = boto3.client("cloudwatch", config=config(READ_SECONDS))
    return client


@cache
def storage() -> Storage:
    """Return the client that keeps the decision records."""
    client: Storage = boto3.client("s3", config=config(READ_SECONDS))
    return client


@cache
def executions() -> Executions:
    """Return the client that starts the watch."""
    client: Executions = boto3.client("stepfunctions", config=config(READ_SECONDS))
    return client


@cache
def events() -> Events:
    """Return the client that tells of verdicts."""
    client: Events = boto3.client("events", config=config(READ_SECONDS))
    return client


def error_code(error: BaseException) -> str:
    """Name an AWS error by its code, any other by its type."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", "unknown"))
    return type(error).__name__


def is_transient(error: BaseException) -> bool:
    """Say whether the same call may do better in a moment: throttled, 5xx or no connection."""
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return error_code(error) in _THROTTLED or status == 429 or status >= 500  # noqa: PLR2004
    return isinstance(error, HTTPClientError | NoConnectionError)


def was_not_answered_in_time(error: BaseException) -> bool:
    """Say whether the request went out and no answer came back within the read time-out."""
    return isinstance(error, ReadTimeoutError)


def config(read_seconds: float) -> Config:
    """Return how a client waits: `read_seconds` for an answer, and no retries of its own."""
    return Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=read_seconds,
        retries={"mode": "standard", "total_max_attempts": 1},
    )
