"""`python -m operations bootstrap`: what it shows, asks, runs and leaves."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from delivery import Delivery
from operations.bootstrap import boundary, cdk
from stacks.app import ROOT
from tests.operations.conftest import ELSEWHERE, HOME, FakeAws, Run

DOCUMENT = {"Version": "2012-10-17", "Statement": []}
POLICIES = ("execution", "execution-roles")


def written(folder: Path, document: dict[str, Any]) -> Path:
    """A folder with CloudFormation's policies."""
    folder.mkdir()
    for file in POLICIES:
        (folder / f"{file}.json").write_text(json.dumps(document))
    return folder


@pytest.fixture
def policy_folder(tmp_path: Path) -> Path:
    return written(tmp_path / "policies", DOCUMENT)


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[Sequence[str]]:
    """What the CDK CLI was told, in place of running it."""
    told: list[Sequence[str]] = []

    def run(arguments: Sequence[str]) -> bool:
        told.append(arguments)
        return "us-east-1" not in arguments[1]

    monkeypatch.setattr(cdk, "run", run)
    return told


def policies(fake: FakeAws, delivery: Delivery, account: str, profile: str = "") -> None:
    """The boundary is as it should be, and the execution policies are not there."""
    iam, arn = fake.stub("iam", profile), f"arn:aws:iam::{account}:policy/acme"
    iam.add_response(
        "get_policy", {"Policy": {"DefaultVersionId": "v1"}}, {"PolicyArn": f"{arn}-bootstrap"}
    )
    iam.add_response(
        "get_policy_version",
        {"PolicyVersion": {"Document": json.dumps(boundary.document(delivery))}},
        {"PolicyArn": f"{arn}-bootstrap", "VersionId": "v1"},
    )
    for name in POLICIES:
        iam.add_client_error(
            "get_policy", "NoSuchEntity", expected_params={"PolicyArn": f"{arn}-{name}"}
        )


def nothing_yet(fake: FakeAws, profile: str = "", region: str = "eu-central-1") -> None:
    fake.stub("cloudformation", profile, region).add_client_error(
        "describe_stacks", "ValidationError", "does not exist"
    )


def made(fake: FakeAws, profile: str = "") -> None:
    for _ in POLICIES:
        fake.stub("iam", profile).add_response("create_policy", {})


def test_print_needs_no_credentials_and_changes_nothing(
    fake: FakeAws, run: Run, ran: list[Sequence[str]]
) -> None:
    fake.accounts[""] = None
    code, said, _ = run("bootstrap", "--print", "--profile", f"{ELSEWHERE}=prod")
    assert (code, ran) == (0, [])
    lines = said.splitlines()
    bootstraps = [line for line in lines if "cdk bootstrap" in line]
    assert [line.split("aws://")[1].split(" ")[0] for line in bootstraps] == [
        f"{HOME}/eu-central-1",
        f"{ELSEWHERE}/eu-central-1",
        f"{ELSEWHERE}/us-east-1",
    ]
    makes = [line for line in lines if line.startswith("aws iam create-policy --policy-name acme-")]
    assert len(makes) == 6
    assert sum("acme-execution-roles" in line for line in makes) == 2
    assert all(f"{ELSEWHERE}/" not in line or "--profile prod" in line for line in bootstraps)
    written = ROOT / "build" / "bootstrap-boundary.json"
    assert "acme-bootstrap" in written.read_text()


def test_the_places_that_the_credentials_reach_are_bootstrapped_and_the_others_named(
    fake: FakeAws, run: Run, ran: list[Sequence[str]], delivery: Delivery, policy_folder: Path
) -> None:
    policies(fake, delivery, HOME)
    nothing_yet(fake)
    made(fake)
    code, said, _ = run("bootstrap", "--yes", "--execution-policy", str(policy_folder))
    assert code == 1
    assert [arguments[1] for arguments in ran] == [f"aws://{HOME}/eu-central-1"]
    assert "policy/acme-bootstrap: as it should be" in said
    for name in POLICIES:
        assert f"policy/acme-{name}: will be made" in said
    for region in ("eu-central-1", "us-east-1"):
        assert (
            f"aws://{ELSEWHERE}/{region} is left: these are credentials of account {HOME}" in said
        )
    assert f"--profile {ELSEWHERE}=NAME" in said


def test_with_a_profile_for_each_account_nothing_is_left(
    fake: FakeAws, run: Run, ran: list[Sequence[str]], delivery: Delivery, policy_folder: Path
) -> None:
    fake.accounts["prod"] = ELSEWHERE
    for account, profile in ((HOME, ""), (ELSEWHERE, "prod")):
        policies(fake, delivery, account, profile)
        made(fake, profile)
        nothing_yet(fake, profile)
    nothing_yet(fake, "prod", "us-east-1")
    arguments = ("--yes", "--execution-policy", str(policy_folder))
    code, said, _ = run("bootstrap", *arguments, "--profile", f"{ELSEWHERE}=prod")
    assert [told[1] for told in ran] == [
        f"aws://{HOME}/eu-central-1",
        f"aws://{ELSEWHERE}/eu-central-1",
        f"aws://{ELSEWHERE}/us-east-1",
    ]
    # The last one fails, and that is not passed over.
    assert code == 1
    assert f"aws://{ELSEWHERE}/us-east-1: failed" in said
    assert "is left" not in said


def test_an_account_elsewhere_may_have_a_policy_of_its_own(
    fake: FakeAws, run: Run, ran: list[Sequence[str]], delivery: Delivery, tmp_path: Path
) -> None:
    fake.accounts[""] = ELSEWHERE
    other = written(tmp_path / "elsewhere", DOCUMENT | {"Id": "elsewhere"})
    policies(fake, delivery, ELSEWHERE)
    nothing_yet(fake)
    made(fake)
    limits = ("--account", ELSEWHERE, "--region", "eu-central-1", "--yes")
    code, said, _ = run("bootstrap", *limits, "--execution-policy-elsewhere", str(other))
    assert (code, len(ran)) == (0, 1)
    assert said.count('"Id": "elsewhere"') == len(POLICIES)


def test_nobody_is_asked_where_nobody_is_there(
    fake: FakeAws, run: Run, ran: list[Sequence[str]], delivery: Delivery, policy_folder: Path
) -> None:
    policies(fake, delivery, HOME)
    nothing_yet(fake)
    code, said, wrong = run(
        "bootstrap", "--account", HOME, "--execution-policy", str(policy_folder)
    )
    assert (code, ran) == (2, [])
    assert "will be made" in said
    assert "give --yes" in wrong


@pytest.mark.parametrize("text", ["", "{"])
@pytest.mark.parametrize("name", POLICIES)
def test_a_policy_that_cannot_be_read_is_one_message(
    fake: FakeAws, run: Run, policy_folder: Path, name: str, text: str
) -> None:
    file = policy_folder / f"{name}.json"
    file.unlink()
    if text:
        file.write_text(text)
    nothing_yet(fake)
    given = ("--execution-policy", str(policy_folder))
    code, _, wrong = run("bootstrap", "--yes", "--account", HOME, *given)
    assert code == 2
    assert wrong.startswith(f"{file} cannot be read")
    assert "make execution-policy" in wrong


@pytest.mark.parametrize("given", ["prod", "=prod", f"{HOME}=", f"acct={HOME}"])
def test_a_profile_without_its_account_is_refused(run: Run, given: str) -> None:
    code, _, wrong = run("bootstrap", "--profile", given)
    assert code == 2
    assert "allowed: ACCOUNT=NAME" in wrong
