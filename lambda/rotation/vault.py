"""The secret as Secrets Manager holds it: what is asked and changed of it."""

from collections.abc import Callable
from functools import cache
from typing import Any, Final, Protocol, TypeVar

import boto3
import clients
import log
import retry
from deadline import Deadline
from standing import CURRENT, PENDING, Standing

ATTEMPTS: Final = 4
_NO_VALUE: Final = "ResourceNotFoundException"
_HAS_VALUE: Final = "ResourceExistsException"

_Answer = TypeVar("_Answer")


class SecretsManager(Protocol):
    """What is used of the Secrets Manager client."""

    def describe_secret(self, **request: str) -> dict[str, Any]:
        """DescribeSecret."""

    def get_secret_value(self, **request: str) -> dict[str, Any]:
        """GetSecretValue."""

    def get_random_password(self, **request: int | bool) -> dict[str, Any]:
        """GetRandomPassword."""

    def put_secret_value(self, **request: object) -> dict[str, Any]:
        """PutSecretValue."""

    def update_secret_version_stage(self, **request: str) -> dict[str, Any]:
        """UpdateSecretVersionStage."""


@cache
def secrets() -> SecretsManager:
    """Return the client, which is kept for later invocations."""
    config = clients.config(clients.READ_SECONDS)
    client: SecretsManager = boto3.client("secretsmanager", config=config)
    return client


class Vault:
    """One secret. Each call is tried again where that may do better in a moment."""

    def __init__(self, secret: str, deadline: Deadline) -> None:
        self._secret = secret
        self._deadline = deadline

    def standing(self) -> Standing:
        """How the secret stands now."""
        found = self._ask(lambda: secrets().describe_secret(SecretId=self._secret))
        return Standing(
            rotated=found.get("RotationEnabled") is True,
            function=found.get("RotationLambdaARN", ""),
            stages=found.get("VersionIdsToStages", {}),
        )

    def pending(self, token: str) -> str | None:
        """The value of the version to come; None where it has none yet."""
        return self._value(VersionId=token, VersionStage=PENDING)

    def current(self) -> str | None:
        """The value that readers get; None where there is none yet."""
        return self._value(VersionStage=CURRENT)

    def draw(self, length: int) -> str:
        """A new random value of letters and digits, each kind of them in it."""
        drawn = self._ask(
            lambda: secrets().get_random_password(PasswordLength=length, ExcludePunctuation=True)
        )
        return str(drawn["RandomPassword"])

    def put(self, token: str, value: str) -> None:
        """Give the version to come its value, unless it got one in the meantime."""
        try:
            self._ask(
                lambda: secrets().put_secret_value(
                    SecretId=self._secret,
                    ClientRequestToken=token,
                    SecretString=value,
                    VersionStages=[PENDING],
                )
            )
        except clients.FAILURES as error:
            if clients.error_code(error) != _HAS_VALUE:
                raise
            log.step("put before", token=token)

    def promote(self, token: str, *, instead_of: str | None) -> None:
        """Make the version to come the current one, and that the previous one, in one call."""
        move = {"SecretId": self._secret, "VersionStage": CURRENT, "MoveToVersionId": token}
        if instead_of:
            move["RemoveFromVersionId"] = instead_of
        self._ask(lambda: secrets().update_secret_version_stage(**move))

    def _value(self, **version: str) -> str | None:
        try:
            got = self._ask(lambda: secrets().get_secret_value(SecretId=self._secret, **version))
        except clients.FAILURES as error:
            if clients.error_code(error) == _NO_VALUE:
                return None
            raise
        return str(got.get("SecretString", ""))

    def _ask(self, call: Callable[[], _Answer]) -> _Answer:
        self._deadline.require(clients.CALL_SECONDS, "a call")
        return retry.call(
            call, deadline=self._deadline, seconds=clients.CALL_SECONDS, attempts=ATTEMPTS
        )
