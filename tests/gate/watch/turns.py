"""A degraded canary, and what the watch has made of one."""

from datetime import datetime

from tests.gate.fake_aws import (
    World,
    in_canary,
)

ACTS = ("StopDeployment", "PutMetricData", "PutObject", "PutEvents")


def degraded(**how: float) -> World:
    world = in_canary(**how)
    world.errors["42"] = 30
    return world


def turn(now: datetime) -> dict[str, str]:
    return {"deployment_id": "d-1", "now": now.isoformat()}


def assert_acted(world: World) -> None:
    assert world.deployment["status"] == "Stopped"
    assert world.metrics
    assert world.record["outcome"] == "stopped"
    assert world.told


def assert_untouched(world: World) -> None:
    assert world.deployment["status"] == "InProgress"
    assert not set(ACTS) & {operation.partition(":")[2] for operation in world.calls}
