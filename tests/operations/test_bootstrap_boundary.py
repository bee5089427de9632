"""What CloudFormation's role in a bootstrapped account may never do."""

import fnmatch
import json
from collections.abc import Iterator
from typing import Any

import pytest

from delivery import Delivery
from lockgate.boundary import deployer_name, toolchain_name, workload_name
from lockgate.never import BY_JOBS, BY_PEOPLE, NEVER, STORE
from operations.bootstrap.boundary import HIDE, document
from stacks import execution_policy
from tests.iam.policies import is_action

CHARACTERS_OF_A_MANAGED_POLICY = 6144
# What CloudFormation does to the shared stacks' own resources.
HELD_BY_SHARED_STACKS = {
    "cloudtrail:PutEventSelectors": "what the trail records",
    "cloudtrail:UpdateTrail": "where the trail delivers to",
    "codebuild:UpdateProjectVisibility": "a project that says it is private",
    "s3:PutBucketPolicy": "the policies of the store and of the logs",
}
ACCOUNT = "arn:aws:iam::111122223333"


@pytest.fixture
def limits(delivery: Delivery) -> dict[str, Any]:
    return document(delivery)


def denied(limits: dict[str, Any], action: str, resource: str, boundary: str = "") -> bool:
    """Whether a statement denies an action, as IAM reads it."""
    return any(
        any(fnmatch.fnmatchcase(action.lower(), each.lower()) for each in statement["Action"])
        and any(fnmatch.fnmatchcase(resource, each) for each in statement["Resource"])
        and _holds(statement.get("Condition"), boundary)
        for statement in limits["Statement"]
        if statement["Effect"] == "Deny"
    )


def _holds(condition: dict[str, Any] | None, boundary: str) -> bool:
    if condition is None:
        return True
    [(operator, keys)] = condition.items()
    [(key, patterns)] = keys.items()
    assert (operator, key) == ("ArnNotLike", "iam:PermissionsBoundary")
    # A negated condition holds also where the key is missing.
    return not any(fnmatch.fnmatchcase(boundary, pattern) for pattern in patterns)


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("iam:CreatePolicyVersion", f"{ACCOUNT}:policy/acme-bootstrap"),
        ("iam:SetDefaultPolicyVersion", f"{ACCOUNT}:policy/acme-execution"),
        ("iam:CreatePolicyVersion", f"{ACCOUNT}:policy/acme-execution-roles"),
        ("iam:DeletePolicy", f"{ACCOUNT}:policy/acme-bootstrap"),
        ("iam:DeleteRolePermissionsBoundary", f"{ACCOUNT}:role/acme/orders/any"),
        ("iam:AttachRolePolicy", f"{ACCOUNT}:role/cdk-lockgate-cfn-exec-role-1-eu"),
        ("iam:UpdateAssumeRolePolicy", f"{ACCOUNT}:role/cdk-lockgate-deploy-role-1-eu"),
        ("iam:CreateUser", f"{ACCOUNT}:user/eve"),
        ("iam:CreateAccessKey", f"{ACCOUNT}:user/eve"),
        ("cloudtrail:DeleteTrail", "arn:aws:cloudtrail:eu-central-1:1:trail/acme-audit"),
        ("cloudtrail:StopLogging", "arn:aws:cloudtrail:eu-central-1:1:trail/any"),
        ("kms:ScheduleKeyDeletion", "arn:aws:kms:eu-central-1:1:key/any"),
        ("organizations:LeaveOrganization", "*"),
        ("account:CloseAccount", "*"),
    ],
)
def test_what_no_deployment_does_is_denied(
    limits: dict[str, Any], action: str, resource: str
) -> None:
    assert denied(limits, action, resource)


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("iam:CreatePolicyVersion", f"{ACCOUNT}:policy/acme/boundary/acme-workload"),
        ("iam:AttachRolePolicy", f"{ACCOUNT}:role/acme/orders/any"),
        ("cloudtrail:CreateTrail", "arn:aws:cloudtrail:eu-central-1:1:trail/acme-audit"),
        ("kms:CreateKey", "*"),
    ],
)
def test_what_a_deployment_does_is_not(limits: dict[str, Any], action: str, resource: str) -> None:
    assert not denied(limits, action, resource)


@pytest.mark.parametrize("action", ["iam:CreateRole", "iam:PutRolePermissionsBoundary"])
def test_a_role_is_made_within_one_of_the_deliverys_boundaries_or_not_at_all(
    limits: dict[str, Any], action: str
) -> None:
    role, inside = f"{ACCOUNT}:role/acme/orders/any", f"{ACCOUNT}:policy/acme/boundary/"
    for name in (workload_name("acme"), toolchain_name("acme"), deployer_name("acme")):
        assert not denied(limits, action, role, f"{inside}{name}")
    for boundary in ("", f"{ACCOUNT}:policy/other", f"{ACCOUNT}:policy/other/boundary/acme"):
        assert denied(limits, action, role, boundary)


def test_nothing_that_the_execution_policies_allow_is_denied_but_what_would_hide_traces(
    limits: dict[str, Any], delivery: Delivery
) -> None:
    taken = {
        action
        for document in execution_policy.documents(delivery).values()
        for statement in document["Statement"]
        for action in statement["Action"]
        for resource in statement["Resource"]
        if denied(limits, action, resource, f"{ACCOUNT}:policy/acme/boundary/acme-workload")
    }
    assert taken == {"cloudtrail:DeleteTrail", "cloudtrail:StopLogging"} <= set(HIDE)


def undenied(limits: dict[str, Any]) -> set[str]:
    """What no role of a delivery ever does, and this one could."""
    never = {*NEVER, *STORE, *BY_PEOPLE, *BY_JOBS}
    return {action for action in never if not denied(limits, action, "arn:aws:any")}


def test_what_no_role_of_a_delivery_does_is_denied_but_what_the_shared_stacks_hold(
    limits: dict[str, Any],
) -> None:
    assert undenied(limits) == set(HELD_BY_SHARED_STACKS)


def test_a_missing_denial_is_found(limits: dict[str, Any]) -> None:
    less = [s for s in limits["Statement"] if s["Sid"] != "KeepTheTrailAndTheKeys"]
    found = undenied({**limits, "Statement": less}) - set(HELD_BY_SHARED_STACKS)
    assert found == {
        "cloudtrail:DeleteTrail",
        "cloudtrail:StopLogging",
        "kms:DisableKey",
        "kms:ScheduleKeyDeletion",
    }


def test_it_names_actions_that_there_are(limits: dict[str, Any]) -> None:
    for action in _named(limits):
        assert is_action(action) or action in {"account:*", "organizations:*"}, action


def _named(limits: dict[str, Any]) -> Iterator[str]:
    for statement in limits["Statement"]:
        if statement["Effect"] == "Deny":
            assert list(statement["Action"]) == sorted(set(statement["Action"]))
            yield from statement["Action"]


def test_it_fits_a_managed_policy(limits: dict[str, Any]) -> None:
    assert len(json.dumps(limits, separators=(",", ":"))) <= CHARACTERS_OF_A_MANAGED_POLICY
