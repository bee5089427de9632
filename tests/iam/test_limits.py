"""A delivery with the longest names still fits the limits of AWS."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from pydantic import ValidationError

from delivery import Delivery
from stacks import execution_policy
from stacks.app import build_app, context
from tests.assembly import Assembly, empty_packer

NAME, SERVICE, ENVIRONMENT = "d" * 16, "s" * 20, "e" * 12
ACCOUNT, REGION = "111122223333", "ap-southeast-1"
# The properties that hold names which we choose, and the most characters they may have: the
# quotas and API references of the services.
LIMITS = {
    ("AWS::CloudFormation::CustomResource", "Name"): 100,
    ("AWS::CloudTrail::Trail", "TrailName"): 128,
    ("AWS::CloudWatch::Alarm", "AlarmName"): 255,
    ("AWS::CloudWatch::CompositeAlarm", "AlarmName"): 255,
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
    ("AWS::Logs::QueryDefinition", "Name"): 255,
    ("AWS::SNS::Topic", "TopicName"): 256,
    ("AWS::SSM::Parameter", "Name"): 1011,
    ("AWS::SecretsManager::Secret", "Name"): 512,
    ("AWS::StepFunctions::StateMachine", "StateMachineName"): 80,
}
PSEUDO = {"AWS::AccountId": ACCOUNT, "AWS::Partition": "aws", "AWS::Region": REGION}
POLICY_CHARACTERS = 6144
TRUST_CHARACTERS = 2048
STACK_NAME_CHARACTERS = 128
# The random part that CloudFormation adds to a name; a role's name is cut to its limit.
RANDOM = "x" * 13


MANY_ENVIRONMENTS, MANY_SECRETS, MANY_SERVICES = 20, 30, 50
MOST_ENVIRONMENTS, MOST_SECRETS = 10, 20


def described(
    *,
    environments: int = 2,
    build_secrets: int = 1,
    services: int = 1,
    repositories: bool = False,
    code_signing: bool = False,
) -> dict[str, Any]:
    """A delivery file with the longest names that it may have."""
    places = [f"{ENVIRONMENT[:-2]}{number:02}" for number in range(environments)]
    build = [f"{'b' * 30}{number:02}" for number in range(build_secrets)]
    named = [SERVICE] if services == 1 else [f"s{n:02}{SERVICE[3:]}" for n in range(services)]
    return {
        # With many services, as long as their artifacts' folders can still be told apart.
        "name": NAME if services == 1 else "d" * 8,
        "toolchain": {"account": ACCOUNT, "region": REGION},
        "supply": {"code_signing": code_signing},
        "environments": [{"name": place} for place in places],
        "services": [
            {
                "name": name,
                "target": "lambda",
                "path": "services/orders",
                "handler": "orders.handler.handle",
                "promotion": places,
                "source": {"provider": "codecommit"}
                | ({"repository": name} if repositories else {}),
                "canary": {"requests_per_second": 10, "percent": 50, "minutes": 2880},
                "secrets": [
                    {"name": "a" * 32, "description": "For requests"},
                    *(
                        {"name": secret, "description": "For builds", "used_by": "build"}
                        for secret in build
                    ),
                ],
            }
            for name in named
        ],
    }


def build(delivery: Delivery, out: Path) -> Assembly:
    app = cdk.App(context=context(), outdir=str(out), analytics_reporting=False)
    build_app(delivery, app=app, packer=empty_packer(out), judged=False)
    app.synth()
    return Assembly(delivery, out)


@pytest.fixture(scope="module")
def longest(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    out = tmp_path_factory.mktemp("longest") / "cdk.out"
    return build(Delivery.model_validate(described()), out)


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


def most_characters(delivery: Delivery) -> int:
    """Of the larger one of the execution policies."""
    return max(characters(each) for each in execution_policy.documents(delivery).values())


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
    found = [p for _, _, p in longest.resources(function[0])]
    names = {p["FunctionName"] for p in found if "FunctionName" in p}
    shortest = min(len(name) for name in names)
    long = list(too_long(longest, {function: shortest}))
    assert len(long) == sum(len(name) > shortest for name in names) > 0


def test_every_policy_fits_a_managed_policy(longest: Assembly, assembly: Assembly) -> None:
    for found in (longest, assembly):
        kind, name = "AWS::IAM::ManagedPolicy", "PolicyDocument"
        assert list(too_large(found, kind, name, POLICY_CHARACTERS)) == []
    assert most_characters(longest.delivery) <= POLICY_CHARACTERS


def accepted(data: dict[str, Any]) -> Delivery | None:
    """The delivery, None where it is refused for having too much of something."""
    try:
        return Delivery.model_validate(data)
    except ValidationError as error:
        kinds = {found["type"] for found in error.errors()}
        # Pydantic does not count a wrong entry, so a list of wrong ones alone is too short.
        if "too_long" not in kinds or kinds - {"too_long", "too_short"}:
            raise
        return None


@pytest.mark.parametrize(
    "data",
    [
        described(environments=MANY_ENVIRONMENTS),
        described(build_secrets=MANY_SECRETS),
        described(environments=MOST_ENVIRONMENTS, build_secrets=MOST_SECRETS - 1),
        described(
            environments=MOST_ENVIRONMENTS, build_secrets=MOST_SECRETS - 1, code_signing=True
        ),
    ],
    ids=["environments", "build secrets", "as many as are accepted", "these, signed"],
)
def test_a_large_delivery_fits_or_is_refused(tmp_path: Path, data: dict[str, Any]) -> None:
    """What the delivery file accepts can be deployed; IAM would say so only then."""
    if delivery := accepted(data):
        large = build(delivery, tmp_path / "cdk.out")
        kind, name = "AWS::IAM::ManagedPolicy", "PolicyDocument"
        assert list(too_large(large, kind, name, POLICY_CHARACTERS)) == []
        assert most_characters(delivery) <= POLICY_CHARACTERS


def test_the_execution_policies_of_many_services_fits_or_they_are_refused() -> None:
    """Each with a repository of its own."""
    if delivery := accepted(described(services=MANY_SERVICES, repositories=True)):
        assert most_characters(delivery) <= POLICY_CHARACTERS


def test_as_many_repositories_as_are_named_fit_the_execution_policies() -> None:
    data = described(services=execution_policy.REPOSITORIES_NAMED, repositories=True)
    for number, service in enumerate(data["services"]):
        service["source"]["repository"] = f"{number}{'r' * 99}"
    delivery = Delivery.model_validate(data)
    assert "r" * 99 in str(execution_policy.documents(delivery))
    assert most_characters(delivery) <= POLICY_CHARACTERS


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
