"""CloudFormation's roles have what their stack's resource types need, and no more."""

import re
from collections.abc import Iterator
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

import pytest

from lockgate.code_signing import CARRY, READ
from lockgate.resource_types import PIPELINE_TYPES, SERVICE_TYPES, UNSCOPED
from tests.assembly import SHARED_STACKS, Assembly
from tests.iam.policies import Role, Statement, is_deployer, resource_of, role_at, roles

# Under which part of an ARN a resource of a type lies, from its properties; a name that
# CloudFormation makes begins with the stack's.
NAMED = {
    "AWS::CodeBuild::Project": "project/{Name}",
    "AWS::CodeDeploy::Application": "application:{ApplicationName}",
    "AWS::CodeDeploy::DeploymentConfig": "deploymentconfig:{DeploymentConfigName}",
    "AWS::CodeDeploy::DeploymentGroup": "deploymentgroup:{stack}/{DeploymentGroupName}",
    "AWS::CodePipeline::Pipeline": "{Name}",
    "AWS::CloudWatch::Alarm": "alarm:{AlarmName}",
    "AWS::CloudWatch::CompositeAlarm": "alarm:{AlarmName}",
    "AWS::Events::Rule": "rule/{Name}",
    "AWS::IAM::ManagedPolicy": "policy{Path}{stack}-{generated}",
    "AWS::IAM::Role": "role{Path}{RoleName}",
    "AWS::KMS::Key": "key/{generated}",
    "AWS::Lambda::Alias": "function:{stack}:{Name}",
    "AWS::Lambda::Function": "function:{FunctionName}",
    "AWS::Lambda::Version": "function:{stack}:7",
    "AWS::Logs::LogGroup": "log-group:{stack}-{generated}",
    "AWS::SSM::Parameter": "parameter{Name}",
    "AWS::SecretsManager::Secret": "secret:{Name}-a1B2c3",
    "AWS::StepFunctions::StateMachine": "stateMachine:{StateMachineName}",
}
# IAM's name of a service, where CloudFormation has another.
IAM_SERVICES = {"stepfunctions": "states"}
# These have no ARN of their own, or an action of theirs is asked for on another resource.
ELSEWHERE = {
    "AWS::Lambda::Permission": "its actions are on the function",
    "AWS::SecretsManager::ResourcePolicy": "its actions are on the secret",
    "AWS::SecretsManager::RotationSchedule": "its actions are on the secret, and on the function",
    "codedeploy:GetDeploymentConfig": "on the configuration, a resource of its own",
    "iam:AttachRolePolicy": "on the role, also for a policy",
    "iam:DetachRolePolicy": "on the role, also for a policy",
    "logs:DescribeLogGroups": "on all groups, whatever their names",
}
READS_ASSETS = {"s3:GetObject", "s3:GetObjectVersion"}


def actions(types: dict[str, tuple[str, ...]]) -> set[str]:
    return {action for of_type in types.values() for action in of_type}


def expected(stack: str, *, signed: bool) -> set[str]:
    pipeline = stack.endswith("-pipeline")
    types = PIPELINE_TYPES if pipeline else SERVICE_TYPES
    carries = {*CARRY, *READ} if signed and not pipeline else set()
    return actions(types) | {"iam:PassRole"} | READS_ASSETS | carries


def test_each_has_exactly_the_actions_of_its_stacks_types(assembly: Assembly) -> None:
    deployers = {role.name: role.actions for role in roles(assembly) if is_deployer(role)}
    stacks = [
        name
        for service in assembly.delivery.services
        for place in ("pipeline", *service.environments)
        if (name := f"{assembly.delivery.name}-{service.name}-{place}") in assembly.templates
    ]
    assert len(stacks) == len(assembly.templates) - len(SHARED_STACKS), "all but the shared"
    signed = assembly.delivery.supply.code_signing
    assert deployers == {f"{stack}-deploy": expected(stack, signed=signed) for stack in stacks}


def test_each_stack_is_deployed_by_its_own(assembly: Assembly) -> None:
    """In CodePipeline's actions: the stack's name, and the role that is passed for it."""
    deployed = set()
    for stack, _, pipeline in assembly.resources("AWS::CodePipeline::Pipeline"):
        for stage in pipeline["Stages"]:
            for action in stage["Actions"]:
                settings = action["Configuration"]
                if "RoleArn" in settings:
                    role = role_at(assembly, stack, settings["RoleArn"])
                    assert role.name == f"{settings['StackName']}-deploy"
                    deployed.add(settings["StackName"])
    shared = {f"{assembly.delivery.name}-{kind}" for kind in SHARED_STACKS}
    assert deployed == set(assembly.templates) - shared


