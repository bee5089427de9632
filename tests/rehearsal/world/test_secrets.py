# ruff: noqa: S311 - nothing secret hangs on what these tests draw
"""Secrets are rotated by their function's four steps, and made as a template says."""

import json
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lockgate import rotation
from rehearsal.world.inside.plugins.secrets.passwords import value_of
from rehearsal.world.inside.plugins.secrets.schedule import DAY, HOUR, seconds_between
from rehearsal.world.world import World
from stacks.app import ROOT, ROTATION, SHARED
from tests.rehearsal.world.conftest import Client
from tests.rehearsal.world.lambdas import files_package, function, role

# As AWS's own templates do it; what the value is tells how the rotation is to go.
ROTATE = """
import boto3

def handle(event, context):
    client = boto3.client("secretsmanager")
    arn, token, step = event["SecretId"], event["ClientRequestToken"], event["Step"]
    stages = client.describe_secret(SecretId=arn)["VersionIdsToStages"]
    assert "AWSPENDING" in stages[token], stages
    current = next(version for version in stages if "AWSCURRENT" in stages[version])
    value = client.get_secret_value(SecretId=arn, VersionStage="AWSCURRENT")["SecretString"]
    if step == "createSecret":
        try:
            client.get_secret_value(SecretId=arn, VersionId=token, VersionStage="AWSPENDING")
            raise RuntimeError("there is a value already")
        except client.exceptions.ResourceNotFoundException:
            client.put_secret_value(
                SecretId=arn,
                ClientRequestToken=token,
                SecretString=value + "+",
                VersionStages=["AWSPENDING"],
            )
    elif step == "testSecret" and value.startswith("bad"):
        raise ValueError("the new value does not work")
    elif step == "finishSecret" and not value.startswith("lazy"):
        client.update_secret_version_stage(
            SecretId=arn,
            VersionStage="AWSCURRENT",
            MoveToVersionId=token,
            RemoveFromVersionId=current,
        )
"""
MINE = {"Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*"}


@pytest.fixture(scope="module")
def rotator(aws: Client) -> str:
    """A function that Secrets Manager may invoke on behalf of this account's secrets."""
    made = function(aws, "rotator", ROTATE, MINE)
    aws("lambda").add_permission(
        FunctionName="rotator",
        StatementId="secrets",
        Action="lambda:InvokeFunction",
        Principal="secretsmanager.amazonaws.com",
        SourceAccount="111122223333",
    )
    return str(made["FunctionArn"])


def value(aws: Client, name: str, stage: str = "AWSCURRENT") -> str:
    found = aws("secretsmanager").get_secret_value(SecretId=name, VersionStage=stage)
    return str(found["SecretString"])


def name_of(aws: Client, arn: str) -> str:
    return str(aws("secretsmanager").describe_secret(SecretId=arn)["Name"])


def rotate(world: World, aws: Client, name: str, first: str, **more: object) -> dict[str, Any]:
    with world.clock.busy():
        aws("secretsmanager").create_secret(Name=name, SecretString=first)
        asked: dict[str, Any] = aws("secretsmanager").rotate_secret(SecretId=name, **more)
        world.clock.sleep(1)
    return asked


def test_a_rotation_makes_the_pending_version_the_current_one(
    world: World, aws: Client, rotator: str
) -> None:
    asked = rotate(
        world,
        aws,
        "good",
        "good",
        RotationLambdaARN=rotator,
        RotationRules={"ScheduleExpression": "rate(4 hours)"},
    )
    assert (value(aws, "good"), value(aws, "good", "AWSPREVIOUS")) == ("good+", "good")
    about = aws("secretsmanager").describe_secret(SecretId="good")
    assert "AWSCURRENT" in about["VersionIdsToStages"][asked["VersionId"]]
    assert about["RotationEnabled"]
    between = about["NextRotationDate"] - about["LastRotatedDate"]
    assert between.total_seconds() == 4 * HOUR
    # And again when it is due, without anybody's asking.
    with world.clock.busy():
        world.clock.sleep(5 * HOUR)
    assert value(aws, "good") == "good++"


@pytest.mark.parametrize(
    ("first", "why"), [("bad", "the new value does not work"), ("lazy", "without AWSCURRENT")]
)
def test_a_rotation_that_fails_says_so_and_changes_nothing(
    world: World, aws: Client, rotator: str, first: str, why: str
) -> None:
    rotate(world, aws, first, first, RotationLambdaARN=rotator)
    assert value(aws, first) == first
    assert value(aws, first, "AWSPENDING") == f"{first}+"
    assert why in world.log.read_text()
    with pytest.raises(ClientError, match="previous rotation isn't complete"):
        aws("secretsmanager").rotate_secret(SecretId=first)


def test_a_function_must_let_secrets_manager_in(world: World, aws: Client) -> None:
    closed = function(aws, "closed", ROTATE, MINE)["FunctionArn"]
    aws("secretsmanager").create_secret(Name="kept", SecretString="kept")
    with pytest.raises(ClientError, match="cannot invoke the specified Lambda function"):
        aws("secretsmanager").rotate_secret(SecretId="kept", RotationLambdaARN=closed)
    with pytest.raises(ClientError, match="No Lambda rotation function"):
        aws("secretsmanager").rotate_secret(SecretId="kept")
    assert value(aws, "kept") == "kept", world


