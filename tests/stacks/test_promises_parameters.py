"""What is no secret reaches the function by name, and only what is its own."""

import json

from stacks import names
from tests.assembly import Assembly
from tests.iam.policies import resource_of, role_at

KIND = "AWS::SSM::Parameter"


def test_each_environment_has_the_parameters_of_its_services_with_its_values(
    assembly: Assembly,
) -> None:
    delivery = assembly.delivery
    found = {
        (stack, properties["Name"]): (properties["Type"], properties["Value"])
        for stack, _, properties in assembly.resources(KIND)
        if not stack.endswith("-foundation")
    }
    assert found == {
        (
            names.service_stack(delivery, service, environment),
            f"/{delivery.name}/{service.name}/{environment}/{parameter.name}",
        ): ("String", parameter.value_in(environment))
        for service in delivery.services
        for environment in service.environments
        for parameter in service.parameters
    }


def test_an_environment_has_its_own_value_where_it_is_given_one(full: Assembly) -> None:
    values = {
        stack: properties["Value"]
        for stack, _, properties in full.resources(KIND)
        if properties["Name"].endswith("/currency")
    }
    assert values == {
        "acme-orders-beta": "XTS",
        "acme-orders-gamma": "EUR",
        "acme-orders-prod": "EUR",
    }


def test_the_function_has_each_parameters_name_and_reads_no_other(assembly: Assembly) -> None:
    for service in assembly.delivery.services:
        for environment in service.environments:
            stack = names.service_stack(assembly.delivery, service, environment)
            by_id = {i: p["Name"] for _, i, p in assembly.resources(KIND, stack)}
            [function] = [
                p
                for _, _, p in assembly.resources("AWS::Lambda::Function", stack)
                if p["FunctionName"] == stack
            ]
            variables = function.get("Environment", {}).get("Variables", {})
            told = {
                name: by_id[value["Ref"]]
                for name, value in variables.items()
                if name.startswith("PARAMETER_")
            }
            expected = {
                f"PARAMETER_{p.name.upper().replace('-', '_')}": p.name for p in service.parameters
            }
            assert {name: path.rpartition("/")[2] for name, path in told.items()} == expected
            role = role_at(assembly, stack, function["Role"])
            read = {
                resource_of(resource)
                for statement in role.statements
                if "ssm:GetParameter" in statement.actions
                for resource in statement.resources
            }
            assert read == {f"parameter{path}" for path in told.values()}


def test_hooks_hear_of_no_parameter(assembly: Assembly) -> None:
    for stack, _, properties in assembly.resources("AWS::Lambda::Function"):
        if properties.get("FunctionName") != stack:
            assert "PARAMETER_" not in json.dumps(properties.get("Environment", {}))
