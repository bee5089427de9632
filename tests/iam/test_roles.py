"""Each role has a policy of its own, a boundary above it, and little in both."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

import pytest

from tests.assembly import Assembly
from tests.iam.policies import (
    INLINE_POLICIES,
    MANAGED_POLICY,
    Role,
    Statement,
    boundary_names,
    boundary_statements,
    identity_statements,
    is_deployer,
    is_person,
    kind_of_boundary,
    outside_boundary,
    resource_statements,
    roles,
    text,
)

# What all roles of the default delivery may do together, CloudFormation's and people's apart.
# More is a decision: raise it here, and say in the change what needs it.
MOST_ACTIONS = 70
MAKING_ROLES = {"iam:CreateRole", "iam:PutRolePermissionsBoundary"}
CHANGING_POLICIES = {
    "iam:CreatePolicyVersion",
    "iam:DeletePolicy",
    "iam:DeletePolicyVersion",
    "iam:SetDefaultPolicyVersion",
}


def foreign_policies(resources: dict[str, Any]) -> Iterator[str]:
    """Inline policies, and policies of roles that their own template does not state."""
    for logical_id, resource in resources.items():
        properties = resource.get("Properties", {})
        if resource["Type"] in INLINE_POLICIES or properties.get("Policies"):
            yield f"{logical_id}: inline"
        for arn in properties.get("ManagedPolicyArns", []):
            own = resources.get(text(arn).strip("<>"), {})
            if own.get("Type") != MANAGED_POLICY:
                yield f"{logical_id}: {text(arn)}"


def test_no_role_has_a_policy_of_aws_or_an_inline_policy(assembly: Assembly) -> None:
    for stack, template in assembly.templates.items():
        assert list(foreign_policies(template["Resources"])) == [], stack


def test_a_policy_of_aws_and_inline_policies_are_found() -> None:
    managed = {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":iam::aws:policy/Admin"]]}
    resources = {
        "Own": {"Type": MANAGED_POLICY},
        "Right": {"Type": "AWS::IAM::Role", "Properties": {"ManagedPolicyArns": [{"Ref": "Own"}]}},
        "OfAws": {"Type": "AWS::IAM::Role", "Properties": {"ManagedPolicyArns": [managed]}},
        "Within": {"Type": "AWS::IAM::Role", "Properties": {"Policies": [{"PolicyName": "p"}]}},
        "Beside": {"Type": "AWS::IAM::Policy"},
    }
    assert list(foreign_policies(resources)) == [
        "OfAws: arn:<AWS::Partition>:iam::aws:policy/Admin",
        "Within: inline",
        "Beside: inline",
    ]


def test_every_policy_is_the_one_of_a_role_or_a_boundary(assembly: Assembly) -> None:
    """No policy reaches a user or a group, and none lies about for somebody to attach."""
    granted = {statement.where for role in roles(assembly) for statement in role.statements}
    stated = {s.where for s in identity_statements(assembly, boundaries=False)}
    assert granted == stated
    for _, logical_id, properties in assembly.resources(MANAGED_POLICY):
        assert not {"Users", "Groups"} & set(properties), logical_id


def test_every_role_has_the_boundary_of_its_kind_of_stack(assembly: Assembly) -> None:
    names = boundary_names(assembly)
    path = f"policy/{assembly.delivery.name}/boundary"
    found = {role.where: role.boundary.rpartition(":")[2] for role in roles(assembly)}
    assert found == {
        role.where: f"{path}/{names[kind_of_boundary(role)]}" for role in roles(assembly)
    }


def test_the_boundaries_lie_where_the_roles_look_for_them(assembly: Assembly) -> None:
    foundation = f"{assembly.delivery.name}-foundation"
    stated = {
        (properties["Path"], properties["ManagedPolicyName"])
        for _, _, properties in assembly.resources(MANAGED_POLICY, foundation)
        if "ManagedPolicyName" in properties
    }
    path = f"/{assembly.delivery.name}/boundary/"
    assert stated == {(path, name) for name in boundary_names(assembly).values()}


def test_every_action_of_a_role_is_allowed_by_its_boundary(assembly: Assembly) -> None:
    for role in roles(assembly):
        boundary = boundary_statements(assembly, kind_of_boundary(role))
        assert list(outside_boundary(role, boundary)) == []


def test_an_action_outside_the_boundary_is_found(sample: Assembly) -> None:
    role = roles(sample)[0]
    boundary = boundary_statements(sample, kind_of_boundary(role))
    more = Statement(where="more", actions=("iam:CreateUser",))
    assert list(outside_boundary(replace(role, statements=(more,)), boundary)) == [
        f"{role.where}: iam:CreateUser"
    ]


def out_of_reach(assembly: Assembly, role: Role, boundary: Iterable[Statement]) -> set[str]:
    """What a role's policies allow on resources on which its boundary does not."""
    toolchain = assembly.delivery.toolchain
    region = toolchain.region or "<AWS::Region>"
    account = toolchain.account or "<AWS::AccountId>"
    # The CDK knows the partition of a Region that it knows.
    partition = "aws" if toolchain.region else "<AWS::Partition>"

    def reached(action: str, resource: str) -> bool:
        return any(
            fnmatchcase(resource, pattern)
            for statement in boundary
            if statement.allows and action in statement.actions
            for pattern in statement.resources
        )

    missing = set()
    for statement in (each for each in role.statements if each.allows):
        for action in statement.actions:
            service = action.partition(":")[0]
            # A resource of the stacks, by its logical id or an export: it lies in the account.
            place = "" if service in {"iam", "s3", "sts"} else region
            owner = "" if service == "s3" else account
            unnamed = f"arn:{partition}:{'iam' if service == 'sts' else service}:{place}:{owner}"
            for resource in statement.resources:
                arn = f"{unnamed}:{resource}" if resource.startswith("<") else resource
                if not reached(action, arn):
                    missing.add(f"{role.where}: {action} on {arn}")
    return missing


