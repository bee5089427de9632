"""The integration tests that run against each environment: what they let through and what not."""

import importlib.util
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import boto3
import pytest

SERVICE = Path(__file__).parents[1]
CONTRACT = (SERVICE / "contract.json").read_text()
CHECK = SERVICE / "integration" / "check.py"

Ask = Callable[[Mapping[str, Any]], dict[str, Any]]


@pytest.fixture(scope="module")
def check() -> ModuleType:
    spec = importlib.util.spec_from_file_location("orders_integration_check", CHECK)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def ask(invoke: Callable[[Mapping[str, Any]], bytes], secret: str) -> Ask:
    assert secret
    return lambda event: dict(json.loads(invoke(event)))


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """A client of Lambda that is made and called in vain: what it was told."""
    told: list[dict[str, Any]] = []

    class Client:
        def invoke(self, **arguments: object) -> dict[str, Any]:
            told.append(arguments)
            return {"Payload": Body(), "FunctionError": "Unhandled"}

    class Body:
        def read(self) -> bytes:
            return b'{"errorMessage": "no"}'

    def client(service: str, region_name: str | None) -> Client:
        told.append({"service": service, "region": region_name})
        return Client()

    monkeypatch.setattr(boto3, "client", client)
    return told


def test_the_service_as_it_is_passes(check: ModuleType, ask: Ask) -> None:
    assert list(check.differences(ask, CONTRACT)) == []


def test_a_wrong_status_is_said_by_the_name_of_its_case(check: ModuleType, ask: Ask) -> None:
    def broken(event: Mapping[str, Any]) -> dict[str, Any]:
        return ask(event) | ({"statusCode": 500} if event["rawPath"] == "/catalogue" else {})

    [said] = check.differences(broken, CONTRACT)
    assert said.startswith("the catalogue has prices in cents: status 500 instead of 200")


def test_an_order_that_is_not_read_back_fails(check: ModuleType, ask: Ask) -> None:
    def forgetful(event: Mapping[str, Any]) -> dict[str, Any]:
        read = event["rawPath"].startswith("/orders/") and len(event["rawPath"]) > 200
        return ask(event) | ({"body": '{"orderId": "1"}'} if read else {})

    [said] = check.differences(forgetful, CONTRACT)
    assert said.startswith("the order is read back: ")


@pytest.mark.parametrize("body", ["no JSON", "[]", "{}", None])
def test_an_order_without_a_receipt_fails(check: ModuleType, ask: Ask, body: str | None) -> None:
    def silent(event: Mapping[str, Any]) -> dict[str, Any]:
        answer = ask(event)
        return answer | ({"body": body} if answer["statusCode"] == 201 else {})

    [said] = check.differences(silent, CONTRACT)
    assert said.startswith("an order is placed: no receipt in")


def test_a_service_without_its_key_fails(check: ModuleType, invoke: Any) -> None:  # noqa: ANN401
    def ask(event: Mapping[str, Any]) -> dict[str, Any]:
        return dict(json.loads(invoke(event)))

    said = list(check.differences(ask, CONTRACT))
    assert any(each.startswith("an order is placed: status 503") for each in said)


def test_a_function_that_raises_fails_the_check(
    check: ModuleType,
    called: list[dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("FUNCTION", "shop-orders-beta:live")

    assert check.main() == 1
    assert called[0] == {"service": "lambda", "region": None}
    assert {each["FunctionName"] for each in called[1:]} == {"shop-orders-beta:live"}
    assert "it runs: status None instead of 200, with Unhandled" in capsys.readouterr().out


def test_a_function_is_asked_in_the_region_of_its_arn(
    check: ModuleType, called: list[dict[str, Any]]
) -> None:
    arn = "arn:aws:lambda:us-east-1:333344445555:function:shop-orders-produs:live"

    check.function(arn)({})
    assert called[0] == {"service": "lambda", "region": "us-east-1"}
    assert called[1]["FunctionName"] == arn


def test_a_function_that_answers_passes_the_check(
    check: ModuleType, ask: Ask, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FUNCTION", "shop-orders-beta:live")
    monkeypatch.setattr(check, "function", lambda _name: ask)

    assert check.main() == 0
    assert capsys.readouterr().out.endswith("All requests were answered as promised.\n")
