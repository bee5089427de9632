"""Where a delivery asks for signed code, its services run nothing else; no release changes that."""

import json
import re
from typing import Any

import pytest

from lockgate.never import PROFILES, TRUST
from lockgate.resource_types import SIGNING_TYPES
from stacks import execution_policy, names
from stacks.landing import PUBLISHER
from tests.assembly import Assembly, as_list
from tests.iam.decision import Request, allowed
from tests.iam.policies import (
    EVERYTHING,
    Role,
    boundary_statements,
    is_person,
    kind_of_boundary,
    role_at,
    roles,
)
from tests.iam.test_never import hindered
from tests.stacks.test_cfn_lint import findings

FUNCTION, VERSION = "AWS::Lambda::Function", "AWS::Lambda::Version"
CONFIG, PROFILE = "AWS::Lambda::CodeSigningConfig", "AWS::Signer::SigningProfile"
FOUNDATION, LANDING = "acme-foundation", "acme-landing-222233334444-eu-central-1"
SERVICES = ("acme-orders-beta", "acme-orders-prod")


def deployer(assembly: Assembly, stack: str) -> Role:
    """CloudFormation's role for a service's stack."""
    [found] = [
        role_at(assembly, where, {"Fn::GetAtt": [logical_id, "Arn"]})
        for where, logical_id, properties in assembly.resources("AWS::IAM::Role")
        if properties.get("RoleName") == f"{stack}-deploy"
    ]
    return found


def pipeline(assembly: Assembly) -> list[dict[str, Any]]:
    found = assembly.only("AWS::CodePipeline::Pipeline", "acme-orders-pipeline")
    return list(found["Stages"])


def artifacts(action: dict[str, Any], side: str) -> list[str]:
    return [each["Name"] for each in action.get(f"{side}Artifacts", [])]


def test_every_function_of_a_service_takes_signed_code_alone(signed: Assembly) -> None:
    for stack in SERVICES:
        found = [properties for _, _, properties in signed.resources(FUNCTION, stack)]
        assert len(found) >= 4
        for function in found:
            assert function["CodeSigningConfigArn"] == {"Fn::ImportValue": "acme-code-signing"}


def test_what_is_signed_never_lies_under_the_name_of_what_is_not(signed: Assembly) -> None:
    """And a function that is put under the configuration gets new code with it."""

    def keys(stacks: tuple[str, ...]) -> set[str]:
        return {
            properties["Code"]["S3Key"]
            for stack in stacks
            for _, _, properties in signed.resources(FUNCTION, stack)
        }

    plain = keys((FOUNDATION, "acme-orders-pipeline"))
    assert plain
    assert not keys(SERVICES) & plain


def test_a_version_is_not_pinned_to_bytes_that_are_never_published(signed: Assembly) -> None:
    versions = list(signed.resources(VERSION))
    assert len(versions) == len(SERVICES)
    assert all("CodeSha256" not in properties for _, _, properties in versions)


def test_a_place_takes_the_code_of_the_one_profile_and_enforces_it(signed: Assembly) -> None:
    published = {
        FOUNDATION: {"Fn::GetAtt": [next(signed.resources(PROFILE))[1], "ProfileVersionArn"]},
        LANDING: {"Ref": PUBLISHER},
    }
    found = {stack: properties for stack, _, properties in signed.resources(CONFIG)}
    assert set(found) == set(published)
    for stack, config in found.items():
        assert config["AllowedPublishers"] == {"SigningProfileVersionArns": [published[stack]]}
        assert config["CodeSigningPolicies"] == {"UntrustedArtifactOnDeployment": "Enforce"}


@pytest.mark.parametrize("stack", [FOUNDATION, LANDING])
def test_a_service_finds_the_configuration_of_its_place_under_one_name(
    signed: Assembly, stack: str
) -> None:
    exports = [each["Export"]["Name"] for each in signed.templates[stack]["Outputs"].values()]
    assert "acme-code-signing" in exports


def test_another_account_is_told_whom_to_trust_and_trusts_the_toolchain_alone(
    signed: Assembly,
) -> None:
    parameter = signed.templates[LANDING]["Parameters"][PUBLISHER]
    place = "arn:aws:signer:eu-central-1:111122223333:/signing-profiles"
    assert "Default" not in parameter
    assert re.fullmatch(parameter["AllowedPattern"], f"{place}/Profile_1/0123456789")
    for wrong in (
        "",
        f"{place}/Profile_1",
        f"{place}/Profile_1/*",
        f"{place.replace('1111', '9999')}/Profile_1/0123456789",
        f"{place.replace('eu-central', 'us-east')}/Profile_1/0123456789",
    ):
        assert not re.fullmatch(parameter["AllowedPattern"], wrong)


def test_the_profile_is_for_lambda_and_outlives_its_stack(signed: Assembly) -> None:
    [(stack, logical_id, profile)] = signed.resources(PROFILE)
    assert (stack, profile["PlatformId"]) == (FOUNDATION, "AWSLambda-SHA384-ECDSA")
    resource = signed.templates[stack]["Resources"][logical_id]
    assert resource["DeletionPolicy"] == resource["UpdateReplacePolicy"] == "Retain"


