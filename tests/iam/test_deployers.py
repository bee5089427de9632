"""CloudFormation's roles have what their stack's resource types need, and no more."""

import re
from collections.abc import Iterator
from dataclasses import replace

from lockgate.resource_types import PIPELINE_TYPES, SERVICE_TYPES
from tests.assembly import Assembly
from tests.iam.policies import Role, Statement, is_deployer, resource_of, roles

READS_ASSETS = {"s3:GetObject", "s3:GetObjectVersion"}


def actions(types: dict[str, tuple[str, ...]]) -> set[str]:
    return {action for of_type in types.values() for action in of_type}


def expected(stack: str) -> set[str]:
    if stack.endswith("-pipeline"):
        return actions(PIPELINE_TYPES) | {"iam:PassRole"}
    return actions(SERVICE_TYPES) | {"iam:PassRole"} | READS_ASSETS


def test_each_has_exactly_the_actions_of_its_stacks_types(assembly: Assembly) -> None:
    deployers = {role.name: role.actions for role in roles(assembly) if is_deployer(role)}
    stacks = [
        name
        for service in assembly.delivery.services
        for place in ("pipeline", *service.promotion)
        if (name := f"{assembly.delivery.name}-{service.name}-{place}") in assembly.templates
    ]
    assert len(stacks) == len(assembly.templates) - 2, "all but the foundation and the audit stack"
    assert deployers == {f"{stack}-deploy": expected(stack) for stack in stacks}


def test_each_stack_is_deployed_by_its_own(assembly: Assembly) -> None:
    """In CodePipeline's actions: the stack's name, and the role that is passed for it."""
    deployed = set()
    for stack, _, pipeline in assembly.resources("AWS::CodePipeline::Pipeline"):
        names = {role.logical_id: role.name for role in roles(assembly) if role.stack == stack}
        for stage in pipeline["Stages"]:
            for action in stage["Actions"]:
                settings = action["Configuration"]
                if "RoleArn" in settings:
                    [role, _] = settings["RoleArn"]["Fn::GetAtt"]
                    assert names[role] == f"{settings['StackName']}-deploy"
                    deployed.add(settings["StackName"])
    shared = {f"{assembly.delivery.name}-{kind}" for kind in ("foundation", "audit")}
    assert deployed == set(assembly.templates) - shared


def foreign_resources(role: Role, delivery: str, service: str, place: str) -> Iterator[str]:
    """ARNs of a role that lie beyond the names, the path and the secrets of one stack."""
    stack = f"{delivery}-{service}-{place}"
    own = re.compile(rf"[a-z-]+[:/]({stack}|{delivery}/{service}/{place}/)(?![a-z0-9])")
    for statement in role.statements:
        for arn in statement.resources:
            if not own.match(resource_of(arn)):
                yield resource_of(arn)


def test_none_reaches_beyond_its_own_stacks_names(assembly: Assembly) -> None:
    """Nor into another environment, nor into another service."""
    delivery = assembly.delivery.name
    own = {
        f"{delivery}-{service.name}-{place}-deploy": (service.name, place)
        for service in assembly.delivery.services
        for place in ("pipeline", *service.promotion)
    }
    for role in filter(is_deployer, roles(assembly)):
        service, place = own[role.name]
        # The pipeline is called as its service; a key has no name, its policy names the role;
        # listing is authorized on all log groups; an asset is called by its digest.
        nameless = {"key/*", "log-group:*", "*"}
        nameless |= {f"{delivery}-{service}"} if place == "pipeline" else set()
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
