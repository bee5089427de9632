"""The audit and the access stack deploy as they are, and people hear of what they should."""

from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError

from rehearsal.world.world import World
from tests.assembly import Assembly
from tests.rehearsal.world.deployed import deploy, foundation
from tests.rehearsal.world.roles import ACCOUNT

AUDIT, ACCESS = "lockgate-audit", "lockgate-access"
# The trail delivers each minute, and the alarms look at five.
HEARD_SECONDS = 420
# The root user deploys and acts here, and its first acts are on record.
OWN = {"RootUse", "RoleChanged", "StackChanged"}


@pytest.fixture(scope="module")
def world(sample: Assembly) -> Iterator[World]:
    with foundation(sample.templates) as world:
        for name in (AUDIT, ACCESS):
            status, why = deploy(world, name, sample.templates[name])
            assert status == "CREATE_COMPLETE", why
        yield world


def heard(world: World) -> set[str]:
    """The audited events of which an alarm tells now."""
    world.clock.sleep(HEARD_SECONDS)
    found = world.client("cloudwatch").describe_alarms(StateValue="ALARM")["MetricAlarms"]
    return {each["MetricName"] for each in found if each["Namespace"] == "Lockgate/Audit"}


def test_nothing_is_heard_but_of_the_root_user_who_deploys(world: World) -> None:
    assert heard(world) <= OWN


def test_a_freeze_by_hand_is_heard_of_and_nothing_else(world: World) -> None:
    world.client("ssm").put_parameter(
        Name="/lockgate/freeze", Value="{}", Type="String", Overwrite=True
    )

    assert heard(world) - OWN == {"FreezeChanged"}


def test_nobody_breaks_the_glass_without_mfa(world: World) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        world.client("sts").assume_role(
            RoleArn=f"arn:aws:iam::{ACCOUNT}:role/lockgate/people/lockgate-break-glass",
            RoleSessionName="jo",
        )
