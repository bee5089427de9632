"""CloudFormation works with its stack's role: the templates' are enough, and none too large."""

import copy
import re
from collections.abc import Iterator
from typing import Any

import pytest

from rehearsal.world.world import World
from stacks import execution_policy
from tests.assembly import Assembly
from tests.rehearsal.world.deployed import (
    ASSETS,
    BETA,
    DEPLOYER,
    FOUNDATION,
    PIPELINE,
    bootstrapped,
    deploy,
    deployable,
    foundation,
)
from tests.rehearsal.world.roles import allow, role_for

# More statements than the role has; a test says if it has more.
MANY = 18


@pytest.fixture(scope="module")
def deployed(sample: Assembly) -> Iterator[World]:
    with foundation(sample.templates) as world:
        yield world


def test_the_role_of_a_stage_deploys_its_stack(deployed: World, sample: Assembly) -> None:
    status, why = deploy(deployed, BETA, deployable(sample.templates[BETA]), DEPLOYER)
    assert (status, why) == ("CREATE_COMPLETE", "")


def test_the_role_of_a_bootstrapped_account_deploys_the_foundation(sample: Assembly) -> None:
    """With its policy alone; the template itself is fetched by whoever makes the change set."""
    documents = execution_policy.documents(sample.delivery).values()
    stated = [statement for document in documents for statement in document["Statement"]]
    with bootstrapped(sample.templates) as world:
        template = allow("s3:GetObject", f"arn:aws:s3:::{ASSETS}/*.json")
        role = role_for(world, "cloudformation.amazonaws.com", *stated, template)
        status, why = deploy(world, FOUNDATION, sample.templates[FOUNDATION], role)
        assert (status, why) == ("CREATE_COMPLETE", "")


def policies(template: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """The statements of each policy of the deploying role, as the template has them."""
    found = [
        resource["Properties"]["PolicyDocument"]["Statement"]
        for name, resource in template["Resources"].items()
        if name.startswith("LandingbetaDeployJobPolicy")
    ]
    if not found:
        raise LookupError("no policy")
    return found


@pytest.mark.parametrize("number", range(MANY))
def test_without_any_statement_the_role_does_not(sample: Assembly, number: int) -> None:
    templates = copy.deepcopy(sample.templates)
    places = [(of, each) for of in policies(templates[PIPELINE]) for each in of]
    assert len(places) <= MANY
    if number >= len(places):
        pytest.skip("the role has no such statement")
    policy, statement = places[number]
    gone = statement["Action"]
    actions = {gone} if isinstance(gone, str) else set(gone)
    policy.remove(statement)
    with foundation(templates) as world:
        status, why = deploy(world, BETA, deployable(templates[BETA]), DEPLOYER)
    assert status.startswith("ROLLBACK")
    denied = re.search(r"not authorized to perform: (\S+) on", why)
    assert denied, why
    assert denied[1] in actions
