"""Who may assume the roles: one service or one role each, held to its source."""

from lockgate.trust import TRUSTS
from tests.assembly import Assembly
from tests.iam.policies import Statement, is_person, parse, role_at, roles
from tests.iam.trusts import services_without_source


def trusts(assembly: Assembly) -> list[Statement]:
    found = [role for role in roles(assembly) if not is_person(role)]
    return [statement for role in found for statement in role.trust]


def test_every_service_is_held_to_its_source_but_those_that_send_none(assembly: Assembly) -> None:
    """The services that TRUSTS excuses, and exactly those, have no condition."""
    trusted = {who for s in trusts(assembly) for kind, who in s.principals if kind == "Service"}
    assert trusted == set(TRUSTS), "a service of TRUSTS is trusted nowhere, or one is missing"
    without = set(services_without_source(trusts(assembly)))
    assert without == {service for service, trust in TRUSTS.items() if not trust.sends_source}


def test_a_service_that_sends_no_source_gets_no_condition_that_would_lock_it_out(
    assembly: Assembly,
) -> None:
    for statement in trusts(assembly):
        for kind, who in statement.principals:
            if kind == "Service" and not TRUSTS[who].sends_source:
                assert statement.conditions == {}, statement.where


def test_a_service_without_its_source_is_found() -> None:
    def trusting(condition: dict[str, object]) -> dict[str, object]:
        return {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": f"s{len(condition)}.amazonaws.com"},
            "Condition": condition,
        }

    account = {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    one_source = {"aws:SourceArn": "arn:aws:codebuild:eu-west-1:111122223333:project/a"}
    any_source = {"aws:SourceArn": "arn:aws:codebuild:eu-west-1:111122223333:project/*"}
    cases = {
        "none": trusting({}),
        "account": trusting({"StringEquals": account}),
        "source": trusting({"ArnLike": one_source}),
        "any source": trusting({"StringEquals": account, "ArnLike": any_source}),
        "any account": trusting(
            {"StringEquals": {"aws:SourceAccount": "*"}, "ArnLike": one_source}
        ),
    }
    for name, case in cases.items():
        assert list(services_without_source(parse(name, {"Statement": case}))), name
    held = trusting({"StringEquals": account, "ArnLike": one_source})
    assert list(services_without_source(parse("held", {"Statement": held}))) == []


def test_each_trust_names_one_service_or_one_role_of_the_stack(assembly: Assembly) -> None:
    """No account, no wildcard, no federation: those would let others decide who gets in.

    People's roles trust accounts; test_sign_in has those.
    """
    for role in roles(assembly):
        if is_person(role):
            continue
        [statement] = role.trust
        [(kind, who)] = statement.principals
        assert statement.allows
        assert statement.actions == ("sts:AssumeRole",)
        if kind != "Service":
            assert kind == "AWS"
            trusted = role_at(assembly, role.stack, who)
            assert trusted.stack == role.stack, f"{role.where} trusts {who}"
