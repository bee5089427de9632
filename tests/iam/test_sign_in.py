"""Who may take on the roles for people, by what the delivery file says."""

from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from delivery import Delivery
from stacks.access import AccessStack
from stacks.app import context
from tests.assembly import Assembly
from tests.iam.decision import Request, allowed
from tests.iam.people import BREAK_GLASS, PEOPLE, role_of
from tests.iam.policies import Role
from tests.iam.test_limits import described

HERE, THERE = "111122223333", "444455556666"
SAML = f"arn:aws:iam::{HERE}:saml-provider/company"
ON_CALL = f"arn:aws:iam::{HERE}:role/people/on-call"
SETS = {
    "devops_engineer": "Engineer",
    "security_analyst": "Analyst",
    "cloud_administrator": "Administrator",
}
EVERYDAY = dict(zip(SETS, PEOPLE[:3], strict=True))
MFA = {"aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": "60"}


def deployed(access: dict[str, Any], out: Path) -> Assembly:
    """The access stack of a delivery in the account HERE, by itself."""
    delivery = Delivery.model_validate(described() | {"access": access})
    app = cdk.App(context=context(), outdir=str(out / "cdk.out"), analytics_reporting=False)
    AccessStack(app, delivery=delivery)
    app.synth()
    return Assembly(delivery, out / "cdk.out")


def lets_in(role: Role, account: str, context: dict[str, str]) -> bool:
    """Whether the trust lets somebody of the account in."""
    trusting = [
        statement
        for statement in role.trust
        if any(who.endswith(f":iam::{account}:root") for _, who in statement.principals)
    ]
    return allowed(Request(action="sts:AssumeRole", resource="*", context=context), trusting)


@pytest.mark.parametrize("name", PEOPLE)
def test_left_out_it_is_the_toolchains_account_with_mfa(tmp_path: Path, name: str) -> None:
    role = role_of(deployed({}, tmp_path), name)

    assert lets_in(role, HERE, MFA)
    assert not lets_in(role, HERE, {})
    assert not lets_in(role, HERE, MFA | {"aws:MultiFactorAuthPresent": "false"})
    assert not lets_in(role, THERE, MFA)
    assert {kind for statement in role.trust for kind, _ in statement.principals} == {"AWS"}


def test_accounts_and_roles_come_with_mfa_and_each_account_is_asked(tmp_path: Path) -> None:
    """No principal is named itself: that would give it every role whatever its own policy says."""
    role = role_of(deployed({"principals": [ON_CALL, THERE]}, tmp_path), PEOPLE[0])
    on_call = MFA | {"aws:PrincipalArn": ON_CALL}

    assert lets_in(role, THERE, MFA)
    assert lets_in(role, HERE, on_call)
    assert not lets_in(role, HERE, on_call | {"aws:PrincipalArn": f"{ON_CALL}-2"})
    assert not lets_in(role, HERE, {"aws:PrincipalArn": ON_CALL})
    assert not lets_in(role, THERE, {})
    named = {who for statement in role.trust for _, who in statement.principals}
    assert all(who.endswith(":root") for who in named)


def test_an_account_that_is_named_itself_is_not_narrowed_by_its_roles(tmp_path: Path) -> None:
    role = role_of(deployed({"principals": [HERE, ON_CALL]}, tmp_path), PEOPLE[0])

    assert lets_in(role, HERE, MFA)


@pytest.mark.parametrize("name", PEOPLE[:3])
def test_an_identity_provider_says_who_has_which_role(tmp_path: Path, name: str) -> None:
    [statement] = role_of(deployed({"saml_provider": SAML}, tmp_path), name).trust

    assert statement.principals == (("Federated", SAML),)
    assert statement.actions == ("sts:AssumeRoleWithSAML",)
    assert statement.conditions == {
        "StringEquals": {"SAML:aud": ("https://signin.aws.amazon.com/saml",)}
    }


@pytest.mark.parametrize(
    ("arn", "audience"),
    [
        (SAML.replace("aws:", "aws-cn:"), "https://signin.amazonaws.cn/saml"),
        (SAML.replace("aws:", "aws-us-gov:"), "https://signin.amazonaws-us-gov.com/saml"),
    ],
)
def test_each_partition_has_its_own_sign_in_page(tmp_path: Path, arn: str, audience: str) -> None:
    [statement] = role_of(deployed({"saml_provider": arn}, tmp_path), PEOPLE[0]).trust

    assert statement.condition("StringEquals", "SAML:aud") == (audience,)


@pytest.mark.parametrize("key", SETS)
def test_a_permission_set_gives_its_one_role(tmp_path: Path, key: str) -> None:
    """Whatever Region is in the path, and not to a set whose name only begins like it."""
    role = role_of(deployed({"permission_sets": SETS}, tmp_path), EVERYDAY[key])
    digits = "0123456789abcdef"

    def signed_in(name: str, path: str = "") -> bool:
        reserved = f"role/aws-reserved/sso.amazonaws.com/{path}AWSReservedSSO_{name}_{digits}"
        return lets_in(role, HERE, {"aws:PrincipalArn": f"arn:aws:iam::{HERE}:{reserved}"})

    assert signed_in(SETS[key])
    assert signed_in(SETS[key], "eu-central-1/")
    assert not signed_in(f"{SETS[key]}_2")
    assert not any(signed_in(name) for other, name in SETS.items() if other != key)


@pytest.mark.parametrize("access", [{"saml_provider": SAML}, {"permission_sets": SETS}])
def test_glass_can_be_broken_while_the_identity_provider_is_down(
    tmp_path: Path, access: dict[str, Any]
) -> None:
    role = role_of(deployed(access, tmp_path), BREAK_GLASS)

    assert lets_in(role, HERE, MFA)
    assert not lets_in(role, HERE, {})


def test_glass_is_broken_only_with_a_code_of_within_the_hour_and_for_an_hour(
    tmp_path: Path,
) -> None:
    role = role_of(deployed({"session_hours": 12, "principals": [THERE]}, tmp_path), BREAK_GLASS)

    assert lets_in(role, THERE, MFA)
    assert not lets_in(role, THERE, MFA | {"aws:MultiFactorAuthAge": "3600"})
    assert not lets_in(role, THERE, {"aws:MultiFactorAuthAge": "60"})
    assert role.properties["MaxSessionDuration"] == 3600


@pytest.mark.parametrize("hours", [1, 12])
def test_a_session_lasts_as_long_as_the_file_says(tmp_path: Path, hours: int) -> None:
    for name in PEOPLE[:3]:
        role = role_of(deployed({"session_hours": hours}, tmp_path / name), name)
        assert role.properties["MaxSessionDuration"] == hours * 3600
