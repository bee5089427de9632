"""Whose credentials a command has, and where they act."""

from dataclasses import dataclass
from typing import Any

import boto3
from botocore import exceptions
from botocore.config import Config

from delivery import Delivery
from operations.wrong import OperationError

# So that a call which AWS throttles is made again, and a person is not kept waiting for ever.
PATIENCE = Config(
    connect_timeout=10, read_timeout=60, retries={"mode": "standard", "total_max_attempts": 5}
)
DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}
STALE = {
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidClientTokenId",
    "RequestExpired",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}
MISSING = (
    exceptions.CredentialRetrievalError,
    exceptions.LoginError,
    exceptions.NoAuthTokenError,
    exceptions.NoCredentialsError,
    exceptions.PartialCredentialsError,
    exceptions.SSOError,
    exceptions.TokenRetrievalError,
)
ERRORS = (exceptions.BotoCoreError, exceptions.ClientError)
SIGN_IN = "to do: sign in (aws sso login, or AWS_PROFILE=…), or give --profile NAME"


@dataclass(frozen=True, kw_only=True)
class Access:
    """Credentials that were looked at, in a Region.

    Attributes:
        session: makes the clients.
        account: the account that they belong to.
        caller: the ARN of who they are.
        region: where calls go.
    """

    session: Any
    account: str
    caller: str
    region: str

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3 has no types
        """A client of a service."""
        return client(self.session, service)


def client(session: Any, service: str) -> Any:  # noqa: ANN401 - boto3 has no types
    """A client of a service, which is patient within limits."""
    return session.client(service, config=PATIENCE)


def access(profile: str | None = None, region: str | None = None) -> Access:
    """The credentials of a profile, or those of the environment; asks STS whose they are.

    Raises:
        OperationError: nothing says which Region.
        BotoCoreError: there are no credentials, or AWS cannot be reached.
        ClientError: the credentials are not valid.
    """
    session = boto3.Session(profile_name=profile, region_name=region)
    if session.region_name is None:
        raise OperationError(
            "no Region is known\n  to do: name toolchain.region in delivery.toml, or set AWS_REGION"
        )
    identity = client(session, "sts").get_caller_identity()
    return Access(
        session=session,
        account=identity["Account"],
        caller=identity["Arn"],
        region=session.region_name,
    )


def toolchain(delivery: Delivery, profile: str | None = None) -> Access:
    """Credentials of the account that holds the pipelines, in its Region.

    Raises:
        OperationError: they are another account's, or nothing says which Region.
        BotoCoreError: there are no credentials, or AWS cannot be reached.
        ClientError: the credentials are not valid.
    """
    found = access(profile, delivery.toolchain.region)
    if delivery.toolchain.account not in (None, found.account):
        raise OperationError(
            f"{found.caller} is in account {found.account}\n"
            f"  allowed: {delivery.toolchain.account}, which holds the pipelines of "
            f"{delivery.name}\n  to do: take credentials of that account, or give --profile NAME"
        )
    return found


def said(error: Exception) -> str:
    """What an error of boto3's says to a person."""
    if isinstance(error, MISSING):
        return f"there are no AWS credentials: {_one_line(error)}\n  {SIGN_IN}"
    if isinstance(error, exceptions.ProfileNotFound):
        return (
            f"{_one_line(error)}\n  to do: aws configure list-profiles names those that there are"
        )
    if not isinstance(error, exceptions.ClientError):
        return (
            f"AWS cannot be asked: {_one_line(error)}\n  to do: see to the network, and try again"
        )
    code, operation = error.response["Error"]["Code"], error.operation_name
    if code in STALE:
        return f"AWS does not take these credentials ({code})\n  {SIGN_IN}"
    told = error.response["Error"].get("Message") or code
    if code in DENIED:
        return (
            f"{operation} is denied: {told}\n"
            "  to do: docs/operations.md says what each command has to be allowed"
        )
    return f"{operation} failed ({code}): {told}"


def is_error(error: exceptions.ClientError, *codes: str) -> bool:
    """Whether AWS answered with one of these codes."""
    return error.response["Error"]["Code"] in codes


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
