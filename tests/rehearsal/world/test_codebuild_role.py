"""Whatever a build reads, writes and asks for, it does as its project's role."""

import io
import json
import zipfile

import pytest

from rehearsal.world.world import World
from tests.rehearsal.world.builds import (
    COMMANDS,
    LAST,
    PHASES,
    build,
    failure,
    log,
    phases,
    project,
)
from tests.rehearsal.world.conftest import Client
from tests.rehearsal.world.lambdas import role


@pytest.fixture(scope="module", autouse=True)
def places(aws: Client, world: World) -> None:
    """The log group and the buckets that every build here may use."""
    aws("logs").create_log_group(logGroupName="/builds")
    for bucket in ("sources", "outputs"):
        where = {"LocationConstraint": world.region}
        aws("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration=where)


def archive(**files: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as made:
        for name, text in files.items():
            made.writestr(name.replace("__", "/"), text)
    return content.getvalue()


def test_a_build_reads_its_source_and_puts_out_its_artifact_as_its_role(
    aws: Client, world: World
) -> None:
    spec = """version: 0.2
phases: {build: {commands: ["mkdir -p out/deep", "cp text out/deep/copy", "echo no > no"]}}
artifacts: {base-directory: out, files: ["**/*"]}
"""
    source = archive(**{"ours.yml": spec, "text": "hello"})
    aws("s3").put_object(Bucket="sources", Key="in.zip", Body=source)
    s3 = {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "arn:aws:s3:::sources/*"}
    put = {"Effect": "Allow", "Action": ["s3:PutObject"], "Resource": "arn:aws:s3:::outputs/*"}
    output = {"type": "S3", "location": "outputs", "name": "out.zip", "packaging": "ZIP"}
    from_s3 = {"type": "S3", "location": "sources/in.zip", "buildspec": "ours.yml"}
    project(aws, "whole", "", s3, put, source=from_s3, artifacts=output)
    found = build(aws, "whole")
    assert found["buildStatus"] == "SUCCEEDED", failure(found)
    assert phases(found) == [*PHASES, *COMMANDS, "UPLOAD_ARTIFACTS", *LAST]
    assert found["endTime"] == found["startTime"] == world.clock.now()
    body = aws("s3").get_object(Bucket="outputs", Key="out.zip")["Body"].read()
    with zipfile.ZipFile(io.BytesIO(body)) as made:
        assert {name: made.read(name) for name in made.namelist()} == {"deep/copy": b"hello"}
    project(aws, "no-get", "", put, source=from_s3, artifacts=output)
    found = build(aws, "no-get")
    assert failure(found)[:2] == ("DOWNLOAD_SOURCE", "CLIENT_ERROR")
    assert "AccessDenied" in failure(found)[2]
    project(aws, "no-put", "", s3, source=from_s3, artifacts=output)
    found = build(aws, "no-put")
    assert failure(found)[:2] == ("UPLOAD_ARTIFACTS", "CLIENT_ERROR")


def test_secrets_are_read_as_the_role_and_never_shown(aws: Client) -> None:
    secrets = aws("secretsmanager")
    arn = secrets.create_secret(Name="team/token", SecretString='{"key": "hidden-value"}')["ARN"]
    aws("ssm").put_parameter(Name="/level", Value="high-level", Type="String")
    spec = """env: {parameter-store: {LEVEL: /level}}
phases: {build: {commands: ["echo $TOKEN, $LEVEL", "echo ${#TOKEN}"]}}
"""
    token = {"name": "TOKEN", "type": "SECRETS_MANAGER", "value": f"{arn}:key"}
    read = [
        {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": arn},
        {"Effect": "Allow", "Action": "ssm:GetParameter*", "Resource": "*"},
    ]
    found = build(aws, project(aws, "told", spec, *read, variables=[token]))
    assert found["buildStatus"] == "SUCCEEDED", failure(found)
    assert "***, ***\n" in log(aws, found)
    assert "\n12" in log(aws, found)
    found = build(aws, project(aws, "not-told", spec, read[1], variables=[token]))
    phase, code, message = failure(found)
    assert (phase, code) == ("DOWNLOAD_SOURCE", "Secrets Manager Error Message")
    assert "AccessDeniedException" in message
    assert "secretsmanager:GetSecretValue" in message


def test_a_command_acts_as_the_project_s_role(aws: Client, world: World) -> None:
    spec = """phases: {build: {commands: [
  "echo key $AWS_ACCESS_KEY_ID",
  "[ -n \\"$AWS_SESSION_TOKEN\\" ] && [ -f \\"$AWS_CA_BUNDLE\\" ] && echo at $AWS_ENDPOINT_URL"]}}
"""
    said = log(aws, build(aws, project(aws, "acts", spec)))
    assert "key ASIA" in said
    assert f"at {world.endpoint}" in said


def test_a_build_without_its_log_s_permission_or_its_role_s_trust_fails(
    aws: Client, world: World
) -> None:
    spec = "phases: {build: {commands: [make]}}"
    silent = role(aws, "silent", service="codebuild")
    found = build(aws, project(aws, "silent", spec, serviceRole=silent))
    assert failure(found)[:2] == ("PROVISIONING", "ACCESS_DENIED")
    assert "logs:CreateLogStream" in failure(found)[2]
    for trusted, said in (("other", "sts:AssumeRole"), ("silent", "logs:CreateLogStream")):
        source = f"arn:aws:codebuild:{world.region}:{world.account}:project/{trusted}"
        trust = {
            "Effect": "Allow",
            "Principal": {"Service": "codebuild.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": {
                "StringEquals": {"aws:SourceAccount": world.account},
                "ArnLike": {"aws:SourceArn": source},
            },
        }
        document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        aws("iam").update_assume_role_policy(RoleName="silent", PolicyDocument=document)
        found = build(aws, "silent")
        assert failure(found)[:2] == ("PROVISIONING", "ACCESS_DENIED")
        assert said in failure(found)[2]


def test_missing_files_fail_the_upload(aws: Client) -> None:
    output = {"type": "S3", "location": "outputs", "packaging": "ZIP"}
    spec = "phases: {build: {commands: ['true']}}\nartifacts: {base-directory: gone, files: [a]}"
    found = build(aws, project(aws, "missing", spec, artifacts=output))
    assert failure(found)[:2] == ("UPLOAD_ARTIFACTS", "CLIENT_ERROR")
    assert "no matching base directory path found for gone" in failure(found)[2]
