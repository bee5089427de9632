"""Who was denied what in a world, and which permissions nobody needed, as the report tells it."""

from collections.abc import Iterator

from rehearsal.report.model import Denied, Unused
from rehearsal.world import calls
from rehearsal.world.world import World

# What CloudFormation asks IAM for is asked inside the emulator, and not on record.
UNSEEN = ("cloudformation.amazonaws.com",)


def denied(world: World) -> Iterator[Denied]:
    """Every call that was denied to a role of the delivery."""
    for call in calls.denied(calls.calls(world.folder)):
        refused = next(each for each in call.decisions if not each.allowed)
        yield Denied(
            at=call.at,
            role=call.role or call.who,
            action=refused.action,
            resource=refused.resource,
            message=str(call.event.get("errorMessage", "")),
        )


def unused(world: World) -> Iterator[Unused]:
    """Every permission of the delivery's roles that no call needed."""
    iam = world.client("iam")
    seen = {
        role["Arn"]
        for page in iam.get_paginator("list_roles").paginate()
        for role in page["Roles"]
        if not _unseen(role) and not role["RoleName"].startswith("cdk-")
    }
    of = {role: found for role, found in calls.policies(iam).items() if role in seen}
    for each in calls.unused(calls.calls(world.folder), of):
        yield Unused(
            role=each.role, policy=each.policy, statement=each.statement, action=each.action
        )


def _unseen(role: dict[str, object]) -> bool:
    return any(service in str(role["AssumeRolePolicyDocument"]) for service in UNSEEN)
