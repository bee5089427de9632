import base64
import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from orders import handler, keys

Call = Callable[..., tuple[int, dict[str, Any]]]

WINDLASSES = json.dumps({"items": [{"sku": "WINDLASS", "quantity": 2}]})


def test_it_says_that_it_runs_without_a_key(call: Call) -> None:
    assert call("GET", "/health") == (200, {"status": "ok"})


def test_the_catalogue_is_in_integer_cents(call: Call) -> None:
    status, body = call("GET", "/catalogue")

    assert status == 200
    assert {"sku": "WINDLASS", "name": "Lock windlass", "priceCents": 1495} in body["items"]


@pytest.mark.usefixtures("secret")
def test_an_order_comes_back_for_its_receipt(call: Call) -> None:
    status, placed = call("POST", "/orders", WINDLASSES)
    receipt = placed.pop("receipt")

    assert status == 201
    assert placed["totalCents"] == 2990
    assert call("GET", f"/orders/{receipt}") == (200, placed)


@pytest.mark.usefixtures("secret")
def test_two_orders_have_different_ids(call: Call) -> None:
    (_, first), (_, second) = (
        call("POST", "/orders", WINDLASSES),
        call("POST", "/orders", WINDLASSES),
    )

    assert first["orderId"] != second["orderId"]


@pytest.mark.usefixtures("secret")
def test_a_base64_body_is_read(call: Call) -> None:
    body = base64.b64encode(WINDLASSES.encode()).decode()

    status, _ = call("POST", "/orders", body, isBase64Encoded=True)

    assert status == 201


@pytest.mark.usefixtures("secret")
@pytest.mark.parametrize(
    "body", [None, "", "{", "nothing", "[" * 100_000, '{"items": ' + "9" * 5000]
)
def test_a_body_that_is_not_json_gets_one_clear_message(call: Call, body: str | None) -> None:
    assert call("POST", "/orders", body) == (
        400,
        {"statusCode": 400, "message": "the body must be JSON"},
    )


@pytest.mark.usefixtures("secret")
def test_bytes_that_are_not_text_get_the_same_message(call: Call) -> None:
    status, body = call("POST", "/orders", "//79", isBase64Encoded=True)

    assert (status, body["message"]) == (400, "the body must be JSON")


@pytest.mark.usefixtures("secret")
@pytest.mark.parametrize("receipt", ["x", "a.b", "." + "A" * 43, "é." + "A" * 43])
def test_a_text_that_is_no_receipt_is_a_bad_request(call: Call, receipt: str) -> None:
    status, _ = call("GET", f"/orders/{receipt}")

    assert status == 400


@pytest.mark.usefixtures("secret")
def test_a_forged_receipt_is_not_found(call: Call) -> None:
    status, _ = call("GET", "/orders/e30." + "A" * 43)

    assert status == 404


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/orders"), ("GET", "/orders/e30." + "A" * 43)]
)
def test_without_a_key_no_order_is_signed_or_read(call: Call, method: str, path: str) -> None:
    status, body = call(method, path, WINDLASSES)

    assert status == 503
    assert "later" in body["message"]


def test_the_key_is_never_logged_or_answered(
    call: Call, secret: str, caplog: pytest.LogCaptureFixture
) -> None:
    placed = call("POST", "/orders", WINDLASSES)
    boto3.client("secretsmanager").delete_secret(SecretId=secret, ForceDeleteWithoutRecovery=True)
    handler.keys = keys.KeyCache()
    failed = call("POST", "/orders", WINDLASSES)

    logged = [vars(record) for record in caplog.records]
    assert [record["message"] for record in logged] == ["order placed", "no signing key"]
    assert "a" * 40 not in f"{placed} {failed} {logged} {caplog.text}"


def test_receipts_live_through_a_rotation(call: Call, secret: str) -> None:
    _, before = call("POST", "/orders", WINDLASSES)
    boto3.client("secretsmanager").put_secret_value(SecretId=secret, SecretString="b" * 40)
    handler.keys = keys.KeyCache()
    _, after = call("POST", "/orders", WINDLASSES)

    assert call("GET", f"/orders/{before['receipt']}")[0] == 200
    assert call("GET", f"/orders/{after['receipt']}")[0] == 200


def test_receipts_live_through_each_step_of_a_rotation(call: Call, secret: str) -> None:
    """As Secrets Manager stages it: pending first, then current in one call."""
    client = boto3.client("secretsmanager")
    [old] = client.describe_secret(SecretId=secret)["VersionIdsToStages"]
    receipts = [call("POST", "/orders", WINDLASSES)[1]["receipt"]]
    new = client.put_secret_value(
        SecretId=secret, SecretString="b" * 32, VersionStages=["AWSPENDING"]
    )["VersionId"]
    handler.keys = keys.KeyCache()
    receipts.append(call("POST", "/orders", WINDLASSES)[1]["receipt"])
    client.update_secret_version_stage(
        SecretId=secret,
        VersionStage="AWSCURRENT",
        MoveToVersionId=new,
        RemoveFromVersionId=old,
    )
    # Some environment of the function still has the old keys, another one has none yet.
    receipts.append(call("POST", "/orders", WINDLASSES)[1]["receipt"])
    handler.keys = keys.KeyCache()
    receipts.append(call("POST", "/orders", WINDLASSES)[1]["receipt"])

    assert [call("GET", f"/orders/{receipt}")[0] for receipt in receipts] == [200] * 4


def test_a_key_two_rotations_old_is_over(call: Call, secret: str) -> None:
    _, before = call("POST", "/orders", WINDLASSES)
    for letter in "bc":
        boto3.client("secretsmanager").put_secret_value(SecretId=secret, SecretString=letter * 40)
    handler.keys = keys.KeyCache()

    assert call("GET", f"/orders/{before['receipt']}")[0] == 404


def test_a_receipt_younger_than_the_keys_held_is_looked_into(
    call: Call, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    held = keys.KeyCache(clock=lambda: now[0])
    held.get()
    boto3.client("secretsmanager").put_secret_value(SecretId=secret, SecretString="b" * 40)
    _, elsewhere = call("POST", "/orders", WINDLASSES)
    monkeypatch.setattr(handler, "keys", held)

    assert call("GET", f"/orders/{elsewhere['receipt']}")[0] == 404, "the keys were just read"
    now[0] = handler.RECHECK_SECONDS
    assert call("GET", f"/orders/{elsewhere['receipt']}")[0] == 200
