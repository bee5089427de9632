"""A generated secret gets a new value again and again, and a deployment gives it none."""

from collections.abc import Iterator, Mapping
from typing import Any

from stacks import names
from tests.assembly import Assembly
from tests.iam.policies import role_at

SCHEDULE, PERMISSION = "AWS::SecretsManager::RotationSchedule", "AWS::Lambda::Permission"
POLICY, SECRET = "AWS::SecretsManager::ResourcePolicy", "AWS::SecretsManager::Secret"


def days(assembly: Assembly) -> dict[tuple[str, str], int]:
    """How old the value of each generated secret gets, by its stack and name."""
    return {
        (stack, f"{names.secret_prefix(assembly.delivery, service, place)}/{secret.name}"): age
        for service in assembly.delivery.services
        for secret in service.secrets
        if (age := secret.rotated_after_days) is not None
        for place in (["pipeline"] if secret.used_by == "build" else service.environments)
        for stack in [names.service_stack(assembly.delivery, service, place)]
    }


def resources(assembly: Assembly, stack: str, kind: str) -> dict[str, dict[str, Any]]:
    found = assembly.templates[stack]["Resources"]
    return {i: resource for i, resource in found.items() if resource["Type"] == kind}


def schedules(assembly: Assembly) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schedule, whole, with its stack."""
    for stack in assembly.templates:
        for schedule in resources(assembly, stack, SCHEDULE).values():
            yield stack, schedule


def secret_of(assembly: Assembly, stack: str, properties: Mapping[str, Any]) -> str:
    return str(
        resources(assembly, stack, SECRET)[properties["SecretId"]["Ref"]]["Properties"]["Name"]
    )


def test_each_generated_secret_has_one_schedule_and_no_other_has_any(assembly: Assembly) -> None:
    found = [
        (stack, secret_of(assembly, stack, schedule["Properties"]), schedule["Properties"])
        for stack, schedule in schedules(assembly)
    ]
    assert len(found) == len({(stack, name) for stack, name, _ in found}) > 0
    assert {(stack, name): p["RotationRules"] for stack, name, p in found} == {
        where: {"AutomaticallyAfterDays": age} for where, age in days(assembly).items()
    }


def test_a_deployment_rotates_nothing(assembly: Assembly) -> None:
    for _, schedule in schedules(assembly):
        assert schedule["Properties"]["RotateImmediatelyOnUpdate"] is False


def rotator(assembly: Assembly, stack: str) -> tuple[str, dict[str, Any]]:
    """The one function of a stack that rotates."""
    [found] = [
        (logical_id, function["Properties"])
        for logical_id, function in resources(assembly, stack, "AWS::Lambda::Function").items()
        if function["Properties"]["Handler"] == "rotate.handle"
    ]
    return found


def test_a_stack_has_one_function_for_its_secrets_and_else_none(assembly: Assembly) -> None:
    functions = {
        stack
        for stack, _, properties in assembly.resources("AWS::Lambda::Function")
        if properties["Handler"] == "rotate.handle"
    }
    assert functions == {stack for stack, _ in days(assembly)}
    for stack, schedule in schedules(assembly):
        logical_id, properties = rotator(assembly, stack)
        assert schedule["Properties"]["RotationLambdaARN"] == {"Fn::GetAtt": [logical_id, "Arn"]}
        assert properties["FunctionName"] == f"{stack}-rotation"


def test_secrets_manager_invokes_it_for_the_secrets_of_the_stack_alone(assembly: Assembly) -> None:
    for stack in {stack for stack, _ in days(assembly)}:
        function = {"Fn::GetAtt": [rotator(assembly, stack)[0], "Arn"]}
        letting = [
            permission["Properties"]
            for permission in resources(assembly, stack, PERMISSION).values()
            if permission["Properties"]["FunctionName"] == function
        ]
        account = assembly.delivery.toolchain.account or {"Ref": "AWS::AccountId"}
        for each in letting:
            assert each["Principal"] == "secretsmanager.amazonaws.com"
            assert each["Action"] == "lambda:InvokeFunction"
            assert each["SourceAccount"] == account
        scheduled = [s["Properties"]["SecretId"] for at, s in schedules(assembly) if at == stack]
        assert sorted(each["SourceArn"]["Ref"] for each in letting) == sorted(
            secret["Ref"] for secret in scheduled
        )


def test_a_rotation_is_scheduled_once_it_may_be_tried(assembly: Assembly) -> None:
    """CloudFormation tries the function: it must be invocable, and be let read."""
    for stack, schedule in schedules(assembly):
        secret = schedule["Properties"]["SecretId"]
        needed = {
            i
            for i, policy in resources(assembly, stack, POLICY).items()
            if policy["Properties"]["SecretId"] == secret
        } | {
            i
            for i, permission in resources(assembly, stack, PERMISSION).items()
            if permission["Properties"].get("SourceArn") == secret
        }
        assert len(needed) == 2
        assert needed <= set(schedule["DependsOn"])


def test_its_role_reaches_the_rotated_secrets_and_no_other(assembly: Assembly) -> None:
    for stack in {stack for stack, _ in days(assembly)}:
        role = role_at(assembly, stack, rotator(assembly, stack)[1]["Role"])
        scheduled = {
            f"<{s['Properties']['SecretId']['Ref']}>"
            for at, s in schedules(assembly)
            if at == stack
        }
        for statement in role.statements:
            [service] = {action.partition(":")[0] for action in statement.actions}
            if statement.actions == ("secretsmanager:GetRandomPassword",):
                assert statement.resources == ("*",)
            elif service == "secretsmanager":
                assert set(statement.resources) == scheduled
            elif service == "kms":
                [via] = statement.condition("StringEquals", "kms:ViaService")
                assert via.startswith("secretsmanager.")
            else:
                assert service == "logs"


def test_a_new_value_is_like_the_first_one(assembly: Assembly) -> None:
    for stack, schedule in schedules(assembly):
        secret = resources(assembly, stack, SECRET)[schedule["Properties"]["SecretId"]["Ref"]]
        variables = rotator(assembly, stack)[1]["Environment"]["Variables"]
        assert secret["Properties"]["GenerateSecretString"] == {
            "PasswordLength": int(variables["VALUE_LENGTH"]),
            "ExcludePunctuation": True,
        }


def test_people_hear_of_a_function_that_fails_to_rotate(assembly: Assembly) -> None:
    for stack in {stack for stack, _ in days(assembly)}:
        logical_id, _ = rotator(assembly, stack)
        [alarm] = [
            properties
            for _, _, properties in assembly.resources("AWS::CloudWatch::Alarm", stack)
            if {"Name": "FunctionName", "Value": {"Ref": logical_id}}
            in properties.get("Dimensions", [])
        ]
        assert alarm["MetricName"] == "Errors"
        assert len(alarm["AlarmActions"]) == 1