def test_every_resource_of_a_role_is_within_its_boundary(assembly: Assembly) -> None:
    """An action that the boundary allows on other resources alone could never be used."""
    for role in roles(assembly):
        boundary = boundary_statements(assembly, kind_of_boundary(role))
        assert out_of_reach(assembly, role, boundary) == set()


def test_a_resource_outside_the_boundary_is_found(sample: Assembly) -> None:
    function = "arn:<AWS::Partition>:lambda:<AWS::Region>:<AWS::AccountId>:function:a"
    elsewhere = "arn:<AWS::Partition>:lambda:<AWS::Region>:999999999999:function:a"
    more = Statement(
        where="more", actions=("lambda:InvokeFunction",), resources=(function, elsewhere)
    )
    role = replace(roles(sample)[0], statements=(more,))
    assert out_of_reach(sample, role, boundary_statements(sample, "workload")) == {
        f"{role.where}: lambda:InvokeFunction on {elsewhere}"
    }


def unbounded_makers(found: Iterable[Statement], boundaries: Iterable[str]) -> Iterator[str]:
    """Statements that let roles be made without one of these boundaries."""
    for statement in found:
        bounds = statement.condition("StringEquals", "iam:PermissionsBoundary")
        if statement.allows and MAKING_ROLES & set(statement.actions):
            ends = {bound.rpartition("/")[2] for bound in bounds}
            if not ends or not ends <= set(boundaries):
                yield statement.where


def test_roles_can_be_made_only_with_the_boundary_of_their_kind(assembly: Assembly) -> None:
    """A service's roles within the workload's boundary, a pipeline's stack's in the other two."""
    names = boundary_names(assembly)
    makers = 0
    for role in roles(assembly):
        # lockgate-orders-pipeline-deploy deploys the pipeline's own stack.
        own = role.name.endswith("-pipeline-deploy")
        kinds = ("toolchain", "deployer") if own else ("workload",)
        assert list(unbounded_makers(role.statements, [names[kind] for kind in kinds])) == []
        makers += bool(MAKING_ROLES & role.actions)
        assert bool(MAKING_ROLES & role.actions) == is_deployer(role), role.where
    assert makers


def test_a_role_made_without_its_boundary_is_found() -> None:
    def making(where: str, *boundaries: str) -> Statement:
        return Statement(
            where=where,
            actions=("iam:CreateRole",),
            conditions={"StringEquals": {"iam:PermissionsBoundary": boundaries}},
        )

    found = [
        Statement(where="none", actions=("iam:PutRolePermissionsBoundary",)),
        making("another", "arn:aws:iam::aws:policy/AdministratorAccess"),
        making("either", "arn:aws:iam::1:policy/a/boundary/a-workload", "arn:aws:iam::1:policy/b"),
        making("right", "arn:aws:iam::1:policy/a/boundary/a-workload"),
    ]
    assert list(unbounded_makers(found, ["a-workload"])) == ["none", "another", "either"]


def test_no_role_can_take_a_boundary_away_or_write_a_policy_into_a_role(assembly: Assembly) -> None:
    forbidden = {"iam:DeleteRolePermissionsBoundary", "iam:PutRolePolicy"}
    for role in roles(assembly):
        assert not forbidden & role.actions, role.where
    for kind in boundary_names(assembly):
        bounded = {a for s in boundary_statements(assembly, kind) if s.allows for a in s.actions}
        assert not forbidden & bounded


