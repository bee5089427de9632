"""Stacks that are deployed and that nobody describes any more."""

import pytest

from operations.plan.deployed import Deployed
from operations.plan.orphans import contents, how_to_delete, orphans
from tests.assembly import Assembly
from tests.operations.assemblies import Template, resource, template

ROLE = resource("AWS::IAM::Role", {"Path": "/acme/orders/prod/"})


def deployed(
    name: str, found: Template, *, protected: bool = False, role: str | None = None
) -> Deployed:
    return Deployed(
        name=name, status="UPDATE_COMPLETE", protected=protected, role=role, template=found
    )


def named(*stacks: Deployed) -> list[str]:
    there = {stack.name: stack for stack in stacks}
    return [stack.name for stack in orphans("acme", there, ["acme-foundation"])]


def test_a_stack_of_ours_that_the_assembly_has_not_is_an_orphan() -> None:
    assert named(deployed("acme-orders-prod", template(Role=ROLE))) == ["acme-orders-prod"]


@pytest.mark.parametrize(
    "stack",
    [
        deployed("acme-foundation", template(Role=ROLE)),
        deployed(
            "acme-two-orders", template(Role=resource("AWS::IAM::Role", {"Path": "/acme-two/"}))
        ),
        deployed("acme-shop", template(Topic=resource("AWS::SNS::Topic"))),
        deployed("acme-yaml", {}),
    ],
    ids=lambda stack: stack.name,
)
def test_what_is_described_or_somebody_elses_is_none(stack: Deployed) -> None:
    assert named(stack) == []


def test_it_is_said_what_would_be_lost_with_it_first() -> None:
    stack = deployed(
        "acme-orders-prod",
        template(
            Key=resource("AWS::KMS::Key", DeletionPolicy="Retain"),
            Role=ROLE,
            Data=resource("AWS::DynamoDB::Table"),
        ),
    )
    [first, *_] = contents(stack)
    assert (first.logical_id, first.loses_data) == ("Data", True)
    assert len(contents(stack)) == 3


def test_how_to_delete_it_names_its_protection_its_region_and_its_role() -> None:
    stack = deployed("acme-orders-prod", {}, protected=True, role="arn:aws:iam::1:role/deploy")
    place = "--stack-name acme-orders-prod --region eu-west-1"
    unprotect, delete = how_to_delete(stack, "eu-west-1")
    assert unprotect == (
        "aws cloudformation update-termination-protection "
        f"--no-enable-termination-protection {place}"
    )
    assert delete == (
        f"aws cloudformation delete-stack {place} --role-arn arn:aws:iam::1:role/deploy"
    )
    assert len(list(how_to_delete(deployed("acme-orders-prod", {}), "eu-west-1"))) == 1


def test_each_stack_that_the_app_makes_would_be_known_as_ours(assembly: Assembly) -> None:
    name = assembly.delivery.name
    there = {stack: deployed(stack, found) for stack, found in assembly.templates.items()}
    assert {stack.name for stack in orphans(name, there, [])} == set(there)
    assert orphans(name, there, there) == []
    assert orphans(f"{name}-two", there, []) == []