def test_code_is_signed_after_it_was_built_and_before_it_is_attested(signed: Assembly) -> None:
    stages = [stage["Name"] for stage in pipeline(signed)]
    assert stages[1:4] == ["Build", "Sign", "Attest"]
    [sign] = pipeline(signed)[2]["Actions"]
    assert artifacts(sign, "Input") == ["assembly", "assets"]
    assert artifacts(sign, "Output") == ["signed"]


def test_what_is_published_is_what_was_signed_and_attested(signed: Assembly) -> None:
    actions = [action for stage in pipeline(signed) for action in stage["Actions"]]
    for action in actions:
        kind, taken = action["ActionTypeId"], artifacts(action, "Input")
        if kind["Provider"] == "S3":
            assert taken == ["signed"]
        if action["Name"] == "CheckProvenance":
            assert set(taken) == {"assembly", "signed", "provenance"}
            assert json.loads(action["Configuration"]["UserParameters"])["signer"] == "acme-sign"
        if action["Name"] == "Attest":
            assert {"assets", "signed"} <= set(taken)
            assert json.loads(action["Configuration"]["UserParameters"])["signer"] == "acme-sign"


def test_one_role_signs_which_no_build_and_no_pipeline_is(signed: Assembly) -> None:
    signers = [role for role in roles(signed) if "signer:StartSigningJob" in role.actions]
    [function] = [
        properties
        for _, _, properties in signed.resources(FUNCTION, FOUNDATION)
        if properties["Handler"] == "sign.handle"
    ]
    assert [role.where for role in signers] == [role_at(signed, FOUNDATION, function["Role"]).where]
    [profile] = [
        resource
        for statement in signers[0].statements
        if "signer:StartSigningJob" in statement.actions
        for resource in statement.resources
    ]
    assert profile == f"<{next(signed.resources(PROFILE))[1]}.Arn>"
    for kind in ("toolchain", "workload", "deployer", "review"):
        listed = [each for each in boundary_statements(signed, kind) if each.allows]
        assert not any("signer:StartSigningJob" in each.actions for each in listed)


def test_the_signer_reads_and_writes_in_a_folder_of_its_own(signed: Assembly) -> None:
    [signer] = [role for role in roles(signed) if "signer:StartSigningJob" in role.actions]
    touched = {
        resource
        for statement in signer.statements
        if {"s3:GetObject", "s3:PutObject"} & set(statement.actions)
        for resource in statement.resources
    }
    assert len(touched) == 1
    assert touched.pop().endswith("/signing/*")


@pytest.mark.parametrize("stack", SERVICES)
def test_a_release_makes_no_function_that_takes_other_code(signed: Assembly, stack: str) -> None:
    role = deployer(signed, stack)
    making = [each for each in role.statements if "lambda:CreateFunction" in each.actions]
    putting = [
        each for each in role.statements if "lambda:PutFunctionCodeSigningConfig" in each.actions
    ]
    assert len(making) == len(putting) == 1
    for statement in (*making, *putting):
        assert len(statement.condition("ArnEquals", "lambda:CodeSigningConfigArn")) == 1
    named = {resource.rpartition(":")[2] for resource in making[0].resources}
    assert named == {
        properties["FunctionName"] for _, _, properties in signed.resources(FUNCTION, stack)
    }


@pytest.mark.parametrize("action", [*TRUST, *PROFILES])
def test_no_role_changes_who_signs_or_whom_functions_trust(signed: Assembly, action: str) -> None:
    assert [role.where for role in roles(signed) if action in role.actions] == []
    kinds = {kind_of_boundary(role) for role in roles(signed) if not is_person(role)}
    for kind in kinds - ({"deployer"} if action in PROFILES else set()):
        request = Request(action=action, resource="arn:aws:any", context={})
        limits = boundary_statements(signed, kind)
        assert not allowed(request, [EVERYTHING], [EVERYTHING, *limits]), kind


def test_the_boundaries_hinder_no_role_in_its_work(signed: Assembly) -> None:
    # The boundaries of the other account name what is there.
    for role in (role for role in roles(signed) if role.stack != LANDING):
        limits = boundary_statements(signed, kind_of_boundary(role))
        assert list(hindered(role, limits)) == []
        if not is_person(role):
            listed = {action for each in limits if each.allows for action in each.actions}
            assert role.actions <= listed, role.where


def test_whoever_deploys_the_shared_stacks_may_make_what_signs(signed: Assembly) -> None:
    documents = execution_policy.documents(signed.delivery).values()
    may = {
        action
        for document in documents
        for statement in document["Statement"]
        for action in as_list(statement["Action"])
    }
    for actions in SIGNING_TYPES.values():
        assert set(actions) <= may
    assert "signer:StartSigningJob" not in may


def test_cfn_lint_finds_nothing_in_a_delivery_that_signs(signed: Assembly) -> None:
    assert findings(sorted(signed.out.glob("*.template.json")), ["eu-central-1"]) == []


def test_nothing_of_it_is_there_where_nobody_asks_for_it(assembly: Assembly) -> None:
    if assembly.delivery.supply.code_signing:
        pytest.skip("this delivery asks for it")
    text = json.dumps(assembly.templates).lower()
    for word in ("signer:", "codesigningconfigarn", "aws::signer", f'{names.CODE_SIGNING}"'):
        assert word not in text
