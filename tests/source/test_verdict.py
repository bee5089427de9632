"""A validation's verdict reaches its pull request, and approves nothing but what was built."""

import copy

import pytest
from botocore.exceptions import ClientError

from tests.source.conftest import Package, built, opened
from tests.source.fake_aws import BUILD, EVENT_ID, NEWER, REVISION, A, AwsError, B, C


def test_each_revision_is_built_at_its_source_commit(package: Package) -> None:
    assert package.invoke("validate", opened()) == {"build": BUILD}
    build = package.aws.builds[EVENT_ID]
    assert (build["projectName"], build["sourceVersion"]) == ("acme-acme-pull-requests", B)


def test_the_build_hears_what_it_validates_by_plain_variables(package: Package) -> None:
    package.invoke("validate", opened())
    variables = package.aws.builds[EVENT_ID]["environmentVariablesOverride"]
    assert {v["name"]: v["value"] for v in variables} == {
        "PULL_REQUEST": "7",
        "REVISION": REVISION,
        "SOURCE_COMMIT": B,
        "DESTINATION_COMMIT": A,
    }
    assert {v["type"] for v in variables} == {"PLAINTEXT"}


def test_nothing_but_the_version_and_the_variables_of_a_build_is_chosen_by_its_event(
    package: Package,
) -> None:
    """No buildspec, image, role or privilege."""
    package.invoke("validate", opened(buildspecOverride="x", title="; rm -rf /"))
    assert set(package.aws.builds[EVENT_ID]) == {
        "projectName",
        "sourceVersion",
        "environmentVariablesOverride",
        "idempotencyToken",
    }


def test_the_same_event_starts_one_build(package: Package) -> None:
    package.invoke("validate", opened())
    package.invoke("validate", opened())
    assert set(package.aws.builds) == {EVENT_ID}


@pytest.mark.parametrize(
    "wrong",
    [{"sourceCommit": "$(id)"}, {"pullRequestId": "7; id"}, {"revisionId": ""}],
    ids=["commit", "number", "revision"],
)
def test_an_event_with_a_field_of_another_shape_starts_nothing(
    package: Package, wrong: dict[str, str]
) -> None:
    with pytest.raises(ValueError, match="must match"):
        package.invoke("validate", opened(**wrong))
    assert package.aws.calls == []


def test_a_revision_that_passed_is_approved_and_said_so(package: Package) -> None:
    assert package.invoke("verdict", built()) == {"approval": "APPROVE", "why": "it passed"}
    assert package.aws.approvals == {REVISION: "APPROVE"}
    [said] = package.aws.comments.values()
    assert said.startswith(f"**Validation passed** for {B[:12]}")
    assert "(https://console/log)" in said


@pytest.mark.parametrize("status", ["FAILED", "FAULT", "STOPPED", "TIMED_OUT"])
def test_a_revision_that_did_not_pass_loses_the_approval_and_hears_why(
    package: Package, status: str
) -> None:
    package.aws.approvals[REVISION] = "APPROVE"
    package.aws.build["buildStatus"] = status
    package.aws.build["phases"] = [
        {"phaseType": "INSTALL", "phaseStatus": "SUCCEEDED"},
        {
            "phaseType": "BUILD",
            "phaseStatus": status,
            "contexts": [{"message": "Error while executing command: make test"}],
        },
        {"phaseType": "FINALIZING", "phaseStatus": "SUCCEEDED"},
        {"phaseType": "COMPLETED"},
    ]
    package.invoke("verdict", built())
    assert package.aws.approvals == {REVISION: "REVOKE"}
    [said] = package.aws.comments.values()
    assert said.startswith(f"**Validation failed** for {B[:12]}")
    assert "BUILD: Error while executing command: make test" in said
    assert status in said


