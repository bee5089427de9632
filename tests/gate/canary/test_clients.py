"""How long a call may take is what the deadline reckons with, and no client is made in vain."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    ProxyConnectionError,
    ReadTimeoutError,
)

from tests.gate.conftest import Gate
from tests.gate.fake_aws import World, before_traffic, in_canary, settled
from tests.gate.faults import URL

SERVICES = {
    "codedeploy": "codedeploy",
    "events": "events",
    "executions": "stepfunctions",
    "functions": "lambda",
    "metrics": "cloudwatch",
    "storage": "s3",
}
HOOK = {"codedeploy", "events", "lambda", "s3"}
each_client = pytest.mark.parametrize("name", SERVICES)


def error(code: str, status: int = 400) -> ClientError:
    metadata = {"HTTPStatusCode": status}
    response = {"Error": {"Code": code, "Message": ""}, "ResponseMetadata": metadata}
    return ClientError(response, "Operation")


@each_client
def test_no_attempt_takes_longer_than_is_reckoned_with(gate: Gate, name: str) -> None:
    clients = gate["clients"]
    config = getattr(clients, name)().meta.config
    reckoned = clients.ANSWER_SECONDS if name == "functions" else clients.CALL_SECONDS

    assert config.connect_timeout + config.read_timeout == reckoned
    assert config.connect_timeout == clients.CONNECT_SECONDS


@each_client
def test_botocore_tries_nothing_again_by_itself(gate: Gate, name: str) -> None:
    retries = getattr(gate["clients"], name)().meta.config.retries

    assert (retries["mode"], retries["total_max_attempts"]) == ("standard", 1)


@each_client
def test_each_client_is_of_its_service(gate: Gate, name: str) -> None:
    service = getattr(gate["clients"], name)().meta.service_model.service_name

    assert service == SERVICES[name]


@each_client
def test_a_client_is_made_once(gate: Gate, name: str) -> None:
    make = getattr(gate["clients"], name)

    assert make() is make()


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("pre_traffic", HOOK - {"events"} | {"stepfunctions"}),
        ("post_traffic", HOOK | {"cloudwatch"}),
        ("watch", {"codedeploy", "cloudwatch"}),
    ],
)
def test_an_entry_point_makes_the_clients_that_it_uses_and_no_other(
    gate: Gate, entry: str, expected: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    world = {"pre_traffic": before_traffic, "post_traffic": settled, "watch": in_canary}[entry]()

    assert made(gate, entry, world, monkeypatch) == expected


def test_a_watch_that_stops_a_deployment_needs_no_client_of_lambda(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = in_canary()
    world.errors["42"] = 30

    assert made(gate, "watch", world, monkeypatch) == HOOK - {"lambda"} | {"cloudwatch"}


def made(gate: Gate, entry: str, world: World, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Invoke in a fresh process, as it were, and say which clients are made."""
    services: list[str] = []
    make = boto3.client

    def client(service: str, **options: Any) -> object:  # noqa: ANN401 as boto3's
        services.append(service)
        return make(service, **options)

    for name in SERVICES:
        getattr(gate["clients"], name).cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr(boto3, "client", client)
        gate.invoke(entry, world)
    assert len(services) == len(set(services))
    return set(services)


@pytest.mark.parametrize(
    "code",
    [
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
    ],
)
def test_a_throttled_call_passes(gate: Gate, code: str) -> None:
    assert gate["clients"].is_transient(error(code))


@pytest.mark.parametrize(
    ("status", "passes"), [(400, False), (403, False), (412, False), (429, True), (499, False)]
)
def test_what_the_caller_did_wrong_does_not_pass(gate: Gate, status: int, *, passes: bool) -> None:
    assert gate["clients"].is_transient(error("Something", status)) is passes


@pytest.mark.parametrize("status", [500, 502, 503])
def test_what_went_wrong_at_aws_passes(gate: Gate, status: int) -> None:
    assert gate["clients"].is_transient(error("Something", status))


@pytest.mark.parametrize(
    "fault",
    [
        ConnectionClosedError(endpoint_url=URL),
        ConnectTimeoutError(endpoint_url=URL),
        EndpointConnectionError(endpoint_url=URL),
        ProxyConnectionError(proxy_url=URL),
        ReadTimeoutError(endpoint_url=URL),
    ],
    ids=lambda fault: type(fault).__name__,
)
def test_a_missing_connection_passes(gate: Gate, fault: BotoCoreError) -> None:
    assert gate["clients"].is_transient(fault)


@pytest.mark.parametrize(
    "fault",
    [NoCredentialsError(), ParamValidationError(report=""), ZeroDivisionError()],
    ids=lambda fault: type(fault).__name__,
)
def test_our_own_mistakes_do_not_pass(gate: Gate, fault: Exception) -> None:
    assert not gate["clients"].is_transient(fault)


def test_only_a_read_time_out_leaves_a_request_without_its_answer(gate: Gate) -> None:
    waited = gate["clients"].was_not_answered_in_time

    assert waited(ReadTimeoutError(endpoint_url=URL))
    assert not waited(ConnectTimeoutError(endpoint_url=URL))
    assert not waited(error("RequestTimeout", 408))


def test_an_error_of_aws_is_named_by_its_code_and_any_other_by_its_type(gate: Gate) -> None:
    name = gate["clients"].error_code

    assert name(error("AccessDenied")) == "AccessDenied"
    assert name(ClientError({}, "Operation")) == "unknown"
    assert name(ClientError({"Error": {}}, "Operation")) == "unknown"
    assert name(NoCredentialsError()) == "NoCredentialsError"
    assert name(KeyError("secret")) == "KeyError"


def test_an_error_of_which_nothing_is_known_does_not_pass(gate: Gate) -> None:
    assert not gate["clients"].is_transient(ClientError({}, "Operation"))
