"""A secret reaches its readers by reference, and nobody else can read it."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from delivery import Service
from stacks import names
from tests.assembly import Assembly, statements


class Owner(NamedTuple):
    """A stack that holds secrets of a service: which ones, by the end of their names."""

    stack: str
    prefix: str
    secrets: dict[str, str]
    generated: set[str]


# The builds that get secrets.
WITH_SECRETS = ("-verify", "-package")


def owners(assembly: Assembly) -> Iterator[tuple[Owner, str]]:
    """Each stack that could hold secrets, with who reads them there: function or build."""
    delivery = assembly.delivery
    for service in delivery.services:
        pipeline = names.pipeline_stack(delivery, service)
        yield _owner(assembly, service, pipeline, "pipeline", "build"), "build"
        for environment in service.environments:
            stack = names.service_stack(delivery, service, environment)
            yield _owner(assembly, service, stack, environment, "function"), "function"


def _owner(assembly: Assembly, service: Service, stack: str, place: str, use: str) -> Owner:
    used = [secret for secret in service.secrets if secret.used_by == use]
    prefix = f"{assembly.delivery.name}/{service.name}/{place}"
    return Owner(
        stack,
        prefix,
        {secret.name: secret.description for secret in used},
        {f"{prefix}/{secret.name}" for secret in used if secret.origin == "generated"},
    )


def secrets(assembly: Assembly, stack: str) -> dict[str, dict[str, Any]]:
    """The secrets of a stack, whole, by logical id."""
    return of_type(assembly, stack, "AWS::SecretsManager::Secret")


def of_type(assembly: Assembly, stack: str, resource_type: str) -> dict[str, dict[str, Any]]:
    resources = assembly.templates[stack]["Resources"]
    return {i: r for i, r in resources.items() if r["Type"] == resource_type}


def function_role(assembly: Assembly, stack: str) -> dict[str, Any]:
    """The role of the function under delivery, as its template refers to it."""
    [role] = [
        properties["Role"]
        for _, _, properties in assembly.resources("AWS::Lambda::Function", stack)
        if properties["FunctionName"] == stack
    ]
    return dict(role)


def rotation_role(assembly: Assembly, stack: str) -> list[dict[str, Any]]:
    """The role of the function that rotates, if the stack has one."""
    return [
        properties["Role"]
        for _, _, properties in assembly.resources("AWS::Lambda::Function", stack)
        if properties["Handler"] == "rotate.handle"
    ]


def build_roles(assembly: Assembly, stack: str) -> list[dict[str, Any]]:
    """Those of the builds that get secrets: an audit and integration tests get none."""
    return [
        p["ServiceRole"]
        for _, _, p in assembly.resources("AWS::CodeBuild::Project", stack)
        if p["Name"].endswith(WITH_SECRETS)
    ]


def test_each_stack_holds_the_secrets_that_the_delivery_file_names_and_no_more(
    assembly: Assembly,
) -> None:
    for owner, _ in owners(assembly):
        found = {
            secret["Properties"]["Name"]: secret["Properties"]["Description"]
            for secret in secrets(assembly, owner.stack).values()
        }
        assert found == {f"{owner.prefix}/{name}": what for name, what in owner.secrets.items()}


def test_all_secrets_lie_in_those_stacks(assembly: Assembly) -> None:
    expected = sum(len(owner.secrets) for owner, _ in owners(assembly))
    assert len(list(assembly.resources("AWS::SecretsManager::Secret"))) == expected > 0


def test_the_full_delivery_has_secrets_of_both_uses_and_a_service_without(full: Assembly) -> None:
    with_secrets = {(owner.stack, use) for owner, use in owners(full) if owner.secrets}
    assert ("acme-orders-pipeline", "build") in with_secrets
    assert ("acme-orders-prod", "function") in with_secrets
    assert not any(stack.startswith("acme-invoices") for stack, _ in with_secrets)


def test_a_service_without_secrets_pays_for_no_key_of_them(full: Assembly) -> None:
    for owner, _ in owners(full):
        if not owner.secrets:
            assert of_type(full, owner.stack, "AWS::SecretsManager::ResourcePolicy") == {}
            keys = of_type(full, owner.stack, "AWS::KMS::Key").values()
            assert [k for k in keys if "secretsmanager" in json.dumps(k)] == []
            assert "SECRET_" not in json.dumps(full.templates[owner.stack])


def test_the_secrets_of_a_stack_share_a_key_that_encrypts_nothing_else(
    assembly: Assembly,
) -> None:
    for owner, _ in owners(assembly):
        keys = {
            secret["Properties"]["KmsKeyId"]["Fn::GetAtt"][0]
            for secret in secrets(assembly, owner.stack).values()
        }
        if not owner.secrets:
            assert keys == set()
            continue
        [key] = keys
        assert assembly.templates[owner.stack]["Resources"][key]["Type"] == "AWS::KMS::Key"
        users = {
            resource["Type"]
            for logical_id, resource in assembly.templates[owner.stack]["Resources"].items()
            if logical_id != key and f'"{key}"' in json.dumps(resource)
        }
        # The policy lets the readers decrypt.
        assert users == {"AWS::SecretsManager::Secret", "AWS::IAM::ManagedPolicy"}


def test_that_key_is_used_through_secrets_manager_alone(assembly: Assembly) -> None:
    for owner, _ in owners(assembly):
        for secret in secrets(assembly, owner.stack).values():
            key = assembly.templates[owner.stack]["Resources"][
                secret["Properties"]["KmsKeyId"]["Fn::GetAtt"][0]
            ]["Properties"]
            for statement in statements(key["KeyPolicy"]):
                if statement["Sid"] == "UseThroughServices":
                    [via] = statement["Condition"]["StringEquals"]["kms:ViaService"]
                    assert "secretsmanager." in json.dumps(via)
                else:
                    assert statement["Sid"] in {"Administer", "Deploy"}
            assert len(statements(key["KeyPolicy"])) == 3


def test_reading_is_denied_to_all_but_the_readers(assembly: Assembly) -> None:
    for owner, use in owners(assembly):
        readers = (
            [function_role(assembly, owner.stack)]
            if use == "function"
            else build_roles(assembly, owner.stack)
        )
        assert len(readers) == (1 if use == "function" else 2)
        policies = of_type(assembly, owner.stack, "AWS::SecretsManager::ResourcePolicy").values()
        guarded = [policy["Properties"]["SecretId"]["Ref"] for policy in policies]
        assert sorted(guarded) == sorted(secrets(assembly, owner.stack))
        for policy in policies:
            assert policy["Properties"]["BlockPublicPolicy"] is True
            [statement] = statements(policy["Properties"]["ResourcePolicy"])
            [(key, allowed)] = statement["Condition"]["StringNotEquals"].items()
            assert key == "aws:PrincipalArn"
            secret = secrets(assembly, owner.stack)[policy["Properties"]["SecretId"]["Ref"]]
            rotated = secret["Properties"]["Name"] in owner.generated
            rotators = rotation_role(assembly, owner.stack) if rotated else []
            assert len(rotators) == rotated
            expected = [*readers, *rotators]
            allowed = allowed if isinstance(allowed, list) else [allowed]
            assert sorted(map(json.dumps, allowed)) == sorted(map(json.dumps, expected))
            assert {k: v for k, v in statement.items() if k not in {"Sid", "Condition"}} == {
                "Effect": "Deny",
                "Principal": {"AWS": "*"},
                "Action": "secretsmanager:GetSecretValue",
                "Resource": "*",
            }
            assert set(statement["Condition"]) == {"StringNotEquals"}


def test_the_functions_environment_refers_to_each_secret_by_its_arn(assembly: Assembly) -> None:
    for owner, use in owners(assembly):
        if use != "function":
            continue
        [variables] = [
            p.get("Environment", {}).get("Variables", {})
            for _, _, p in assembly.resources("AWS::Lambda::Function", owner.stack)
            if p["FunctionName"] == owner.stack
        ]
        by_name = {s["Properties"]["Name"]: i for i, s in secrets(assembly, owner.stack).items()}
        named = {name: arn for name, arn in variables.items() if name.startswith("SECRET_")}
        assert named == {
            f"SECRET_{name.upper().replace('-', '_')}": {"Ref": by_name[f"{owner.prefix}/{name}"]}
            for name in owner.secrets
        }


def test_hooks_hear_of_no_secret(assembly: Assembly) -> None:
    for stack, _, properties in assembly.resources("AWS::Lambda::Function"):
        if properties.get("FunctionName") != stack:
            assert "SECRET" not in json.dumps(properties.get("Environment", {}))


def keys_of(value: object) -> Iterator[str]:
    """Every key anywhere in a template."""
    match value:
        case dict():
            for key, inner in value.items():
                yield str(key)
                yield from keys_of(inner)
        case list():
            for inner in value:
                yield from keys_of(inner)


def test_no_template_holds_a_secrets_value(assembly: Assembly) -> None:
    for template in assembly.templates.values():
        assert "SecretString" not in set(keys_of(template))
        # A dynamic reference would put the value into what CloudFormation sends.
        assert "{{resolve:" not in json.dumps(template)


def test_what_is_generated_is_made_long_and_random_and_what_is_not_has_no_value(
    assembly: Assembly,
) -> None:
    """A random value in place of one from elsewhere would be sent to whoever issues it."""
    for owner, _ in owners(assembly):
        for secret in secrets(assembly, owner.stack).values():
            generate = secret["Properties"].get("GenerateSecretString")
            assert bool(generate) == (secret["Properties"]["Name"] in owner.generated)
            if generate:
                assert generate["PasswordLength"] >= 32
                assert "SecretStringTemplate" not in generate


def test_secrets_are_kept_when_their_stack_is_deleted(assembly: Assembly) -> None:
    for owner, _ in owners(assembly):
        for secret in secrets(assembly, owner.stack).values():
            assert secret["DeletionPolicy"] == "Retain"
            assert secret["UpdateReplacePolicy"] == "Retain"


def test_who_reads_a_secret_is_made_after_its_policy(assembly: Assembly) -> None:
    """Otherwise everybody in the account could read it for a while."""
    for owner, use in owners(assembly):
        policies = set(of_type(assembly, owner.stack, "AWS::SecretsManager::ResourcePolicy"))
        kind = "AWS::Lambda::Function" if use == "function" else "AWS::CodeBuild::Project"
        readers = [
            resource
            for resource in of_type(assembly, owner.stack, kind).values()
            if (
                resource["Properties"]["Name"].endswith(WITH_SECRETS)
                if use == "build"
                else resource["Properties"]["FunctionName"] == owner.stack
            )
        ]
        assert len(readers) == (1 if use == "function" else 2)
        for reader in readers:
            assert policies <= set(reader.get("DependsOn", []))
