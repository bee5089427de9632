"""A delivery with the longest names still fits the limits of AWS."""

import json
import re
from collections.abc import Iterator
from typing import Any

import aws_cdk as cdk
import pytest

from delivery import Delivery
from stacks import execution_policy
from stacks.app import build_app, context
from tests.assembly import Assembly, empty_packer

NAME, SERVICE, ENVIRONMENT = "d" * 16, "s" * 20, "e" * 12
ACCOUNT, REGION = "111122223333", "ap-southeast-1"
# The properties that hold names which we choose, and the most characters they may have: the
# quotas and API references of the services.
LIMITS = {
    ("AWS::CloudTrail::Trail", "TrailName"): 128,
    ("AWS::CodeBuild::Project", "Name"): 150,
    ("AWS::CodeCommit::Repository", "RepositoryName"): 100,
    ("AWS::CodeDeploy::Application", "ApplicationName"): 100,
    ("AWS::CodeDeploy::DeploymentConfig", "DeploymentConfigName"): 100,
    ("AWS::CodeDeploy::DeploymentGroup", "DeploymentGroupName"): 100,
    ("AWS::CodePipeline::Pipeline", "Name"): 100,
    ("AWS::Events::Rule", "Name"): 64,
    ("AWS::IAM::ManagedPolicy", "ManagedPolicyName"): 128,
    ("AWS::IAM::Role", "RoleName"): 64,
    ("AWS::Lambda::Alias", "Name"): 128,
    ("AWS::Lambda::Function", "FunctionName"): 64,
    ("AWS::SNS::Topic", "TopicName"): 256,
    ("AWS::SecretsManager::Secret", "Name"): 512,
}
PSEUDO = {"AWS::AccountId": ACCOUNT, "AWS::Partition": "aws", "AWS::Region": REGION}
POLICY_CHARACTERS = 6144
TRUST_CHARACTERS = 2048
STACK_NAME_CHARACTERS = 128
# The random part that CloudFormation adds to a name; a role's name is cut to its limit.
RANDOM = "x" * 13


