"""AWS as the commands meet it: botocore's own stubs, one for each profile, Region and service."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import NoCredentialsError
from botocore.stub import Stubber
from typer.testing import CliRunner

from delivery import Delivery, load
from operations import aws
from operations.__main__ import cli
from stacks.app import ROOT

DELIVERY = "tests/operations/delivery.toml"
HOME, ELSEWHERE = "111122223333", "444455556666"
REGION = "eu-central-1"
CALLER = "arn:aws:sts::{}:assumed-role/operators/ada"

# One for all tests: it keeps the services' models once read.
SESSION = boto3.Session(aws_access_key_id="a", aws_secret_access_key="b")

Run = Callable[..., tuple[int, str, str]]


@dataclass
class FakeAws:
    """Answers that are given in order, each to the one request that it was made for.

    Attributes:
        accounts: the account of each profile; "" is the environment's. None has no credentials.
    """

    accounts: dict[str, str | None] = field(default_factory=lambda: {"": HOME})
    stubs: dict[tuple[str, str, str], Stubber] = field(default_factory=dict)

    def session(
        self, profile_name: str | None = None, region_name: str | None = None
    ) -> SimpleNamespace:
        profile = profile_name or ""
        account = self.accounts[profile]

        def client(service: str, config: Config) -> object:
            assert config.retries["mode"] == "standard"
            if account is None:
                raise NoCredentialsError
            stub = self.stub(service, profile, region_name or REGION)
            if service == "sts":
                identity = {"Account": account, "Arn": CALLER.format(account)}
                stub.add_response("get_caller_identity", identity, {})
            return stub.client

        return SimpleNamespace(region_name=region_name or REGION, client=client)

    def stub(self, service: str, profile: str = "", region: str = REGION) -> Stubber:
        """The stub of a service; it takes what is added to it, in order."""
        key = (service, profile, region)
        if key not in self.stubs:
            self.stubs[key] = Stubber(SESSION.client(service, region_name=region))
            self.stubs[key].activate()
        return self.stubs[key]


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeAws]:
    """AWS in place of the network; all that it was told to answer must have been asked."""
    made = FakeAws()
    monkeypatch.setattr(aws, "boto3", SimpleNamespace(Session=made.session))
    yield made
    for stub in made.stubs.values():
        stub.assert_no_pending_responses()


@pytest.fixture
def run() -> Run:
    """Runs a command on the delivery of these tests: its exit code, and what it said."""

    def run(*arguments: str) -> tuple[int, str, str]:
        told = [*arguments, "--delivery", DELIVERY]
        done = CliRunner().invoke(cli, told, catch_exceptions=False)
        return done.exit_code, done.stdout, done.stderr

    return run


@pytest.fixture
def delivery() -> Delivery:
    """The delivery of these tests."""
    return load(ROOT / DELIVERY, ROOT)
