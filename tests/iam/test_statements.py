"""No statement of any policy allows more than it names."""

from tests.assembly import Assembly
from tests.iam.policies import (
    RESOURCE_POLICIES,
    Statement,
    identity_statements,
    loose_pass_roles,
    parse,
    resource_statements,
    unknown_actions,
    unscoped_actions,
    wildcard_actions,
)


def everything(assembly: Assembly) -> list[Statement]:
    return identity_statements(assembly) + resource_statements(assembly)


def test_no_statement_allows_actions_by_a_pattern(assembly: Assembly) -> None:
    assert list(wildcard_actions(everything(assembly))) == []


def test_a_pattern_of_actions_is_found() -> None:
    found = parse(
        "here",
        {
            "Statement": [
                {"Effect": "Allow", "Action": ["s3:Get*", "s3:PutObject"], "Resource": "*"},
                {"Effect": "Allow", "Action": "s3:GetObjec?", "Resource": "*"},
                {"Effect": "Allow", "NotAction": "iam:CreateUser", "Resource": "*"},
                {"Effect": "Deny", "Action": "s3:*", "Resource": "*"},
            ]
        },
    )
    assert list(wildcard_actions(found)) == ["here: s3:Get*", "here: s3:GetObjec?", "here: *"]


def test_every_named_action_exists(assembly: Assembly) -> None:
    assert list(unknown_actions(everything(assembly))) == []


def test_an_action_that_aws_does_not_have_is_found() -> None:
    found = [
        Statement(where="a", actions=("s3:ReadObject", "s3:GetObject")),
        Statement(where="b", effect="Deny", actions=("s33:GetObject",)),
    ]
    assert list(unknown_actions(found)) == ["a: s3:ReadObject", "b: s33:GetObject"]


def test_identity_policies_allow_on_everything_only_what_aws_cannot_narrow(
    assembly: Assembly,
) -> None:
    assert list(unscoped_actions(identity_statements(assembly))) == []


def test_an_action_on_everything_is_found_where_it_could_be_narrowed() -> None:
    found = parse(
        "here",
        {
            "Statement": [
                {"Effect": "Allow", "Action": ["s3:GetObject", "kms:CreateKey"], "Resource": "*"},
                {"Effect": "Allow", "Action": "sns:Publish", "NotResource": "arn:aws:sns:::a"},
                {"Effect": "Allow", "Action": "s3:*", "Resource": ["*"]},
                {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"},
                {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*"},
            ]
        },
    )
    assert list(unscoped_actions(found)) == [
        "here: s3:GetObject",
        "here: sns:Publish",
        "here: s3:*",
    ]


def test_nobody_decrypts_without_a_service_between(assembly: Assembly) -> None:
    granting = identity_statements(assembly, boundaries=False)
    decrypting = [s for s in granting if s.allows and "kms:Decrypt" in s.actions]
    assert decrypting
    direct = [s.where for s in decrypting if not s.condition("StringEquals", "kms:ViaService")]
    assert direct == []


def test_roles_are_passed_to_named_services_alone(assembly: Assembly) -> None:
    granting = identity_statements(assembly, boundaries=False)
    assert any("iam:PassRole" in statement.actions for statement in granting)
    assert list(loose_pass_roles(granting)) == []


def test_a_role_passed_to_any_service_is_found() -> None:
    def passing(where: str, operator: str, *services: str) -> Statement:
        return Statement(
            where=where,
            actions=("iam:PassRole",),
            conditions={operator: {"iam:PassedToService": services}},
        )

    found = [
        Statement(where="without", actions=("iam:passrole",)),
        passing("absent is enough", "StringEqualsIfExists", "lambda.amazonaws.com"),
        passing("pattern", "StringEquals", "*"),
        passing("named", "StringEquals", "lambda.amazonaws.com"),
    ]
    assert list(loose_pass_roles(found)) == ["without", "absent is enough", "pattern"]


def test_every_kind_of_policy_is_looked_at(assembly: Assembly) -> None:
    for kind in RESOURCE_POLICIES:
        assert any(assembly.resources(kind)), f"{kind} is in no template: is it checked at all?"
    properties_with_policies = {
        (resource["Type"], name)
        for template in assembly.templates.values()
        for resource in template["Resources"].values()
        for name, value in resource.get("Properties", {}).items()
        if isinstance(value, dict) and "Statement" in value
    }
    assert properties_with_policies == {
        ("AWS::IAM::ManagedPolicy", "PolicyDocument"),
        ("AWS::IAM::Role", "AssumeRolePolicyDocument"),
        *RESOURCE_POLICIES.items(),
    }
