"""`python -m operations bootstrap`, with the CDK CLI, against an AWS that answers by itself."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from delivery import Delivery
from operations.bootstrap import boundary
from rehearsal.world.world import World
from stacks import execution_policy
from stacks.app import ROOT
from tests.operations.conftest import DELIVERY, ELSEWHERE, HOME

pytestmark = pytest.mark.slow


def bootstrap(world: World, policies: Path) -> str:
    """Bootstrap what the world's root user reaches, and what was said."""
    told = [sys.executable, "-m", "operations", "bootstrap", "--delivery", DELIVERY, "--yes"]
    done = subprocess.run(
        [*told, "--execution-policy", policies],
        cwd=ROOT,
        env=world.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    # The account elsewhere is left.
    assert done.returncode == 1, done.stderr
    return done.stdout


def test_an_account_is_bootstrapped_within_our_limits_and_again_without_a_change(
    delivery: Delivery, tmp_path: Path
) -> None:
    documents = execution_policy.documents(delivery)
    for file, document in documents.items():
        (tmp_path / f"{file}.json").write_text(json.dumps(document))
    with World() as world:
        said = bootstrap(world, tmp_path)
        assert f"aws://{HOME}/eu-central-1: bootstrapped" in said
        assert f"aws://{ELSEWHERE}/us-east-1 is left" in said

        iam = world.client("iam")
        name = f"cdk-lockgate-cfn-exec-role-{HOME}-eu-central-1"
        role = iam.get_role(RoleName=name)["Role"]
        limit = f"arn:aws:iam::{HOME}:policy/acme-bootstrap"
        assert role["PermissionsBoundary"]["PermissionsBoundaryArn"] == limit
        attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
        assert {each["PolicyName"] for each in attached} == {f"acme-{each}" for each in documents}
        found = iam.get_policy_version(PolicyArn=limit, VersionId="v1")
        assert found["PolicyVersion"]["Document"] == boundary.document(delivery)

        again = bootstrap(world, tmp_path)
        assert again.count("as it should be") == 3

        less = documents["execution-roles"]["Statement"][1:]
        changed = documents["execution-roles"] | {"Statement": less}
        (tmp_path / "execution-roles.json").write_text(json.dumps(changed))
        said = bootstrap(world, tmp_path)
        assert "acme-execution: as it should be" in said
        assert "acme-execution-roles: will be changed" in said
        arn = f"arn:aws:iam::{HOME}:policy/acme-execution-roles"
        versions = iam.list_policy_versions(PolicyArn=arn)
        assert [each["IsDefaultVersion"] for each in versions["Versions"]].count(True) == 1