def test_the_deployers_boundary_denies_what_would_lift_it(assembly: Assembly) -> None:
    """Whatever CloudFormation's policies say: no role without one of three, no change to any."""
    denied = [s for s in boundary_statements(assembly, "deployer") if not s.allows]
    names = boundary_names(assembly)
    [unbounded] = [s for s in denied if set(s.actions) >= MAKING_ROLES]
    bounds = unbounded.condition("StringNotEquals", "iam:PermissionsBoundary")
    made = {names["workload"], names["toolchain"], names["deployer"]}
    assert {bound.rpartition("/")[2] for bound in bounds} == made, "never that of the gates"
    assert set(unbounded.conditions) == {"StringNotEquals"}
    assert unbounded.resources == ("*",)
    [changed] = [s for s in denied if set(s.actions) >= CHANGING_POLICIES]
    [covered] = changed.resources
    assert covered.endswith(f":policy/{assembly.delivery.name}/boundary/*")
    assert changed.conditions == {}
    paths = {
        properties["ManagedPolicyName"]: properties["Path"]
        for _, _, properties in assembly.resources("AWS::IAM::ManagedPolicy")
        if properties.get("ManagedPolicyName") in names.values()
    }
    assert paths == dict.fromkeys(names.values(), f"/{assembly.delivery.name}/boundary/")


def changing(assembly: Assembly, kind: str) -> set[str]:
    """The actions of a boundary that change something; none of them is IAM's."""
    bounded = {a for s in boundary_statements(assembly, kind) if s.allows for a in s.actions}
    assert not {a for a in bounded if a.startswith(("iam:", "sts:"))}
    verbs = ("Create", "Delete", "Put", "Update", "Tag", "Attach", "Pass", "Start", "Stop")
    return {a for a in bounded if a.partition(":")[2].startswith(verbs)}


def test_the_workload_boundary_knows_no_iam_and_makes_nothing(assembly: Assembly) -> None:
    assert changing(assembly, "workload") == {
        "cloudwatch:PutMetricData",
        "codedeploy:PutLifecycleEventHookExecutionStatus",
        "codedeploy:StopDeployment",
        "events:PutEvents",
        "lambda:UpdateAlias",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "s3:PutObject",
        "secretsmanager:PutSecretValue",
        "secretsmanager:UpdateSecretVersionStage",
        "states:StartExecution",
    }


def test_the_gates_boundary_knows_no_iam_and_makes_change_sets_alone(assembly: Assembly) -> None:
    signing = {"signer:StartSigningJob"} if assembly.delivery.supply.code_signing else set()
    assert changing(assembly, "gate") == signing | {
        "cloudformation:CreateChangeSet",
        "cloudformation:DeleteChangeSet",
        "codepipeline:PutJobFailureResult",
        "codepipeline:PutJobSuccessResult",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "s3:PutObject",
    }


def test_only_what_the_gates_boundary_holds_reports_on_a_pipelines_job(assembly: Assembly) -> None:
    """A service's own template could else make a role that lets its release pass."""
    report = {"codepipeline:PutJobFailureResult", "codepipeline:PutJobSuccessResult"}
    for kind in boundary_names(assembly):
        bounded = {a for s in boundary_statements(assembly, kind) if s.allows for a in s.actions}
        assert report & bounded == (report if kind == "gate" else set())


def test_the_roles_stay_within_their_budget_of_actions(sample: Assembly) -> None:
    """What all of them together may do, CloudFormation's and people's roles apart."""
    machines = [role for role in roles(sample) if not is_deployer(role) and not is_person(role)]
    actions = {action for role in machines for action in role.actions}
    assert 0 < len(actions) <= MOST_ACTIONS, sorted(actions)


@pytest.mark.parametrize("kind", ["workload", "toolchain", "deployer", "gate", "people"])
def test_a_boundary_keeps_objects_inside_the_account(assembly: Assembly, kind: str) -> None:
    """The ARN of an object names no account."""
    for statement in boundary_statements(assembly, kind):
        if statement.allows and any(":s3:::" in resource for resource in statement.resources):
            account = assembly.delivery.toolchain.account or "<AWS::AccountId>"
            assert statement.condition("StringEquals", "aws:ResourceAccount") == (account,)


def test_a_boundary_allows_no_action_that_no_role_within_it_has(full: Assembly) -> None:
    """By its own policy, or by the policy of a key that names the role."""
    by_keys = {
        action
        for statement in resource_statements(full)
        if statement.allows and any(":role/" in who for _, who in statement.principals)
        for action in statement.actions
    }
    assert by_keys
    for kind in boundary_names(full):
        within = [role for role in roles(full) if kind_of_boundary(role) == kind]
        used = {action for role in within for action in role.actions}
        bounded = {a for s in boundary_statements(full, kind) if s.allows for a in s.actions}
        assert bounded == used | (by_keys if kind == "deployer" else set())


def test_every_role_and_policy_lies_under_the_deliverys_path(assembly: Assembly) -> None:
    """That is where the role of a bootstrapped account may make them."""
    for kind in ("AWS::IAM::Role", MANAGED_POLICY):
        for stack, logical_id, properties in assembly.resources(kind):
            assert properties["Path"].startswith(f"/{assembly.delivery.name}/"), (stack, logical_id)