@pytest.fixture(scope="module")
def longest(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    delivery = Delivery.model_validate(
        {
            "name": NAME,
            "toolchain": {"account": ACCOUNT, "region": REGION},
            "environments": [{"name": ENVIRONMENT}, {"name": ENVIRONMENT[:-1] + "f"}],
            "services": [
                {
                    "name": SERVICE,
                    "target": "lambda",
                    "path": "services/orders",
                    "handler": "orders.handler.handle",
                    "promotion": [ENVIRONMENT, ENVIRONMENT[:-1] + "f"],
                    "canary": {"requests_per_second": 10, "percent": 50, "minutes": 2880},
                    "secrets": [
                        {"name": "a" * 32, "description": "For requests"},
                        {"name": "b" * 32, "description": "For builds", "used_by": "build"},
                    ],
                }
            ],
        }
    )
    out = tmp_path_factory.mktemp("longest") / "cdk.out"
    app = cdk.App(context=context(), outdir=str(out), analytics_reporting=False)
    build_app(delivery, app=app, packer=empty_packer(out), judged=False)
    app.synth()
    return Assembly(delivery, out)


def deployed(value: Any, stack: str, template: dict[str, Any]) -> Any:  # noqa: ANN401
    """A value with text as long as what CloudFormation would put for its intrinsic functions."""
    match value:
        case {"Fn::Join": [delimiter, items]}:
            return delimiter.join(deployed(item, stack, template) for item in items)
        case {"Fn::ImportValue": _}:
            return "x" * len(f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{'x' * 36}")
        case {"Ref": name} | {"Fn::GetAtt": [name, _]}:
            return PSEUDO.get(name) or generated(stack, name, template["Resources"][name])
        case dict():
            return {key: deployed(item, stack, template) for key, item in value.items()}
        case list():
            return [deployed(item, stack, template) for item in value]
    return value


def generated(stack: str, logical_id: str, resource: dict[str, Any]) -> str:
    """An ARN as long as that of a resource which CloudFormation names."""
    _, service, kind = resource["Type"].lower().split("::")
    name = f"{stack}-{logical_id}-{RANDOM}"
    if kind == "role":
        name = name[: LIMITS["AWS::IAM::Role", "RoleName"]]
    path = resource.get("Properties", {}).get("Path", "/")
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{kind}{path}{name}"


def characters(document: object) -> int:
    """As IAM counts them: white space apart."""
    return len(re.sub(r"\s", "", json.dumps(document)))


def too_long(assembly: Assembly, limits: dict[tuple[str, str], int]) -> Iterator[str]:
    """Chosen names with more characters than their limit."""
    for (kind, name), most in limits.items():
        for stack, logical_id, properties in assembly.resources(kind):
            value = properties.get(name, "")
            if not isinstance(value, str) or len(value) > most:
                yield f"{stack}/{logical_id}.{name}: {value}"


def too_large(assembly: Assembly, kind: str, name: str, most: int) -> Iterator[str]:
    """Policies with more characters than their limit, once deployed."""
    for stack, logical_id, properties in assembly.resources(kind):
        document = deployed(properties[name], stack, assembly.templates[stack])
        if characters(document) > most:
            yield f"{stack}/{logical_id}: {characters(document)}"


def test_the_names_are_the_longest_that_a_delivery_file_may_give() -> None:
    fields = Delivery.model_json_schema()["$defs"]
    lengths = {
        "delivery": Delivery.model_json_schema()["properties"]["name"]["maxLength"],
        "service": fields["Service"]["properties"]["name"]["maxLength"],
        "environment": fields["Environment"]["properties"]["name"]["maxLength"],
    }
    assert lengths == {
        "delivery": len(NAME),
        "service": len(SERVICE),
        "environment": len(ENVIRONMENT),
    }


def test_every_chosen_name_fits(longest: Assembly) -> None:
    assert list(too_long(longest, LIMITS)) == []
    assert all(len(stack) <= STACK_NAME_CHARACTERS for stack in longest.templates)


@pytest.mark.parametrize(("kind", "name"), LIMITS)
def test_each_limit_is_compared_with_a_name(longest: Assembly, kind: str, name: str) -> None:
    assert any(properties.get(name) for _, _, properties in longest.resources(kind))


def test_every_property_that_names_something_has_a_limit_here(longest: Assembly) -> None:
    """By its own name: FunctionName of a Function, Name of a Rule."""
    found = {
        (resource["Type"], name)
        for template in longest.templates.values()
        for resource in template["Resources"].values()
        for name, value in resource.get("Properties", {}).items()
        if name == "Name" or (name.endswith("Name") and name[:-4] in resource["Type"])
        if isinstance(value, str)
    }
    assert found <= set(LIMITS)


def test_a_name_that_is_too_long_is_found(longest: Assembly) -> None:
    function = ("AWS::Lambda::Function", "FunctionName")
    names = {p["FunctionName"] for _, _, p in longest.resources(function[0])}
    shortest = min(len(name) for name in names)
    found = list(too_long(longest, {function: shortest}))
    assert len(found) == sum(len(name) > shortest for name in names) > 0


def test_every_policy_fits_a_managed_policy(longest: Assembly, assembly: Assembly) -> None:
    for found in (longest, assembly):
        kind, name = "AWS::IAM::ManagedPolicy", "PolicyDocument"
        assert list(too_large(found, kind, name, POLICY_CHARACTERS)) == []
    assert characters(execution_policy.document(longest.delivery)) <= POLICY_CHARACTERS


def test_every_trust_fits_a_role(longest: Assembly) -> None:
    kind, name = "AWS::IAM::Role", "AssumeRolePolicyDocument"
    assert list(too_large(longest, kind, name, TRUST_CHARACTERS)) == []


def test_a_policy_that_is_too_large_is_found(longest: Assembly) -> None:
    found = list(too_large(longest, "AWS::IAM::ManagedPolicy", "PolicyDocument", 3000))
    assert any("-foundation/" in policy for policy in found)


def test_what_cloudformation_fills_in_counts_with_its_length() -> None:
    role = {"Type": "AWS::IAM::Role", "Properties": {"Path": "/a/"}}
    arn = deployed({"Fn::GetAtt": ["Role", "Arn"]}, "stack", {"Resources": {"Role": role}})
    assert arn == f"arn:aws:iam:{REGION}:{ACCOUNT}:role/a/stack-Role-{RANDOM}"
    assert deployed({"Ref": "AWS::AccountId"}, "stack", {}) == ACCOUNT
    assert characters({"a": " b c "}) == len('{"a":"bc"}')
