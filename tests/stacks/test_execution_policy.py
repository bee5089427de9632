"""CloudFormation in a bootstrapped account can deploy the shared stacks, and little else."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from delivery import load
from lockgate.never import BY_JOBS, BY_PEOPLE, NEVER, STORE, TRAIL
from lockgate.resource_types import PIPELINE_TYPES, SHARED_TYPES, SIGNING_TYPES, UNSCOPED
from stacks import execution_policy
from stacks.app import ROOT, context
from tests.assembly import DELIVERIES, SHARED_STACKS, Assembly

CHARACTERS_OF_A_MANAGED_POLICY = 6144


def _statements(assembly: Assembly) -> list[dict[str, Any]]:
    documents = execution_policy.documents(assembly.delivery).values()
    return [statement for document in documents for statement in document["Statement"]]


def types_of(assembly: Assembly) -> dict[str, tuple[str, ...]]:
    """The types of the shared stacks, and what CloudFormation calls for each."""
    signing = SIGNING_TYPES if assembly.delivery.supply.code_signing else {}
    return SHARED_TYPES | PIPELINE_TYPES | signing


def _allowed(assembly: Assembly) -> set[str]:
    return {action for statement in _statements(assembly) for action in statement["Action"]}


def test_it_manages_every_resource_type_of_the_shared_stacks(assembly: Assembly) -> None:
    services = {f"{assembly.delivery.name}-{s.name}" for s in assembly.delivery.services}
    shared = {
        name: template
        for name, template in assembly.templates.items()
        if name.endswith(tuple(f"-{kind}" for kind in (*SHARED_STACKS, "pipeline")))
    }
    assert len(shared) == len(SHARED_STACKS) + len(services)
    types = {
        resource["Type"]
        for template in shared.values()
        for resource in template["Resources"].values()
    }
    known = types_of(assembly)
    assert types <= set(known)
    assert {action for name in types for action in known[name]} <= _allowed(assembly)


def test_the_full_delivery_uses_every_type_of_the_table(full: Assembly) -> None:
    types = {
        resource["Type"]
        for name, template in full.templates.items()
        if name.endswith(tuple(f"-{kind}" for kind in SHARED_STACKS))
        for resource in template["Resources"].values()
    }
    # A replica's key has an alias; the full delivery is in one Region.
    assert set(SHARED_TYPES) == types | {"AWS::KMS::Alias"}


def test_it_makes_roles_only_within_the_boundaries(assembly: Assembly) -> None:
    for statement in _statements(assembly):
        if {"iam:CreateRole", "iam:PutRolePermissionsBoundary"} & set(statement["Action"]):
            [boundaries] = statement["Condition"]["ArnLike"].values()
            assert all(f"/{assembly.delivery.name}/boundary/" in arn for arn in boundaries)


def test_it_names_each_action_and_all_resources_but_the_nameless(assembly: Assembly) -> None:
    for statement in _statements(assembly):
        assert not any("*" in action for action in statement["Action"])
        if statement["Resource"] == ["*"]:
            nameless = {a for of_type in types_of(assembly).values() for a in of_type}
            assert set(statement["Action"]) == nameless & set(UNSCOPED)


def test_it_never_reads_a_secret_nor_deletes_a_key(assembly: Assembly) -> None:
    assert not {
        "secretsmanager:GetSecretValue",
        "kms:ScheduleKeyDeletion",
        "kms:Decrypt",
    } & _allowed(assembly)


def test_of_what_no_role_ever_does_it_does_what_the_shared_stacks_hold(
    assembly: Assembly,
) -> None:
    """And the boundary of `make bootstrap` denies it to stop or to delete the trail."""
    never = {*NEVER, *STORE, *BY_PEOPLE, *BY_JOBS}
    assert never & _allowed(assembly) == {*TRAIL, "s3:PutBucketPolicy"}


def test_it_reads_objects_of_the_cdk_clis_bucket_alone(assembly: Assembly) -> None:
    """The code of the functions; never an artifact."""
    [statement] = [s for s in _statements(assembly) if "s3:GetObject" in s["Action"]]
    qualifier = context()["@aws-cdk/core:bootstrapQualifier"]
    assert statement["Action"] == ["s3:GetObject", "s3:GetObjectVersion"]
    assert statement["Resource"] == [f"arn:aws:s3:::cdk-{qualifier}-assets-*/*"]


def test_each_part_fits_a_managed_policy(assembly: Assembly) -> None:
    for document in execution_policy.documents(assembly.delivery).values():
        assert len(re.sub(r"\s", "", json.dumps(document))) <= CHARACTERS_OF_A_MANAGED_POLICY


def test_what_manages_named_resources_is_apart_from_what_makes_and_passes_roles(
    assembly: Assembly,
) -> None:
    documents = execution_policy.documents(assembly.delivery)
    assert list(documents) == ["execution", "execution-roles"]
    first, second = (
        {action for statement in document["Statement"] for action in statement["Action"]}
        for document in documents.values()
    )
    assert not first & second
    assert {"iam:CreateRole", "iam:PassRole"} <= second


def test_the_command_writes_a_file_for_each_policy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    folder = tmp_path / "made" / "policies"
    monkeypatch.setattr("sys.argv", ["", str(DELIVERIES / "sample.toml"), str(folder)])
    assert execution_policy.main() == 0
    said = capsys.readouterr().out
    documents = execution_policy.documents(load(DELIVERIES / "sample.toml", ROOT))
    assert len(list(folder.iterdir())) == len(documents)
    for name, document in documents.items():
        assert json.loads((folder / f"{name}.json").read_text()) == document
        assert str(folder / f"{name}.json") in said


def test_a_wrong_delivery_file_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    out = tmp_path / "policies"
    monkeypatch.setattr("sys.argv", ["", "missing.toml", str(out)])
    assert execution_policy.main() == 2
    assert not out.exists()
    assert "missing.toml" in capsys.readouterr().err
