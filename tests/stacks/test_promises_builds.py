"""A build is pinned, bounded and logged, and gets its secrets from Secrets Manager alone."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from stacks.app import ROOT
from stacks.pipeline import BUILDSPECS as COMMITTED
from tests.assembly import Assembly

# A curated image under a tag that holds its date: AWS never moves such a tag.
DATED_IMAGE = re.compile(r"aws/codebuild/[a-z0-9-]+:\d+\.\d+-\d{2}\.\d{2}\.\d{2}")
SECRET_LIKE = re.compile(
    r"SECRET|TOKEN|PASSW|CREDENTIAL|PRIVATE|API_?KEY|ACCESS_?KEY|(^|_)(KEY|PAT|AUTH)($|_)",
    re.IGNORECASE,
)
LONGEST_MINUTES = 60
BUILDSPECS = {
    "verify": ROOT / "services" / "orders" / "buildspec.yml",
    "package": COMMITTED / "package.yml",
    "audit": COMMITTED / "audit.yml",
    "integrate": ROOT / "services" / "orders" / "integration.yml",
}


def projects(assembly: Assembly) -> list[tuple[str, dict[str, Any]]]:
    """The stack and the properties of each build."""
    found = [(stack, p) for stack, _, p in assembly.resources("AWS::CodeBuild::Project")]
    assert found
    return found


def of_releases(assembly: Assembly) -> list[tuple[str, dict[str, Any]]]:
    """The builds that a pipeline runs: three a service, and one for each of its environments."""
    found = [(stack, p) for stack, p in projects(assembly) if stack.endswith("-pipeline")]
    services = assembly.delivery.services
    assert len(found) == sum(3 + len(service.environments) for service in services)
    return found


def of_a_release(assembly: Assembly) -> list[tuple[str, dict[str, Any]]]:
    """Those that test and package a release, before any environment gets it."""
    kinds = ("-verify", "-package")
    return [(stack, p) for stack, p in projects(assembly) if p["Name"].endswith(kinds)]


def plain_secrets(project: dict[str, Any]) -> Iterator[str]:
    """Environment variables that are stated in the open although their names say secret."""
    for variable in project["Environment"].get("EnvironmentVariables", []):
        kind = variable.get("Type", "PLAINTEXT")
        if kind != "SECRETS_MANAGER" and SECRET_LIKE.search(variable["Name"]):
            yield variable["Name"]


def test_each_build_runs_in_a_dated_image(assembly: Assembly) -> None:
    for _, project in projects(assembly):
        assert DATED_IMAGE.fullmatch(project["Environment"]["Image"])


@pytest.mark.parametrize(
    "image",
    [
        "aws/codebuild/amazonlinux-aarch64-standard:3.0",
        "aws/codebuild/standard:latest",
        "python:3.13",
    ],
)
def test_an_image_that_can_change_is_found(image: str) -> None:
    assert not DATED_IMAGE.fullmatch(image)


def test_no_build_is_privileged(assembly: Assembly) -> None:
    for _, project in projects(assembly):
        assert project["Environment"]["PrivilegedMode"] is False


def test_each_build_ends_in_time_and_waits_no_longer_than_that(assembly: Assembly) -> None:
    for _, project in projects(assembly):
        assert 5 <= project["TimeoutInMinutes"] <= LONGEST_MINUTES
        assert 5 <= project["QueuedTimeoutInMinutes"] <= LONGEST_MINUTES


def test_each_build_writes_its_log_to_a_group_of_its_own(assembly: Assembly) -> None:
    groups = []
    for stack, project in projects(assembly):
        logs = project["LogsConfig"]["CloudWatchLogs"]
        assert logs["Status"] == "ENABLED"
        group = logs["GroupName"]["Ref"]
        assert assembly.templates[stack]["Resources"][group]["Type"] == "AWS::Logs::LogGroup"
        groups.append((stack, group))
    assert len(set(groups)) == len(groups)


def test_each_build_has_a_role_of_its_own(assembly: Assembly) -> None:
    roles = [(stack, p["ServiceRole"]["Fn::GetAtt"][0]) for stack, p in projects(assembly)]
    assert len(set(roles)) == len(roles)


def test_a_build_shares_no_cache_with_another(assembly: Assembly) -> None:
    for _, project in projects(assembly):
        assert project["Cache"] == {"Type": "NO_CACHE"}


def test_no_secret_stands_in_a_builds_environment(assembly: Assembly) -> None:
    assert [name for _, project in projects(assembly) for name in plain_secrets(project)] == []


@pytest.mark.parametrize(
    "name", ["SIGNING_KEY", "GITHUB_TOKEN", "DB_PASSWORD", "API_KEY", "NPM_AUTH", "SecretValue"]
)
def test_a_plain_secret_is_found(name: str) -> None:
    variable = {"Name": name, "Type": "PLAINTEXT", "Value": "x"}
    assert list(plain_secrets({"Environment": {"EnvironmentVariables": [variable]}})) == [name]
    variable = {"Name": name, "Type": "SECRETS_MANAGER", "Value": "x"}
    assert list(plain_secrets({"Environment": {"EnvironmentVariables": [variable]}})) == []


def test_both_builds_get_the_services_build_secrets_by_reference(full: Assembly) -> None:
    for service in full.delivery.services:
        stack = f"{full.delivery.name}-{service.name}-pipeline"
        resources = full.templates[stack]["Resources"]
        wanted = {
            f"SECRET_{secret.name.upper().replace('-', '_')}": secret.name
            for secret in service.secrets
            if secret.used_by == "build"
        }
        for project in (p for where, p in of_a_release(full) if where == stack):
            got = {
                variable["Name"]: resources[variable["Value"]["Ref"]]["Properties"]["Name"]
                for variable in project["Environment"].get("EnvironmentVariables", [])
                if variable["Type"] == "SECRETS_MANAGER"
            }
            assert {name: secret.rpartition("/")[2] for name, secret in got.items()} == wanted


def test_the_full_delivery_has_a_service_with_build_secrets_and_one_without(
    full: Assembly,
) -> None:
    uses = [{secret.used_by for secret in service.secrets} for service in full.delivery.services]
    assert [("build" in use) for use in uses] == [True, False]


def test_only_the_package_build_hears_which_delivery_file_to_read(assembly: Assembly) -> None:
    plain = {
        (project["Name"].rpartition("-")[2], variable["Name"])
        for _, project in projects(assembly)
        for variable in project["Environment"].get("EnvironmentVariables", [])
        if variable["Type"] == "PLAINTEXT"
    }
    assert plain == {("package", "DELIVERY"), ("integrate", "FUNCTION")}


def test_each_build_runs_on_managed_arm_and_encrypts_with_the_artifact_key(
    assembly: Assembly,
) -> None:
    for _, project in of_releases(assembly):
        assert project["Environment"]["Type"] == "ARM_CONTAINER"
        assert project["Environment"]["ImagePullCredentialsType"] == "CODEBUILD"
        export = f"{assembly.delivery.name}-artifact-key"
        assert project["EncryptionKey"] == {"Fn::ImportValue": export}


def test_every_build_encrypts_with_a_key_of_the_delivery(assembly: Assembly) -> None:
    """CodeBuild takes a key of AWS that all of the account may use where none is named."""
    for stack, project in projects(assembly):
        key = project.get("EncryptionKey")
        assert key, (stack, project["Name"])
        assert "alias/aws" not in str(key), (stack, project["Name"])


def test_each_build_reads_no_buildspec_of_the_source(assembly: Assembly) -> None:
    """Inline, so that a commit changes what runs only through the pipeline's own stack."""
    for _, project in of_releases(assembly):
        assert project["Source"]["Type"] == "CODEPIPELINE"
        inline = yaml.safe_load(project["Source"]["BuildSpec"])
        committed = BUILDSPECS[project["Name"].rpartition("-")[2]]
        assert inline == yaml.safe_load(committed.read_text())
