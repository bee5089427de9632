"""A hook reports on deployments of its own group alone."""

import pytest

from lockgate.rules.hook_report import REPORT, RULE
from tests.constructs.rules.judging import allowing, breaches

POLICY = "AWS::IAM::ManagedPolicy"
GROUPS = "arn:${AWS::Partition}:codedeploy:${AWS::Region}:${AWS::AccountId}:deploymentgroup"
OWN = {"Fn::Sub": f"{GROUPS}:shop-orders-prod/live"}


def found(action: object, resource: object, *, path: str = "/shop/") -> list[str]:
    document = allowing(action, Resource=resource)
    return breaches(RULE, {"Path": path, "PolicyDocument": document}, of=POLICY)


def test_a_report_on_one_group_passes() -> None:
    assert found([REPORT, "codedeploy:GetDeployment"], OWN) == []
    assert found("codedeploy:GetDeployment", "*") == []


@pytest.mark.parametrize(
    "resource",
    [
        "*",
        {"Fn::Sub": f"{GROUPS}:*"},
        {"Fn::Sub": f"{GROUPS}:shop-orders-prod/*"},
        {"Fn::Sub": f"{GROUPS}:shop-*/live"},
        [OWN, {"Fn::Sub": f"{GROUPS}:shop-orders-beta/live"}],
    ],
)
@pytest.mark.parametrize("action", [REPORT, "codedeploy:*", "codedeploy:Put*"])
def test_a_report_on_more_is_found(action: str, resource: object) -> None:
    assert found(action, resource) == ["PolicyDocument.Statement.0.Resource"]


def test_a_boundary_grants_nothing_and_may_name_more() -> None:
    assert found(REPORT, "*", path="/shop/boundary/") == []


def test_a_boundary_that_a_role_holds_as_its_policy_grants_it() -> None:
    role = {"Type": "AWS::IAM::Role", "Properties": {"ManagedPolicyArns": [{"Ref": "Judged"}]}}
    policy = {"Path": "/shop/boundary/", "PolicyDocument": allowing(REPORT)}
    assert breaches(RULE, policy, of=POLICY, beside={"Role": role}) != []
    assert breaches(RULE, policy | {"Roles": [{"Ref": "Role"}]}, of=POLICY) != []


def test_an_inline_policy_of_a_role_counts() -> None:
    role = {"Policies": [{"PolicyName": "p", "PolicyDocument": allowing(REPORT)}]}
    found_inline = breaches(RULE, role, of="AWS::IAM::Role")
    assert found_inline == ["Policies.0.PolicyDocument.Statement.0.Resource"]
