"""How people come to their roles.

IAM sees MFA only where IAM itself asked for it: of users, and of roles that were assumed with a
code. Who signs in with SAML or with IAM Identity Center was asked there, or not at all; their
roles' trust cannot tell (IAM User Guide, "aws:MultiFactorAuthPresent").
"""

from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

# What IAM's sign-in page is called in each partition ("SAML:aud").
AUDIENCES = {
    "aws": "https://signin.aws.amazon.com/saml",
    "aws-cn": "https://signin.amazonaws.cn/saml",
    "aws-us-gov": "https://signin.amazonaws-us-gov.com/saml",
}
MFA: Mapping[str, Mapping[str, object]] = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
# A code of within the hour: a session that was left open opens nothing.
FRESH_MFA: Mapping[str, Mapping[str, object]] = {
    **MFA,
    "NumericLessThan": {"aws:MultiFactorAuthAge": "3600"},
}
# Identity Center names its roles AWSReservedSSO_<permission set>_<16 hexadecimal digits>, some
# below a Region ("Referencing permission sets in resource policies").
RESERVED = "role/aws-reserved/sso.amazonaws.com*/AWSReservedSSO_{name}_????????????????"


def by_saml(provider_arn: str) -> iam.IPrincipal:
    """Whom the identity provider signs in and gives the role; it asks for MFA."""
    audience = AUDIENCES[provider_arn.split(":")[1]]
    return iam.FederatedPrincipal(
        provider_arn, {"StringEquals": {"SAML:aud": audience}}, "sts:AssumeRoleWithSAML"
    )


def by_permission_set(scope: Construct, name: str) -> iam.IPrincipal:
    """Users of Identity Center with that permission set in this account."""
    stack = cdk.Stack.of(scope)
    pattern = RESERVED.format(name=name)
    arn = f"arn:{stack.partition}:iam::{stack.account}:{pattern}"
    return iam.AccountPrincipal(stack.account).with_conditions(
        {"ArnLike": {"aws:PrincipalArn": arn}}
    )


def by_principals(
    scope: Construct,
    principals: Sequence[str],
    conditions: Mapping[str, Mapping[str, object]] = MFA,
) -> iam.IPrincipal:
    """Accounts, and roles and users by their ARNs; this account where none is named.

    All are trusted by way of their account, so that each one's own policy must allow it too:
    naming a role of this account itself would give it every role that names it.
    """
    arns: dict[str, list[str]] = {}
    for each in principals or [cdk.Stack.of(scope).account]:
        is_arn = each.startswith("arn:")
        named = arns.setdefault(each.split(":")[4] if is_arn else each, [])
        if is_arn:
            named.append(each)
    whole = {each for each in principals if not each.startswith("arn:")}
    return iam.CompositePrincipal(
        *(
            iam.AccountPrincipal(account).with_conditions(
                {**conditions, "ArnEquals": {"aws:PrincipalArn": named}}
                if named and account not in whole
                else dict(conditions)
            )
            for account, named in arns.items()
        )
    )
