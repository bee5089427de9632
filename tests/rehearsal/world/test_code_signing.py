"""AWS Signer signs as its caller may, and Lambda takes no code that is not signed as it must be."""

import io
import json
import zipfile
from typing import Any

import pytest

from rehearsal.world.world import World
from tests.rehearsal.world.conftest import Client
from tests.rehearsal.world.lambdas import package, role
from tests.rehearsal.world.roles import allow, assert_decides

SIGNATURE = "META_INF/aws_signer_signature_v1.0.SF"
CODE = {name: package(f"def handle(event, context): return {name!r}") for name in ("one", "two")}
PROFILE = {
    "Type": "AWS::Signer::SigningProfile",
    "Properties": {"PlatformId": "AWSLambda-SHA384-ECDSA"},
}


def config(profile: str, policy: str) -> dict[str, Any]:
    publisher = {"Fn::GetAtt": [profile, "ProfileVersionArn"]}
    return {
        "Type": "AWS::Lambda::CodeSigningConfig",
        "Properties": {
            "AllowedPublishers": {"SigningProfileVersionArns": [publisher]},
            "CodeSigningPolicies": {"UntrustedArtifactOnDeployment": policy},
        },
    }


@pytest.fixture(scope="module")
def names(world: World, aws: Client) -> dict[str, str]:
    """Two profiles, a configuration that enforces the first's signature and one that warns."""
    where = {"LocationConstraint": world.region}
    aws("s3").create_bucket(Bucket="code", CreateBucketConfiguration=where)
    aws("s3").put_bucket_versioning(Bucket="code", VersioningConfiguration={"Status": "Enabled"})
    resources = {
        "Ours": PROFILE,
        "Other": PROFILE,
        "Enforced": config("Ours", "Enforce"),
        "Warned": config("Ours", "Warn"),
    }
    outputs = {
        **{name: {"Value": {"Fn::GetAtt": [name, "ProfileName"]}} for name in ("Ours", "Other")},
        **{
            name: {"Value": {"Fn::GetAtt": [name, "CodeSigningConfigArn"]}}
            for name in ("Enforced", "Warned")
        },
    }
    status, found = deploy(world, aws, "signing", {"Resources": resources, "Outputs": outputs})
    assert status == "CREATE_COMPLETE"
    return {**found, "role": role(aws, "executor")}


