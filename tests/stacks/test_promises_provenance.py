"""What is deployed was built by the pipeline, and one role alone can say so."""

import json
from typing import Any

import pytest

from stacks import names
from tests.assembly import Assembly, as_list
from tests.iam.policies import is_person, role_at, roles, text

KEY, FUNCTION, POLICY = "AWS::KMS::Key", "AWS::Lambda::Function", "AWS::IAM::ManagedPolicy"


def foundation(assembly: Assembly) -> str:
    return names.shared_stack(assembly.delivery, names.FOUNDATION)


def signing_key(assembly: Assembly) -> tuple[str, dict[str, Any]]:
    """The one key that signs: its logical id and properties."""
    [(stack, logical_id, found)] = [
        each for each in assembly.resources(KEY) if each[2].get("KeyUsage") == "SIGN_VERIFY"
    ]
    assert stack == foundation(assembly)
    return logical_id, found


def function(assembly: Assembly, handler: str) -> dict[str, Any]:
    [found] = [
        properties
        for _, _, properties in assembly.resources(FUNCTION, foundation(assembly))
        if properties["Handler"] == handler
    ]
    return found


def names_of(action: dict[str, Any]) -> set[str]:
    return {artifact["Name"] for artifact in action.get("InputArtifacts", [])}


def test_nothing_is_published_or_deployed_before_its_provenance_was_checked(
    assembly: Assembly,
) -> None:
    checked = 0
    deployed = {"assembly", "signed" if assembly.delivery.supply.code_signing else "assets"}
    for _, _, pipeline in assembly.resources("AWS::CodePipeline::Pipeline"):
        for stage in pipeline["Stages"]:
            kinds = {action["ActionTypeId"]["Category"] for action in stage["Actions"]}
            if "Deploy" not in kinds:
                continue
            [check] = [a for a in stage["Actions"] if a["Name"] == "CheckProvenance"]
            rest = [a for a in stage["Actions"] if a["ActionTypeId"]["Category"] == "Deploy"]
            assert all(check["RunOrder"] < action["RunOrder"] for action in rest)
            assert names_of(check) == deployed | {"provenance"}
            assert {name for action in rest for name in names_of(action)} <= deployed
            checked += 1
    assert checked >= len(assembly.delivery.services) * 3


def test_the_stage_that_a_rollback_enters_checks_for_itself(assembly: Assembly) -> None:
    for _, _, pipeline in assembly.resources("AWS::CodePipeline::Pipeline"):
        rolled_back = [stage for stage in pipeline["Stages"] if "OnFailure" in stage]
        assert rolled_back
        for stage in rolled_back:
            assert stage["Actions"][0]["Name"] == "CheckProvenance"


def test_the_key_can_sign_and_its_private_half_stays_in_kms(assembly: Assembly) -> None:
    _, key = signing_key(assembly)
    assert key["KeySpec"] == "ECC_NIST_P256"
    assert key["PendingWindowInDays"] == 30


def test_one_role_signs_and_every_other_principal_is_denied(assembly: Assembly) -> None:
    logical_id, key = signing_key(assembly)
    signer = function(assembly, "attest.handle")["Role"]
    role = role_at(assembly, foundation(assembly), signer)
    statements = key["KeyPolicy"]["Statement"]
    signing = [each for each in statements if "kms:Sign" in as_list(each["Action"])]
    allowed, denied = signing
    [path] = [
        properties["Path"] + properties["RoleName"]
        for _, found, properties in assembly.resources("AWS::IAM::Role", foundation(assembly))
        if f"{foundation(assembly)}/{found}" == role.where
    ]
    for statement, operator in ((allowed, "ArnEquals"), (denied, "ArnNotEquals")):
        named = text(statement["Condition"][operator]["aws:PrincipalArn"])
        assert named.endswith(f":role{path}")
    assert (allowed["Effect"], denied["Effect"]) == ("Allow", "Deny")
    assert denied["Principal"] == {"AWS": "*"}
    assert set(as_list(denied["Action"])) == {"kms:Sign", "kms:CreateGrant"}
    [resource] = [
        each
        for statement in role.statements
        if "kms:Sign" in statement.actions
        for each in statement.resources
    ]
    assert resource == f"<{logical_id}.Arn>"


def test_no_other_role_may_sign_builds_and_deployments_included(assembly: Assembly) -> None:
    signer = role_at(
        assembly, foundation(assembly), function(assembly, "attest.handle")["Role"]
    ).where
    assert {
        role.where
        for role in roles(assembly)
        if not is_person(role)
        and any(s.allows and "kms:Sign" in s.actions for s in role.statements)
    } == {signer}


@pytest.mark.parametrize("kind", ["workload", "toolchain", "review"])
def test_no_boundary_of_what_builds_or_deploys_lets_it_sign(assembly: Assembly, kind: str) -> None:
    [boundary] = [
        policy
        for _, _, policy in assembly.resources(POLICY, foundation(assembly))
        if policy.get("ManagedPolicyName") == f"{assembly.delivery.name}-{kind}"
    ]
    said = json.dumps(boundary["PolicyDocument"])
    assert "kms:Sign" not in said
    assert "kms:*" not in said


def test_what_attests_and_what_checks_have_the_same_key_and_the_same_builder(
    assembly: Assembly,
) -> None:
    logical_id, _ = signing_key(assembly)
    attests, checks = (
        function(assembly, handler) for handler in ("attest.handle", "check_provenance.handle")
    )
    variables = [each["Environment"]["Variables"] for each in (attests, checks)]
    assert variables[0] == variables[1]
    assert variables[0]["KEY"] == {"Fn::GetAtt": [logical_id, "Arn"]}
    assert text(variables[0]["BUILDER"]).endswith(f":function:{attests['FunctionName']}")
    assert attests["Role"] != checks["Role"]


def test_the_audit_build_holds_no_secret(assembly: Assembly) -> None:
    for _, _, project in assembly.resources("AWS::CodeBuild::Project"):
        if project["Name"].endswith("-audit"):
            assert "EnvironmentVariables" not in project["Environment"]
