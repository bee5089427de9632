"""Whose credentials a command has, and what it says of those it cannot use."""

from pathlib import Path

import pytest
from botocore import exceptions
from botocore.exceptions import ClientError

from delivery import Delivery
from operations import aws
from operations.wrong import OperationError
from tests.operations.assemblies import template, write
from tests.operations.conftest import CALLER, ELSEWHERE, HOME, FakeAws, Run


def refusal(code: str, message: str = "") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "GetParameter")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (exceptions.NoCredentialsError(), "there are no AWS credentials: Unable to locate"),
        (exceptions.UnauthorizedSSOTokenError(), "there are no AWS credentials"),
        (exceptions.ProfileNotFound(profile="ops"), "aws configure list-profiles"),
        (
            exceptions.EndpointConnectionError(endpoint_url="https://ssm"),
            "AWS cannot be asked: Could not connect",
        ),
        (refusal("ExpiredToken"), "AWS does not take these credentials (ExpiredToken)"),
        (
            refusal("AccessDeniedException", "not authorized to perform: ssm:GetParameter"),
            "GetParameter is denied: not authorized to perform: ssm:GetParameter",
        ),
        (refusal("Throttling", "slow down"), "GetParameter failed (Throttling): slow down"),
        (refusal("Throttling"), "GetParameter failed (Throttling): Throttling"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_error_of_aws_is_one_message(error: Exception, said: str) -> None:
    assert said in aws.said(error)


@pytest.mark.usefixtures("fake")
def test_a_command_acts_as_whoever_asks_in_the_pipelines_region(delivery: Delivery) -> None:
    found = aws.toolchain(delivery)
    assert (found.account, found.caller, found.region) == (
        HOME,
        CALLER.format(HOME),
        "eu-central-1",
    )


def test_credentials_of_another_account_are_refused(fake: FakeAws, delivery: Delivery) -> None:
    fake.accounts[""] = ELSEWHERE
    with pytest.raises(OperationError, match=f"in account {ELSEWHERE}\n  allowed: {HOME}"):
        aws.toolchain(delivery)
    fake.accounts["ops"] = HOME
    assert aws.toolchain(delivery, "ops").account == HOME


def test_without_a_region_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    with pytest.raises(OperationError, match="no Region is known"):
        aws.access()


@pytest.mark.parametrize(
    "command",
    [
        ("frozen",),
        ("thaw",),
        ("freeze", "--reason", "incident"),
        ("rollback", "--service", "orders", "--environment", "prod"),
        ("plan",),
        ("bootstrap",),
    ],
    ids=lambda command: command[0],
)
def test_no_command_ends_with_a_traceback_for_want_of_credentials(
    fake: FakeAws, run: Run, tmp_path: Path, command: tuple[str, ...]
) -> None:
    fake.accounts[""] = None
    if command == ("plan",):
        command = ("plan", "--assembly", str(write(tmp_path, {"acme-foundation": template()})))
    code, said, wrong = run(*command)
    assert (code, said) == (2, "")
    assert "there are no AWS credentials" in wrong
    assert "to do: " in wrong
