"""A world after a release: until nothing of it goes on any more, and whether all is well then."""

from collections.abc import Iterator
from datetime import timedelta

from rehearsal.deployments import Traffic
from rehearsal.pipeline import Pipeline
from rehearsal.world.world import World

LOOK_SECONDS = 20.0
# A hook that never reports takes one hour of it, a watch that nobody ends two.
LONGEST = timedelta(hours=6)
ENDED = ("Succeeded", "Failed", "Stopped")
NEW = "REVIEW_IN_PROGRESS"


class UnsettledError(Exception):
    """After a release the world is in no state for another one; the message says why."""


def settle(world: World, pipeline: Pipeline, place: Traffic) -> None:
    """Let time pass until nothing goes on any more.

    Raises:
        UnsettledError: something goes on for hours, or is left as no next release can use it.
    """
    until = world.clock.now() + LONGEST
    while going := next(_going_on(world, pipeline, place), ""):
        if world.clock.now() > until:
            raise UnsettledError(f"after {LONGEST} this still goes on: {going}")
        world.clock.sleep(LOOK_SECONDS)
    for stack, status in _stacks(world):
        if status.endswith("_FAILED"):
            raise UnsettledError(f"{stack} is left in {status}")
    if len(weights := place.weights()) > 1:
        raise UnsettledError(f"the traffic of {place.target} is left between {sorted(weights)}")


def _going_on(world: World, pipeline: Pipeline, place: Traffic) -> Iterator[str]:
    for execution in pipeline.running():
        yield f"execution {execution} of {pipeline.name}"
    for stack, status in _stacks(world):
        if status.endswith("_IN_PROGRESS") and status != NEW:
            yield f"{stack}: {status}"
    newest = place.newest()
    if newest is not None and newest.status not in ENDED:
        yield f"deployment {newest.id}: {newest.status}"
    client = world.client("stepfunctions")
    for machine in client.list_state_machines()["stateMachines"]:
        running = client.list_executions(
            stateMachineArn=machine["stateMachineArn"], statusFilter="RUNNING"
        )
        for execution in running["executions"]:
            yield f"execution {execution['name']} of {machine['name']}"


def _stacks(world: World) -> Iterator[tuple[str, str]]:
    for page in world.client("cloudformation").get_paginator("describe_stacks").paginate():
        for stack in page["Stacks"]:
            yield stack["StackName"], stack["StackStatus"]
