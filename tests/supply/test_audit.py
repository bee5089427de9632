"""An audit is all of its checks; one that could not be made is a problem like any other."""

import json
from datetime import date
from pathlib import Path

import pytest

from stacks.app import ROOT
from supply import policy
from supply.__main__ import main
from supply.analysis import Finding, problems, run
from supply.audit import CODE, Audit
from supply.lookup import STAND_IN
from supply.policy import AcceptedFinding, PolicyError

TODAY = date(2026, 11, 26)
UNSAFE = "import subprocess\nsubprocess.run('ls', shell=True)  # noqa: S602\n"


def checkout(folder: Path, *, code: str = "", lock: str = "") -> Path:
    """A checkout with one service."""
    service = folder / "services" / "shop"
    (service / "src").mkdir(parents=True)
    (service / "src" / "handler.py").write_text(code)
    (service / "requirements.txt").write_text(lock)
    return folder


def found(root: Path, out: Path) -> list[str]:
    accepted = policy.read().model_copy(update={"findings": ()})
    lock = root / "requirements.txt"
    lock.write_text("jmespath==1.1.0 --hash=sha256:" + "a" * 64)
    return list(Audit(root, out, accepted, TODAY).problems([lock]))


@pytest.mark.usefixtures("service")
def test_a_planted_advisory_fails_the_audit(tmp_path: Path) -> None:
    out = tmp_path / "evidence"
    assert found(checkout(tmp_path), out) == [
        "advisories: jmespath 1.1.0 has PLANTED-1, fixed in 1.1.1"
    ]
    assert json.loads((out / "audit.json").read_text())["advisories"]


def test_a_service_that_is_missing_fails_the_audit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(STAND_IN, "http://127.0.0.1:1/v1/query")
    [problem] = found(checkout(tmp_path), tmp_path / "evidence")
    assert problem.startswith("advisories: not checked: the advisories could not be looked up")


@pytest.mark.usefixtures("service")
def test_code_that_is_not_safe_fails_the_audit_whatever_its_line_says(tmp_path: Path) -> None:
    told = found(checkout(tmp_path, code=UNSAFE), tmp_path / "evidence")
    assert any("services/shop/src/handler.py:2: S602" in problem for problem in told)


@pytest.mark.usefixtures("service")
def test_a_lock_without_hashes_fails_the_audit(tmp_path: Path) -> None:
    told = found(checkout(tmp_path, lock="one==1.0"), tmp_path / "evidence")
    assert any(problem.startswith("installs: not checked: services/shop/req") for problem in told)


def test_our_code_has_no_finding_but_those_that_are_accepted() -> None:
    folders = [each for pattern in CODE for each in ROOT.glob(pattern) if each.is_dir()]
    assert problems(run(ROOT, folders), policy.read().findings) == []


def test_a_finding_that_is_gone_is_accepted_no_more() -> None:
    reason = "It is right as it is, for a reason."
    known = AcceptedFinding(file="a.py", rule="S310", reason=reason)
    there = Finding(file="a.py", line=1, rule="S310", says="Audit URL")
    assert problems([there], [known]) == []
    assert problems([], [known]) == ["a.py has no S310 any more: no longer accept it"]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("licences = 1", "licences"),
        ("", "licences"),
        ("licences = []\nmore = 1", "more"),
        ('licences = []\nadvisories = [{package = "a"}]', "advisories.0.advisory"),
        ('licences = []\n[[findings]]\nfile = "a"\nrule = "b"\nreason = "x"', "findings.0.reason"),
        ("licences =", ""),
    ],
)
def test_a_policy_that_is_wrong_is_said_to_be_where(tmp_path: Path, text: str, where: str) -> None:
    file = tmp_path / "policy.toml"
    file.write_text(text)
    with pytest.raises(PolicyError, match=f"policy.toml: {where}"):
        policy.read(file)


def test_the_command_says_what_is_wrong_and_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(checkout(tmp_path))
    assert main([]) == 1
    said = capsys.readouterr().err
    assert "advisories: not checked: there is no lock to audit" in said
    assert "docs/supply-chain.md" in said