@pytest.fixture(scope="module")
def our_rotator(aws: Client) -> str:
    """The function that is delivered, under a role with what its own is given."""
    may = {"Effect": "Allow", "Action": [*rotation.ALL_ACTIONS], "Resource": "*"}
    made = aws("lambda").create_function(
        FunctionName="our-rotator",
        Role=role(aws, "our-rotator-role", may),
        Runtime="python3.13",
        Handler="rotate.handle",
        Timeout=rotation.TIMEOUT_SECONDS,
        Environment={"Variables": {"VALUE_LENGTH": "32"}},
        Code={
            "ZipFile": files_package(
                *sorted((ROOT / "lambda" / ROTATION).glob("*.py")), *SHARED.values()
            )
        },
    )
    aws("lambda").add_permission(
        FunctionName="our-rotator",
        StatementId="secrets",
        Action="lambda:InvokeFunction",
        Principal="secretsmanager.amazonaws.com",
        SourceAccount="111122223333",
    )
    return str(made["FunctionArn"])


def test_our_own_function_rotates_by_hand_and_on_schedule(
    world: World, aws: Client, our_rotator: str
) -> None:
    first = "f" * 32
    rotate(
        world,
        aws,
        "ours",
        first,
        RotationLambdaARN=our_rotator,
        RotationRules={"AutomaticallyAfterDays": 30},
    )
    second = value(aws, "ours")
    assert len(second) == 32
    assert second != first
    assert value(aws, "ours", "AWSPREVIOUS") == first
    with world.clock.busy():
        world.clock.sleep(30 * DAY + HOUR)
    assert value(aws, "ours") not in {first, second}
    assert value(aws, "ours", "AWSPREVIOUS") == second
    assert "the rotation of ours failed" not in world.log.read_text()


def test_a_template_makes_a_secret_its_policy_and_its_rotation(
    world: World, aws: Client, rotator: str
) -> None:
    generate = {"ExcludePunctuation": True, "PasswordLength": 32}
    deny = {
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": "secretsmanager:DeleteSecret",
        "Resource": "*",
    }
    policy = {
        "SecretId": {"Ref": "Secret"},
        "BlockPublicPolicy": True,
        "ResourcePolicy": {"Version": "2012-10-17", "Statement": [deny]},
    }
    schedule = {
        "SecretId": {"Ref": "Secret"},
        "RotationLambdaARN": rotator,
        "RotationRules": {"ScheduleExpression": "rate(10 days)"},
    }
    kind = "AWS::SecretsManager"
    resources: dict[str, Any] = {
        "Secret": {"Type": f"{kind}::Secret", "Properties": {"GenerateSecretString": generate}},
        "Policy": {"Type": f"{kind}::ResourcePolicy", "Properties": policy},
        "Schedule": {"Type": f"{kind}::RotationSchedule", "Properties": schedule},
    }
    outputs = {"Arn": {"Value": {"Ref": "Secret"}}}
    cloudformation = aws("cloudformation")

    def deploy(change: Callable[..., object]) -> dict[str, Any]:
        with world.clock.busy():
            change(
                StackName="secrets",
                TemplateBody=json.dumps({"Resources": resources, "Outputs": outputs}),
            )
            world.clock.sleep(1)
        found: dict[str, Any] = cloudformation.describe_stacks(StackName="secrets")["Stacks"][0]
        return found

    made = deploy(cloudformation.create_stack)
    assert made["StackStatus"] == "CREATE_COMPLETE"
    arn = made["Outputs"][0]["OutputValue"]
    assert arn.startswith("arn:aws:secretsmanager:")
    assert f"the rotation of {name_of(aws, arn)} failed" not in world.log.read_text()
    first = value(aws, arn, "AWSPREVIOUS")
    assert len(first) == 32
    assert first.isalnum()
    assert value(aws, arn) == f"{first}+"
    kept = aws("secretsmanager").get_resource_policy(SecretId=arn)["ResourcePolicy"]
    assert json.loads(kept) == policy["ResourcePolicy"]
    del resources["Schedule"]
    policy["ResourcePolicy"] = {"Statement": [{**deny, "Effect": "Allow"}]}
    refused = deploy(cloudformation.update_stack)
    assert refused["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    del resources["Policy"]
    assert deploy(cloudformation.update_stack)["StackStatus"] == "UPDATE_COMPLETE"
    assert not aws("secretsmanager").describe_secret(SecretId=arn)["RotationEnabled"]
    assert "ResourcePolicy" not in aws("secretsmanager").get_resource_policy(SecretId=arn)


def test_a_value_has_what_its_rules_ask_for(world: World) -> None:
    rules = {"PasswordLength": 8, "ExcludeNumbers": "true", "ExcludeCharacters": "abc"}
    properties = {
        "GenerateSecretString": {
            **rules,
            "SecretStringTemplate": '{"user": "me"}',
            "GenerateStringKey": "password",
        }
    }
    made = json.loads(value_of(properties, Random(world.seed)))
    assert made["user"] == "me"
    assert len(made["password"]) == 8
    assert not set(made["password"]) & set("abc0123456789")
    assert value_of({"SecretString": "given"}, Random(1)) == "given"
    with pytest.raises(ValueError, match="no password"):
        value_of({"GenerateSecretString": {"PasswordLength": 2}}, Random(1))


def test_a_schedule_is_a_number_of_days_or_a_rate() -> None:
    assert seconds_between({"AutomaticallyAfterDays": 3}) == 3 * DAY
    assert seconds_between({"ScheduleExpression": "rate(6 hours)"}) == 6 * HOUR
    assert seconds_between({}) is None
    for wrong in ("rate(1 hour)", "cron(0 0 * * ? *)"):
        with pytest.raises(Exception, match="hours"):
            seconds_between({"ScheduleExpression": wrong})