def test_a_stale_approval_is_not_given_to_a_newer_revision(package: Package) -> None:
    package.aws.pull["revisionId"] = NEWER
    package.aws.pull["pullRequestTargets"][0]["sourceCommit"] = C
    package.invoke("verdict", built())
    assert package.aws.approvals == {}
    [said] = package.aws.comments.values()
    assert "does not count" in said
    assert "newer revision" in said


def test_a_revision_that_comes_while_the_verdict_is_posted_is_not_approved(
    package: Package,
) -> None:
    """CodeCommit itself refuses, because the approval names the revision that was built."""
    package.aws.faults["UpdatePullRequestApprovalState"] = [AwsError("RevisionNotCurrentException")]
    assert package.invoke("verdict", built())["approval"] == ""
    assert package.aws.approvals == {}


def test_a_build_of_another_commit_than_the_revisions_approves_nothing(package: Package) -> None:
    package.aws.build["resolvedSourceVersion"] = C
    package.invoke("verdict", built())
    assert package.aws.approvals == {REVISION: "REVOKE"}


@pytest.mark.parametrize(
    ("where", "name", "value"),
    [
        ("source", "buildspec", "version: 0.2\n# echo all is well\n"),
        ("source", "location", "https://git/another"),
        ("environment", "image", "someone/elses"),
        ("environment", "privilegedMode", True),
        ("", "serviceRole", "arn:aws:iam::111122223333:role/another"),
    ],
)
def test_a_pull_request_cannot_change_the_commands_that_judge_it(
    package: Package, where: str, name: str, value: object
) -> None:
    """Nor can whoever starts a build: one that ran otherwise than its project says is void."""
    build = package.aws.build = copy.deepcopy(package.aws.build)
    (build[where] if where else build)[name] = value
    assert package.invoke("verdict", built())["approval"] == ""
    assert package.aws.approvals == {}
    [said] = package.aws.comments.values()
    assert name in said


def test_a_build_that_nobody_started_for_a_pull_request_says_nothing(package: Package) -> None:
    package.aws.build["environment"]["environmentVariables"] = []
    assert package.invoke("verdict", built())["approval"] == ""
    assert (package.aws.approvals, package.aws.comments) == ({}, {})


def test_a_closed_pull_request_is_not_approved(package: Package) -> None:
    package.aws.pull["pullRequestStatus"] = "CLOSED"
    assert package.invoke("verdict", built())["why"] == "the pull request is closed"
    assert package.aws.approvals == {}


@pytest.mark.parametrize("arn", ["", "acme-other:1", "arn:aws:codebuild:::build/acme-other:1"])
def test_a_build_of_another_project_is_refused(package: Package, arn: str) -> None:
    with pytest.raises(package["verdict"].UnknownBuildError):
        package.invoke("verdict", built(arn))
    assert package.aws.calls == []


def test_a_build_that_codebuild_does_not_know_is_refused(package: Package) -> None:
    with pytest.raises(package["verdict"].UnknownBuildError):
        package.invoke("verdict", built(f"{BUILD}9"))


def test_a_verdict_is_posted_once_however_often_its_event_comes(package: Package) -> None:
    package.invoke("verdict", built())
    package.aws.pull["revisionId"] = NEWER
    package.invoke("verdict", built())
    [said] = package.aws.comments.values()
    assert "passed" in said


def test_an_approval_that_fails_is_tried_again(package: Package) -> None:
    package.aws.faults["UpdatePullRequestApprovalState"] = [AwsError("EncryptionKeyUnavailable")]
    with pytest.raises(ClientError):
        package.invoke("verdict", built())
    assert package.invoke("verdict", built())["approval"] == "APPROVE"


def test_a_long_message_is_cut(package: Package) -> None:
    package.aws.build["buildStatus"] = "FAILED"
    package.aws.build["phases"] = [
        {"phaseType": "BUILD", "phaseStatus": "FAILED", "contexts": [{"message": "x" * 9999}]}
    ]
    package.invoke("verdict", built())
    [said] = package.aws.comments.values()
    assert 500 < len(said) < 1000
