"""The gates reach other accounts by the roles that are named, and by none where none is."""

import json
import zipfile
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

from delivery import load
from lockgate.packaging import Package
from stacks.app import ROOT, context
from stacks.foundation import FoundationStack
from tests.assembly import DELIVERIES, DIGEST

ELSEWHERE = {
    "222233334444": ["prod"],
    "333344445555": ["produs", "prodeu"],
}
ROLES = [
    f"arn:aws:iam::{account}:role/acme/orders/pipeline/acme-orders-{environment}-review"
    for account, environments in ELSEWHERE.items()
    for environment in environments
]


def allowing(folder: Path, action: str, delivery: str = "sample") -> dict[str, list[Any]]:
    """The resources on which each policy of a foundation allows an action."""
    path = folder / "release.zip"
    with zipfile.ZipFile(path, "w"):
        pass
    foundation = FoundationStack(
        cdk.App(context=context(), outdir=str(folder / "cdk.out"), analytics_reporting=False),
        delivery=load(DELIVERIES / f"{delivery}.toml", ROOT),
        release_package=Package(path=path, code_sha256=DIGEST),
        provenance_package=Package(path=path, code_sha256=DIGEST),
        source_package=Package(path=path, code_sha256=DIGEST),
    )
    policies = Template.from_stack(foundation).find_resources("AWS::IAM::ManagedPolicy")
    return {
        logical_id: statement["Resource"]
        for logical_id, policy in policies.items()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow" and action in json.dumps(statement["Action"])
    }


def test_review_and_soak_assume_the_roles_that_are_named_within_their_boundary(
    tmp_path: Path,
) -> None:
    found = allowing(tmp_path, "sts:AssumeRole", "three-accounts")

    prefixes = ("BoundariesGate", "GatesReview", "GatesSoak")
    of_gates = {
        prefix: resources
        for logical_id, resources in found.items()
        for prefix in prefixes
        if logical_id.startswith(prefix)
    }
    bound = of_gates.pop("BoundariesGate")
    assert set(bound) == {f"arn:aws:iam::{account}:role/acme/*" for account in ELSEWHERE}
    assert {prefix: set(named) for prefix, named in of_gates.items()} == {
        prefix: set(ROLES) for prefix in prefixes[1:]
    }
    # The pipelines' own roles assume those of their actions.
    assert {i for i in found if not i.startswith(prefixes)} == {
        i for i in found if i.startswith("BoundariesToolchain")
    }


def test_without_roles_elsewhere_no_gate_assumes_any(tmp_path: Path) -> None:
    found = allowing(tmp_path, "sts:AssumeRole")

    assert not [i for i in found if not i.startswith("BoundariesToolchain")]


@pytest.mark.parametrize("action", ["iam:", "cloudformation:ExecuteChangeSet", "ssm:PutParameter"])
def test_no_gate_takes_what_would_open_it(tmp_path: Path, action: str) -> None:
    found = allowing(tmp_path, action)

    assert not [i for i in found if i.startswith(("BoundariesGate", "Gates"))]