def foreign_resources(role: Role, delivery: str, service: str, place: str) -> Iterator[str]:
    """ARNs of a role that lie beyond the names, the path and the secrets of one stack."""
    stack = f"{delivery}-{service}-{place}"
    own = re.compile(rf"[a-zA-Z-]+[:/]({stack}|{delivery}/{service}/{place}/)(?![a-z0-9])")
    for statement in role.statements:
        for arn in statement.resources:
            if not own.match(resource_of(arn)):
                yield resource_of(arn)


def of_its_landings(assembly: Assembly, service: str) -> set[str]:
    """What a pipeline's stack holds under other names: the pipeline, alarms and tests."""
    stack = f"{assembly.delivery.name}-{service}-pipeline"
    kinds = {"AWS::CloudWatch::Alarm": "alarm:{}", "AWS::CloudWatch::CompositeAlarm": "alarm:{}"}
    return {
        f"{assembly.delivery.name}-{service}",
        *(
            name.format(properties["AlarmName"])
            for kind, name in kinds.items()
            for _, _, properties in assembly.resources(kind, stack)
            if "AlarmName" in properties
        ),
        *(
            f"project/{properties['Name']}"
            for _, _, properties in assembly.resources("AWS::CodeBuild::Project", stack)
        ),
    }


def test_none_reaches_beyond_its_own_stacks_names(assembly: Assembly) -> None:
    """Nor into another environment, nor into another service."""
    delivery = assembly.delivery.name
    own = {
        f"{delivery}-{service.name}-{place}-deploy": (service.name, place)
        for service in assembly.delivery.services
        for place in ("pipeline", *service.environments)
    }
    for role in filter(is_deployer, roles(assembly)):
        service, place = own[role.name]
        # The pipeline is called as its service; a key has no name, its policy names the role;
        # listing is authorized on all log groups; an asset is called by its digest.
        nameless = {"key/*", "log-group:*", "*"}
        # Whose code a place takes is imported from its ground.
        nameless |= {"token"} if assembly.delivery.supply.code_signing else set()
        nameless |= of_its_landings(assembly, service) if place == "pipeline" else set()
        found = set(foreign_resources(role, delivery, service, place)) - nameless
        assert all(resource.endswith("/*") and "-assets-" in resource for resource in found)


def test_a_resource_of_another_stack_is_found(sample: Assembly) -> None:
    role = next(filter(is_deployer, roles(sample)))
    functions = [
        f"arn:<AWS::Partition>:lambda:<AWS::Region>:<AWS::AccountId>:function:{name}"
        for name in ("a-b-prod", "a-b-prod-pre-traffic", "a-b-production", "a-b-beta", "*")
    ]
    planted = Statement(where="planted", actions=("lambda:GetAlias",), resources=tuple(functions))
    found = foreign_resources(replace(role, statements=(planted,)), "a", "b", "prod")
    assert list(found) == ["function:a-b-production", "function:a-b-beta", "function:*"]


def unreachable(
    role: Role, stack: str, resources: dict[str, Any], types: dict[str, tuple[str, ...]]
) -> Iterator[str]:
    """Actions of a type that a role may not take on the stack's own resource of the type."""
    for logical_id, resource in resources.items():
        kind = resource["Type"]
        if kind in ELSEWHERE:
            continue
        generated = f"{logical_id}-0A1B2C3D4E5F"
        named = dict.fromkeys(("AlarmName", "RoleName"), f"{stack}-{generated}")
        known = {"stack": stack, "generated": generated, **named}
        arn = NAMED[kind].format(**{**known, **resource.get("Properties", {})})
        service = kind.split("::")[1].lower()
        service = IAM_SERVICES.get(service, service)
        own = (action for action in types[kind] if action.startswith(f"{service}:"))
        for action in own:
            if action not in {*UNSCOPED, *ELSEWHERE} and not allows(role, action, arn):
                yield f"{action} on {arn}"


def allows(role: Role, action: str, arn: str) -> bool:
    """Whether a role's policy allows an action on the resource with that last part of its ARN."""
    return any(
        action in statement.actions
        and any(fnmatchcase(arn, resource_of(resource)) for resource in statement.resources)
        for statement in role.statements
    )


