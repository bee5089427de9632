"""Defects of the builds."""

from tests.mutations.changes import drop, put
from tests.mutations.mutation import Mutation

PROJECT = "AWS::CodeBuild::Project"
IMAGE = "Properties.Environment.Image"
PRIVATE = "CodeBuild User Guide, Public build projects"


def project(name: str, source: str, path: str, value: object) -> Mutation:
    return Mutation(name=name, source=source, resource_type=PROJECT, change=put(path, value))


SEEDS = (
    project(
        "a build's log is off",
        "FSBP CodeBuild.4",
        "Properties.LogsConfig.CloudWatchLogs.Status",
        "DISABLED",
    ),
    Mutation(
        name="a build says nothing of its log",
        source="FSBP CodeBuild.4",
        resource_type=PROJECT,
        change=drop("Properties.LogsConfig"),
    ),
    project(
        "a build's log is stored in the open",
        "FSBP CodeBuild.3; aws-cdk GHSA-464c-974j-9xm6",
        "Properties.LogsConfig.S3Logs",
        {"Status": "ENABLED", "EncryptionDisabled": True, "Location": "logs"},
    ),
    project(
        "a build runs in the latest image",
        "OWASP CICD-SEC-3",
        IMAGE,
        "public.ecr.aws/docker/library/python:latest",
    ),
    project(
        "a build's image has no date",
        "OWASP CICD-SEC-3",
        IMAGE,
        "aws/codebuild/amazonlinux-aarch64-standard:3.0",
    ),
    project(
        "a build is privileged",
        "FSBP CodeBuild.5",
        "Properties.Environment.PrivilegedMode",
        value=True,
    ),
    project("a build is public", PRIVATE, "Properties.Visibility", "PUBLIC_READ"),
    project(
        "a build's source may be anybody's",
        "CodeBuild API Reference, ProjectSource: insecureSsl",
        "Properties.Source.InsecureSsl",
        value=True,
    ),
    project(
        "a build's token stands in the template",
        "FSBP CodeBuild.2",
        "Properties.Environment.EnvironmentVariables",
        [{"Name": "NPM_TOKEN", "Type": "PLAINTEXT", "Value": "hunter2"}],
    ),
    project(
        "a webhook builds for everybody whose id contains ours",
        "Wiz Research, CodeBreach (2026)",
        "Properties.Triggers",
        {
            "Webhook": True,
            "FilterGroups": [[{"Type": "ACTOR_ACCOUNT_ID", "Pattern": "123456"}]],
        },
    ),
    project(
        "a pull request runs in a build that puts out artifacts",
        "OWASP CICD-SEC-4",
        "Properties.Triggers",
        {
            "Webhook": True,
            "FilterGroups": [[{"Type": "EVENT", "Pattern": "PULL_REQUEST_CREATED"}]],
        },
    ),
    project(
        "a build leaves a cache to the next one",
        "SLSA v1.2, Build track: isolated",
        "Properties.Cache",
        {"Type": "LOCAL", "Modes": ["LOCAL_CUSTOM_CACHE"]},
    ),
    project(
        "a build runs what the source says",
        "OWASP CICD-SEC-4",
        "Properties.Source.BuildSpec",
        "buildspec.yml",
    ),
    Mutation(
        name="a build encrypts with a key that all may use",
        source="AwsSolutions-CB4",
        resource_type=PROJECT,
        change=drop("Properties.EncryptionKey"),
    ),
    project(
        "a build shares the other one's role",
        "OWASP CICD-SEC-5",
        "Properties.ServiceRole",
        {"Fn::GetAtt": ["ReleaseJobRole", "Arn"]},
    ),
)
