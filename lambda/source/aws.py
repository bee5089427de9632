"""The AWS clients: how long a call may take, how often it is tried, and what its errors are called.

A client is made when it is first used and kept for later invocations.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, Final, Protocol

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

CONNECT_SECONDS: Final = 2
READ_SECONDS: Final = 5
ATTEMPTS: Final = 3
FAILURES: Final = (BotoCoreError, ClientError)


class Client(Protocol):
    """A client of one service; botocore's model of the service says what it can be asked."""

    def __getattr__(self, operation: str) -> Callable[..., dict[str, Any]]:
        """One operation of the service."""


@cache
def client(service: str, *, attempts: int = ATTEMPTS) -> Client:
    """Return the client of a service, which tries each call so often."""
    made: Client = boto3.client(
        service,
        config=Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"mode": "standard", "total_max_attempts": attempts},
        ),
    )
    return made


def error_code(error: BaseException) -> str:
    """Name an AWS error by its code, any other by its type."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", "unknown"))
    return type(error).__name__