def test_each_reaches_every_resource_of_its_stack(assembly: Assembly) -> None:
    """A name that the role does not cover could never be deployed by the pipeline."""
    deployers = [role for role in roles(assembly) if is_deployer(role)]
    for role in deployers:
        stack = role.name.removesuffix("-deploy")
        types = PIPELINE_TYPES if stack.endswith("-pipeline") else SERVICE_TYPES
        resources = assembly.templates[stack]["Resources"]
        assert list(unreachable(role, stack, resources, types)) == [], stack


@pytest.mark.parametrize(
    ("kind", "properties", "action"),
    [
        ("AWS::Lambda::Function", {"FunctionName": "another"}, "lambda:CreateFunction"),
        ("AWS::IAM::Role", {"Path": "/"}, "iam:CreateRole"),
        ("AWS::SecretsManager::Secret", {"Name": "a/b"}, "secretsmanager:CreateSecret"),
        (
            "AWS::StepFunctions::StateMachine",
            {"StateMachineName": "other"},
            "states:CreateStateMachine",
        ),
        (
            "AWS::CodeDeploy::DeploymentGroup",
            {"DeploymentGroupName": "other"},
            "codedeploy:CreateDeploymentGroup",
        ),
    ],
)
def test_a_resource_out_of_reach_is_found(
    sample: Assembly, kind: str, properties: dict[str, str], action: str
) -> None:
    [role] = [role for role in roles(sample) if role.name == "lockgate-orders-prod-deploy"]
    planted = {"Planted": {"Type": kind, "Properties": properties}}
    found = list(unreachable(role, "lockgate-orders-prod", planted, SERVICE_TYPES))
    assert any(line.startswith(f"{action} on ") for line in found)


def test_all_that_a_stacks_role_is_told_is_allowed_to_it(assembly: Assembly) -> None:
    for role in filter(is_deployer, roles(assembly)):
        assert all(statement.allows for statement in role.statements)


def paths(assembly: Assembly) -> Iterator[tuple[Role, str, str]]:
    """Each deployer with its stack and the path of that stack's roles and policies."""
    for service in assembly.delivery.services:
        for place in ("pipeline", *service.environments):
            stack = f"{assembly.delivery.name}-{service.name}-{place}"
            [role] = [role for role in roles(assembly) if role.name == f"{stack}-deploy"]
            yield role, stack, f"/{assembly.delivery.name}/{service.name}/{place}/"


def loose_attachments(role: Role, path: str) -> Iterator[str]:
    """Statements that let policies of AWS or of others be attached, or to unbounded roles."""
    for statement in role.statements:
        if {"iam:AttachRolePolicy", "iam:DetachRolePolicy"} & set(statement.actions):
            policies = statement.condition("ArnLike", "iam:PolicyARN")
            bounds = statement.condition("StringEquals", "iam:PermissionsBoundary")
            own = {resource_of(policy) for policy in policies} == {f"policy{path}*"}
            if not (own and bounds and all("/boundary/" in bound for bound in bounds)):
                yield statement.where


def test_each_attaches_policies_of_its_own_stack_to_bounded_roles_alone(
    assembly: Assembly,
) -> None:
    for role, _, path in paths(assembly):
        assert "iam:AttachRolePolicy" in role.actions
        assert list(loose_attachments(role, path)) == []


@pytest.mark.parametrize("missing", ["iam:PolicyARN", "iam:PermissionsBoundary"])
def test_a_loose_attachment_is_found(sample: Assembly, missing: str) -> None:
    role, _, path = next(paths(sample))
    loose = tuple(
        replace(
            statement,
            conditions={
                operator: {key: value for key, value in keys.items() if key != missing}
                for operator, keys in statement.conditions.items()
            },
        )
        for statement in role.statements
    )
    assert list(loose_attachments(role, path)) == []
    assert len(list(loose_attachments(replace(role, statements=loose), path))) == 1


def test_each_passes_its_own_stacks_roles_to_the_services_that_they_trust(
    assembly: Assembly,
) -> None:
    for role, stack, path in paths(assembly):
        [passing] = [s for s in role.statements if "iam:PassRole" in s.actions]
        assert {resource_of(arn) for arn in passing.resources} == {f"role{path}*"}
        trusted = {
            who
            for made in roles(assembly)
            if made.stack == stack
            for trust in made.trust
            for kind, who in trust.principals
            if kind == "Service"
        }
        # A push may give a pipeline's stack a path filter for its start rule, or take it back.
        either = {"events.amazonaws.com", "lambda.amazonaws.com"}
        later = either if stack.endswith("-pipeline") else set()
        services = set(passing.condition("StringEquals", "iam:PassedToService"))
        assert services == trusted | later