def deploy(
    world: World, aws: Client, name: str, template: dict[str, Any]
) -> tuple[str, dict[str, str]]:
    stacks = aws("cloudformation")
    known = name in str(stacks.list_stacks()["StackSummaries"])
    with world.clock.busy():
        change = stacks.update_stack if known else stacks.create_stack
        change(StackName=name, TemplateBody=json.dumps(template))
        world.clock.sleep(1)
    [found] = stacks.describe_stacks(StackName=name)["Stacks"]
    outputs = {each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", [])}
    return str(found["StackStatus"]), outputs


def put(aws: Client, key: str, content: bytes) -> str:
    return str(aws("s3").put_object(Bucket="code", Key=key, Body=content)["VersionId"])


def request(aws: Client, profile: str, code: str = "one", asked_as: str = "once") -> dict[str, Any]:
    source = {
        "bucketName": "code",
        "key": f"{code}.zip",
        "version": put(aws, f"{code}.zip", CODE[code]),
    }
    return {
        "source": {"s3": source},
        "destination": {"s3": {"bucketName": "code", "prefix": "signed/"}},
        "profileName": profile,
        "clientRequestToken": asked_as,
    }


def sign(world: World, aws: Client, profile: str, code: str = "one") -> str:
    """Have code signed; the key where it lies then."""
    token = f"{profile}/{code}"
    job = aws("signer").start_signing_job(**request(aws, profile, code, token))["jobId"]
    with world.clock.busy():
        world.clock.sleep(10)
    said = aws("signer").describe_signing_job(jobId=job)
    assert said["status"] == "Succeeded"
    return str(said["signedObject"]["s3"]["key"])


def read(aws: Client, key: str) -> dict[str, bytes]:
    content = aws("s3").get_object(Bucket="code", Key=key)["Body"].read()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def function(names: dict[str, str], key: str, under: str | None, name: str) -> dict[str, Any]:
    properties = {
        "FunctionName": name,
        "Role": names["role"],
        "Runtime": "python3.13",
        "Handler": "handler.handle",
        "Code": {"S3Bucket": "code", "S3Key": key},
        **({"CodeSigningConfigArn": names[under]} if under else {}),
    }
    return {"Resources": {"App": {"Type": "AWS::Lambda::Function", "Properties": properties}}}


def test_a_job_takes_its_time_and_adds_a_signature_to_what_it_was_given(
    world: World, aws: Client, names: dict[str, str]
) -> None:
    asked = request(aws, names["Ours"])
    with world.clock.busy():
        job = aws("signer").start_signing_job(**asked)["jobId"]
        begun = aws("signer").describe_signing_job(jobId=job)
        again = aws("signer").start_signing_job(**asked)["jobId"]
        world.clock.sleep(10)
    over = aws("signer").describe_signing_job(jobId=job)

    assert again == job
    assert begun["status"] == "InProgress"
    assert "signedObject" not in begun
    assert over["status"] == "Succeeded"
    files = read(aws, over["signedObject"]["s3"]["key"])
    with zipfile.ZipFile(io.BytesIO(CODE["one"])) as archive:
        given = {name: archive.read(name) for name in archive.namelist()}
    assert {name: files[name] for name in given} == given
    assert set(files) - set(given) == {"META_INF/", SIGNATURE}


@pytest.mark.parametrize(
    "missing", ["s3:GetObjectVersion", "s3:PutObject", "signer:StartSigningJob"]
)
def test_a_job_reads_and_writes_as_whoever_starts_it(
    world: World, aws: Client, names: dict[str, str], missing: str
) -> None:
    needed = ["s3:GetObjectVersion", "s3:PutObject", "signer:StartSigningJob"]
    asked = request(aws, names["Ours"])

    def start(client: Client) -> object:
        return client("signer").start_signing_job(**asked | {"clientRequestToken": missing})

    left = " ".join(each for each in needed if each != missing)
    assert_decides(world, start, [allow(" ".join(needed), "*")], [allow(left, "*")], names=missing)


def test_under_enforcement_a_function_gets_code_that_the_profile_has_signed_and_no_other(
    world: World, aws: Client, names: dict[str, str]
) -> None:
    ours, other = sign(world, aws, names["Ours"]), sign(world, aws, names["Other"])
    changed = read(aws, ours)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, value in changed.items():
            archive.writestr(name, value if name == SIGNATURE else value + b"#")
    put(aws, "changed.zip", content.getvalue())

    for number, key in enumerate(("one.zip", other, "changed.zip")):
        stack = function(names, key, "Enforced", f"refused{number}")
        assert deploy(world, aws, f"refused{number}", stack)[0] == "ROLLBACK_COMPLETE"
    assert deploy(world, aws, "app", function(names, ours, "Enforced", "app"))[0] == (
        "CREATE_COMPLETE"
    )
    answer = aws("lambda").invoke(FunctionName="app")["Payload"].read()
    assert json.loads(answer) == "one"
    put(aws, "two.zip", CODE["two"])
    update = function(names, "two.zip", "Enforced", "app")
    assert deploy(world, aws, "app", update)[0] == "UPDATE_ROLLBACK_COMPLETE"
    assert json.loads(aws("lambda").invoke(FunctionName="app")["Payload"].read()) == "one"


def test_a_warning_lets_code_in_and_a_function_keeps_the_code_that_it_has(
    world: World, aws: Client, names: dict[str, str]
) -> None:
    put(aws, "one.zip", CODE["one"])
    warned = function(names, "one.zip", "Warned", "warned")
    assert deploy(world, aws, "warned", warned)[0] == "CREATE_COMPLETE"
    enforced = function(names, "one.zip", "Enforced", "warned")
    assert deploy(world, aws, "warned", enforced)[0] == "UPDATE_COMPLETE"
