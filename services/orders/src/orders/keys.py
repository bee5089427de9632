"""The keys that sign receipts: fetched by reference when first needed, kept for some minutes."""

import functools
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

REFERENCE = "SECRET_RECEIPT_SIGNING_KEY"
KEEP_SECONDS = 300.0
MIN_KEY_BYTES = 32

_TIMEOUTS = Config(
    connect_timeout=1,
    read_timeout=2,
    retries={"mode": "standard", "total_max_attempts": 2},
)


class SecretsManager(Protocol):
    """The one call of the boto3 client that is used here."""

    def get_secret_value(self, **request: str) -> dict[str, Any]:
        """Return ``SecretString`` of one version."""


class KeysUnavailableError(Exception):
    """There is no key to sign or verify with. Never carries the key, only what went wrong."""


@dataclass(frozen=True, kw_only=True, repr=False)
class Keys:
    """The key to sign with and, while a rotation is young, the one before it."""

    current: bytes
    previous: bytes | None

    @property
    def verifying(self) -> tuple[bytes, ...]:
        """Every key whose receipts count."""
        return (self.current,) if self.previous is None else (self.current, self.previous)


class KeyCache:
    """Holds the keys for a while, so that not every order costs a call to Secrets Manager."""

    def __init__(
        self,
        fetch: Callable[[], Keys] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fetch = fetch or fetch_keys
        self._clock = clock
        self._keys: Keys | None = None
        self._fetched_at = 0.0

    def get(self, *, max_age_seconds: float = KEEP_SECONDS) -> Keys:
        """Return the keys, none older than ``max_age_seconds``.

        Raises:
            KeysUnavailableError: they had to be fetched and could not be.
        """
        age_seconds = self._clock() - self._fetched_at
        if self._keys is None or age_seconds >= max_age_seconds:
            self._keys = None
            self._keys, self._fetched_at = self._fetch(), self._clock()
        return self._keys


def fetch_keys() -> Keys:
    """Read both live versions of the secret that ``SECRET_RECEIPT_SIGNING_KEY`` names.

    AWSPREVIOUS exists only once the secret has been rotated:
    https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html

    Raises:
        KeysUnavailableError: no reference, no answer, no permission, or no usable key.
    """
    secret_arn = os.environ.get(REFERENCE)
    if not secret_arn:
        raise KeysUnavailableError(f"the environment variable {REFERENCE} is not set")
    try:
        client = secrets_manager()
        current = _read(client, secret_arn, "AWSCURRENT")
        previous = _read(client, secret_arn, "AWSPREVIOUS")
    except (BotoCoreError, ClientError) as error:
        raise KeysUnavailableError(f"Secrets Manager: {_name(error)}") from None
    if current is None:
        raise KeysUnavailableError("the secret has no AWSCURRENT version")
    return Keys(current=current, previous=previous)


@functools.cache
def secrets_manager() -> SecretsManager:
    """Made once in each environment: that takes ten times as long as to ask."""
    client: SecretsManager = boto3.client("secretsmanager", config=_TIMEOUTS)
    return client


def _read(client: SecretsManager, secret_arn: str, stage: str) -> bytes | None:
    try:
        answer = client.get_secret_value(SecretId=secret_arn, VersionStage=stage)
    except ClientError as error:
        if _name(error) == "ResourceNotFoundException":
            return None
        raise
    key: bytes = answer.get("SecretString", "").encode()
    if len(key) < MIN_KEY_BYTES:
        raise KeysUnavailableError(f"the {stage} key is shorter than {MIN_KEY_BYTES} bytes")
    return key


def _name(error: BotoCoreError | ClientError) -> str:
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", "unknown"))
    return type(error).__name__
