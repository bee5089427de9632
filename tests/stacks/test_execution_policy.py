"""CloudFormation in a bootstrapped account can deploy the shared stacks, and little else."""

import json
import re
from pathlib import Path

import pytest

from lockgate.resource_types import PIPELINE_TYPES, SHARED_TYPES, UNSCOPED
from stacks import execution_policy
from stacks.app import ROOT
from tests.assembly import DELIVERIES, Assembly

CHARACTERS_OF_A_MANAGED_POLICY = 6144


def _allowed(assembly: Assembly) -> set[str]:
    document = execution_policy.document(assembly.delivery)
    return {action for statement in document["Statement"] for action in statement["Action"]}


def test_it_manages_every_resource_type_of_the_shared_stacks(assembly: Assembly) -> None:
    services = {f"{assembly.delivery.name}-{s.name}" for s in assembly.delivery.services}
    shared = {
        name: template
        for name, template in assembly.templates.items()
        if name.endswith(("-foundation", "-audit", "-pipeline"))
    }
    assert len(shared) == 2 + len(services)
    types = {
        resource["Type"]
        for template in shared.values()
        for resource in template["Resources"].values()
    }
    known = SHARED_TYPES | PIPELINE_TYPES
    assert types <= set(known)
    assert {action for name in types for action in known[name]} <= _allowed(assembly)


def test_the_full_delivery_uses_every_type_of_the_table(full: Assembly) -> None:
    types = {
        resource["Type"]
        for name, template in full.templates.items()
        if name.endswith(("-foundation", "-audit"))
        for resource in template["Resources"].values()
    }
    assert set(SHARED_TYPES) == types


def test_it_makes_roles_only_within_the_boundaries(assembly: Assembly) -> None:
    for statement in execution_policy.document(assembly.delivery)["Statement"]:
        if {"iam:CreateRole", "iam:PutRolePermissionsBoundary"} & set(statement["Action"]):
            [boundaries] = statement["Condition"]["ArnLike"].values()
            assert all(f"/{assembly.delivery.name}/boundary/" in arn for arn in boundaries)


def test_it_names_each_action_and_all_resources_but_the_nameless(assembly: Assembly) -> None:
    for statement in execution_policy.document(assembly.delivery)["Statement"]:
        assert not any("*" in action for action in statement["Action"])
        if statement["Resource"] == ["*"]:
            nameless = {a for of_type in (SHARED_TYPES | PIPELINE_TYPES).values() for a in of_type}
            assert set(statement["Action"]) == nameless & set(UNSCOPED)


def test_it_never_reads_a_secret_nor_deletes_a_key(assembly: Assembly) -> None:
    assert not {
        "secretsmanager:GetSecretValue",
        "kms:ScheduleKeyDeletion",
        "kms:Decrypt",
    } & _allowed(assembly)


def test_it_fits_a_managed_policy(assembly: Assembly) -> None:
    text = re.sub(r"\s", "", json.dumps(execution_policy.document(assembly.delivery)))
    assert len(text) <= CHARACTERS_OF_A_MANAGED_POLICY


def test_the_command_writes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    out = tmp_path / "made" / "policy.json"
    monkeypatch.setattr("sys.argv", ["", str(DELIVERIES / "sample.toml"), str(out)])
    assert execution_policy.main() == 0
    assert json.loads(out.read_text())["Version"] == "2012-10-17"
    assert str(out) in capsys.readouterr().out


def test_a_wrong_delivery_file_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    out = tmp_path / "policy.json"
    monkeypatch.setattr("sys.argv", ["", "missing.toml", str(out)])
    assert execution_policy.main() == 2
    assert not out.exists()
    assert "missing.toml" in capsys.readouterr().err
