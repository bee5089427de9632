"""What builds pull requests has nothing that their code could take, or pass on."""

from typing import Any

import pytest

from lockgate.rules.pull_request_project import RULE
from tests.constructs.rules.judging import MISSING, allowing, breaches, changed

BUILD_POLICY = "Triggers.PullRequestBuildPolicy"
RIGHT = {
    "Artifacts": {"Type": "NO_ARTIFACTS"},
    "Environment": {
        "EnvironmentVariables": [{"Name": "A", "Type": "PLAINTEXT", "Value": "b"}, {"Name": "C"}]
    },
    "ServiceRole": {"Fn::GetAtt": ["Role", "Arn"]},
    "Source": {"Type": "GITHUB", "BuildSpec": "version: 0.2\nphases: {}\n"},
    "Triggers": {
        "Webhook": True,
        "FilterGroups": [[{"Type": "EVENT", "Pattern": "PUSH, PULL_REQUEST_CREATED"}]],
        "PullRequestBuildPolicy": {
            "RequiresCommentApproval": "ALL_PULL_REQUESTS",
            "ApproverRoles": ["GITHUB_MAINTAIN", "GITHUB_ADMIN"],
        },
    },
}


def holder(action: str = "logs:PutLogEvents") -> dict[str, Any]:
    """A role with a policy of its own."""
    return {
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"ManagedPolicyArns": [{"Ref": "Own"}]}},
        "Own": {
            "Type": "AWS::IAM::ManagedPolicy",
            "Properties": {"PolicyDocument": allowing(action)},
        },
    }


def test_a_build_with_nothing_to_take_passes() -> None:
    assert breaches(RULE, RIGHT, beside=holder()) == []


@pytest.mark.parametrize(
    "triggers",
    [
        MISSING,
        {"Webhook": False},
        {"Webhook": True, "FilterGroups": [[{"Type": "EVENT", "Pattern": "PUSH"}]]},
    ],
)
def test_what_no_pull_request_starts_is_not_judged(triggers: object) -> None:
    project = changed(RIGHT, "Artifacts.Type", "S3")
    assert breaches(RULE, changed(project, "Triggers", triggers), beside=holder()) == []


def test_a_webhook_without_filters_builds_pull_requests_too() -> None:
    project = changed(changed(RIGHT, "Triggers.FilterGroups"), "Artifacts.Type", "S3")
    assert breaches(RULE, project, beside=holder()) == ["Artifacts.Type"]


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        (
            "Environment.EnvironmentVariables.0.Type",
            "SECRETS_MANAGER",
            "Environment.EnvironmentVariables.0.Type",
        ),
        (
            "Environment.EnvironmentVariables.1.Type",
            "PARAMETER_STORE",
            "Environment.EnvironmentVariables.1.Type",
        ),
        ("Artifacts.Type", "S3", "Artifacts.Type"),
        ("Artifacts", MISSING, "Artifacts.Type"),
        ("Source.BuildSpec", "buildspec.yml", "Source.BuildSpec"),
        ("Source.BuildSpec", MISSING, "Source.BuildSpec"),
        (
            f"{BUILD_POLICY}.RequiresCommentApproval",
            "FORK_PULL_REQUESTS",
            f"{BUILD_POLICY}.RequiresCommentApproval",
        ),
        (
            f"{BUILD_POLICY}.ApproverRoles",
            ["GITHUB_ADMIN", "GITHUB_WRITE"],
            f"{BUILD_POLICY}.ApproverRoles",
        ),
        (f"{BUILD_POLICY}.ApproverRoles", MISSING, f"{BUILD_POLICY}.ApproverRoles"),
    ],
)
def test_what_a_strangers_code_could_use_is_found(path: str, value: object, where: str) -> None:
    assert breaches(RULE, changed(RIGHT, path, value), beside=holder()) == [where]


def test_a_project_without_a_policy_is_found_with_both_of_its_settings() -> None:
    """CodeBuild's own default could be changed to none in the account."""
    assert breaches(RULE, changed(RIGHT, BUILD_POLICY), beside=holder()) == [
        f"{BUILD_POLICY}.RequiresCommentApproval",
        f"{BUILD_POLICY}.ApproverRoles",
    ]


@pytest.mark.parametrize(
    "action", ["s3:PutObject", "secretsmanager:GetSecretValue", "ssm:GetParameter"]
)
def test_a_role_that_stores_artifacts_or_reads_secrets_is_found(action: str) -> None:
    assert breaches(RULE, RIGHT, beside=holder(action)) == [f"ServiceRole ({action})"]
    inline = holder()
    inline["Role"]["Properties"]["Policies"] = [{"PolicyDocument": allowing(action)}]
    assert breaches(RULE, RIGHT, beside=inline) == [f"ServiceRole ({action})"]
    attached = holder()
    attached["More"] = {
        "Type": "AWS::IAM::Policy",
        "Properties": {"PolicyDocument": allowing(action), "Roles": [{"Ref": "Role"}]},
    }
    assert breaches(RULE, RIGHT, beside=attached) == [f"ServiceRole ({action})"]


def test_what_cannot_be_judged_is_found() -> None:
    elsewhere = changed(RIGHT, "ServiceRole", "arn:aws:iam::111122223333:role/elsewhere")
    assert [where.partition(" ")[0] for where in breaches(RULE, elsewhere)] == ["ServiceRole"]
    managed = holder()
    managed["Role"]["Properties"]["ManagedPolicyArns"].append("arn:aws:iam::aws:policy/Admin")
    [where] = breaches(RULE, RIGHT, beside=managed)
    assert where.startswith("ServiceRole (arn:aws:iam::aws:policy/Admin")
