"""The function that makes the demands on pull requests needs each statement of its role."""

import copy

import pytest

from rehearsal.permissions.statements import listed
from tests.assembly import Assembly
from tests.rehearsal.world.deployed import FOUNDATION, bootstrapped, deploy

POLICY = "ReviewlockgateApprovalsTemplateJobPolicy"


def test_the_foundation_makes_its_demands_with_every_statement(sample: Assembly) -> None:
    with bootstrapped(sample.templates) as world:
        status, why = deploy(world, FOUNDATION, sample.templates[FOUNDATION])

    assert (status, why) == ("CREATE_COMPLETE", "")


@pytest.mark.parametrize(
    "action",
    [
        "codecommit:AssociateApprovalRuleTemplateWithRepository",
        "codecommit:CreateApprovalRuleTemplate",
    ],
)
def test_the_foundation_is_not_deployed_without_a_statement(sample: Assembly, action: str) -> None:
    template = copy.deepcopy(sample.templates[FOUNDATION])
    [policy] = [
        resource["Properties"]["PolicyDocument"]
        for name, resource in template["Resources"].items()
        if name.startswith(POLICY)
    ]
    [gone] = [each for each in policy["Statement"] if action in listed(each["Action"])]
    policy["Statement"].remove(gone)

    with bootstrapped(sample.templates) as world:
        status, why = deploy(world, FOUNDATION, template)

    assert status.startswith("ROLLBACK")
    assert f"perform: {action} " in why
