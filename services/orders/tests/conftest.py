import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from moto import mock_aws

SERVICE = Path(__file__).parents[1]
SOURCE = str(SERVICE / "src")
if SOURCE not in sys.path:
    sys.path.insert(0, SOURCE)

CONTEXT = SimpleNamespace(
    function_name="orders",
    function_version="42",
    memory_limit_in_mb=256,
    invoked_function_arn="arn:aws:lambda:eu-central-1:111122223333:function:orders:live",
    aws_request_id="00000000-0000-0000-0000-000000000000",
)

Invoke = Callable[[dict[str, Any]], bytes]
Call = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture(scope="session", autouse=True)
def no_aws() -> Iterator[None]:
    """Leave no way to a real account; clients share what boto3 reads from its service models."""
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
            patch.setenv(name, "testing")
        patch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
        for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL"):
            patch.delenv(name, raising=False)
        patch.setattr(boto3, "DEFAULT_SESSION", None)
        yield


@pytest.fixture
def secret(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The ARN of a signing key, referred to as the platform does it; it lives for one test."""
    client = boto3.client("secretsmanager")
    arn: str = client.create_secret(Name="receipt-signing-key", SecretString="a" * 40)["ARN"]
    monkeypatch.setenv("SECRET_RECEIPT_SIGNING_KEY", arn)
    yield arn
    client.delete_secret(SecretId=arn, ForceDeleteWithoutRecovery=True)


@pytest.fixture
def invoke(monkeypatch: pytest.MonkeyPatch) -> Invoke:
    """Hand events to the handler of a new execution environment."""
    from orders import handler, keys  # noqa: PLC0415 needs the path set above

    monkeypatch.setattr(handler, "keys", keys.KeyCache())
    return lambda event: json.dumps(handler.handle(event, CONTEXT)).encode()


@pytest.fixture
def call(invoke: Invoke) -> Call:
    """Call the API, and return status and body."""

    def send(
        method: str, path: str, body: str | None = None, **more: object
    ) -> tuple[int, dict[str, Any]]:
        http = {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1"}
        context = {"http": http, "requestId": "r-1", "stage": "$default"}
        event = {"version": "2.0", "rawPath": path, "headers": {}, "requestContext": context}
        answer = json.loads(invoke(event | {"body": body, "isBase64Encoded": False} | more))
        return answer["statusCode"], json.loads(answer["body"])

    return send
