from collections.abc import Callable
from types import SimpleNamespace

import boto3
import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError
from orders import keys
from orders.keys import KeyCache, Keys, KeysUnavailableError, fetch_keys


def test_a_new_secret_has_one_key(secret: str) -> None:
    fetched = fetch_keys()

    assert secret.startswith("arn:aws:secretsmanager:")
    assert fetched.current == b"a" * 40
    assert fetched.verifying == (b"a" * 40,)


def test_during_a_rotation_both_live_keys_verify(secret: str) -> None:
    boto3.client("secretsmanager").put_secret_value(SecretId=secret, SecretString="b" * 40)

    fetched = fetch_keys()

    assert fetched.current == b"b" * 40
    assert fetched.verifying == (b"b" * 40, b"a" * 40)


def test_a_half_done_rotation_changes_nothing(secret: str) -> None:
    boto3.client("secretsmanager").put_secret_value(
        SecretId=secret, SecretString="b" * 40, VersionStages=["AWSPENDING"]
    )

    assert fetch_keys().verifying == (b"a" * 40,)


@pytest.mark.parametrize("reference", [None, ""])
def test_a_missing_reference_is_told_by_its_name(
    monkeypatch: pytest.MonkeyPatch, reference: str | None
) -> None:
    if reference is None:
        monkeypatch.delenv("SECRET_RECEIPT_SIGNING_KEY", raising=False)
    else:
        monkeypatch.setenv("SECRET_RECEIPT_SIGNING_KEY", reference)

    with pytest.raises(KeysUnavailableError, match="SECRET_RECEIPT_SIGNING_KEY"):
        fetch_keys()


def test_a_secret_that_is_not_there_is_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_RECEIPT_SIGNING_KEY", "receipt-signing-key")

    with pytest.raises(KeysUnavailableError, match="AWSCURRENT"):
        fetch_keys()


@pytest.mark.parametrize("value", ["hunter2", "a" * 31])
def test_a_short_key_is_refused_and_not_shown(secret: str, value: str) -> None:
    boto3.client("secretsmanager").put_secret_value(SecretId=secret, SecretString=value)

    with pytest.raises(KeysUnavailableError, match="shorter than 32") as raised:
        fetch_keys()

    assert value not in str(raised.value)


@pytest.mark.usefixtures("secret")
@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            ClientError({"Error": {"Code": "AccessDeniedException"}}, "GetSecretValue"),
            "AccessDenied",
        ),
        (ConnectTimeoutError(endpoint_url="https://aws.invalid"), "ConnectTimeoutError"),
    ],
)
def test_a_failed_fetch_says_what_failed(
    monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    def refuse(**_: str) -> None:
        raise error

    client = SimpleNamespace(get_secret_value=refuse)
    monkeypatch.setattr(keys, "secrets_manager", lambda: client)

    with pytest.raises(KeysUnavailableError, match=said):
        fetch_keys()


def fetches(*results: Keys | Exception) -> Callable[[], Keys]:
    left = iter(results)

    def fetch() -> Keys:
        result = next(left)
        if isinstance(result, Exception):
            raise result
        return result

    return fetch


OLD, NEW = Keys(current=b"old", previous=None), Keys(current=b"new", previous=b"old")


def test_keys_are_fetched_once_and_again_after_some_minutes() -> None:
    now = [1000.0]
    cache = KeyCache(fetch=fetches(OLD, NEW), clock=lambda: now[0])

    assert cache.get() is OLD
    now[0] += keys.KEEP_SECONDS - 1
    assert cache.get() is OLD
    now[0] += 1
    assert cache.get() is NEW


def test_keys_that_cannot_be_fetched_again_are_not_used_any_longer() -> None:
    now = [0.0]
    cache = KeyCache(fetch=fetches(OLD, KeysUnavailableError("no"), NEW), clock=lambda: now[0])
    cache.get()
    now[0] += keys.KEEP_SECONDS

    with pytest.raises(KeysUnavailableError):
        cache.get()
    assert cache.get() is NEW


def test_keys_do_not_show_themselves() -> None:
    assert "old" not in repr(NEW)


@pytest.mark.usefixtures("secret")
def test_the_client_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    make = boto3.client
    monkeypatch.setattr(keys.boto3, "client", lambda *a, **k: made.append(a) or make(*a, **k))
    keys.secrets_manager.cache_clear()

    fetch_keys()
    fetch_keys()

    assert made == [("secretsmanager",)]
