"""No resource is open to everybody."""

from typing import Any

import pytest

from lockgate.rules.open_policy import RULE
from lockgate.rules.statements import RESOURCE_POLICIES
from tests.constructs.rules.judging import allowing, breaches

ROLE = {"AWS": "arn:aws:iam::111122223333:role/a"}
OF_ORGANIZATION = {"StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}}


def found(kind: str, principal: object, **more: Any) -> list[str]:  # noqa: ANN401
    policy = allowing("s3:GetObject", Principal=principal, **more)
    return breaches(RULE, {RESOURCE_POLICIES[kind]: policy}, of=kind)


@pytest.mark.parametrize("kind", RESOURCE_POLICIES)
def test_a_policy_for_some_passes(kind: str) -> None:
    assert found(kind, ROLE) == []
    assert found(kind, "*", Condition=OF_ORGANIZATION) == []
    assert found(kind, "*", Effect="Deny") == []
    assert breaches(RULE, {}, of=kind) == []


@pytest.mark.parametrize("kind", RESOURCE_POLICIES)
@pytest.mark.parametrize("principal", ["*", {"AWS": "*"}, {"AWS": ["*", "111122223333"]}])
def test_a_policy_for_everybody_is_found(kind: str, principal: object) -> None:
    where = [f"{RESOURCE_POLICIES[kind]}.Statement.0.Principal"]
    assert found(kind, principal) == where
    assert found(kind, principal, Condition={"Bool": {"aws:SecureTransport": "true"}}) == where


def test_everybody_but_some_is_everybody() -> None:
    statement = {"Effect": "Allow", "NotPrincipal": ROLE, "Action": "s3:GetObject", "Resource": "*"}
    policy = {"PolicyDocument": {"Statement": statement}}
    assert breaches(RULE, policy, of="AWS::S3::BucketPolicy") != []
