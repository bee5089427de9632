"""Services act as roles that trust them, each session with keys of its own."""

import json
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import pytest

from rehearsal.world.inside.adapter import Seams
from rehearsal.world.inside.clock import Clock
from rehearsal.world.inside.parties import Parties
from rehearsal.world.inside.plugins.cloudtrail import recorder
from rehearsal.world.inside.plugins.cloudtrail.record import Record
from rehearsal.world.inside.role_session import NotTrustedError, RoleSession, assume
from rehearsal.world.inside.setting import Setting

ARN = "arn:aws:iam::111122223333:role/team/deployer"
TRUST = {
    "Effect": "Allow",
    "Principal": {"Service": "codedeploy.amazonaws.com"},
    "Action": "sts:AssumeRole",
}


class Roles:
    """What stands at the seams, as far as a session needs it."""

    def __init__(self) -> None:
        self.sessions: dict[str, Mapping[str, Any]] = {}

    def get(self, name: str) -> object:
        found: dict[str, object] = {
            "iam._roles": self,
            "sts.register_session": self.sessions.__setitem__,
            "responses.get_region": lambda: "eu-central-1",
            "iam_evaluator.EvalContext": dict,
            "iam_evaluator.evaluate_trust_policy": lambda policy, *_: bool(policy["Statement"]),
        }
        return found[name]

    def get_scoped(self, account: str, _region: None, name: str) -> dict[str, str] | None:
        if (account, name) != ("111122223333", "deployer"):
            return None
        policy = json.dumps({"Version": "2012-10-17", "Statement": [TRUST]})
        return {"Arn": ARN, "RoleId": "AROA", "AssumeRolePolicyDocument": policy}


def world_of(roles: Roles) -> Setting:
    clock = Clock(0.0)
    seams: Seams = roles  # type: ignore[assignment]
    return Setting(clock=clock, parties=Parties(clock), seams=seams, seed=1)


def session(world: Setting, service: str = "codedeploy.amazonaws.com") -> RoleSession:
    return assume(world, ARN, service=service, session_name="one")


def test_two_sessions_of_one_name_have_different_keys() -> None:
    roles = Roles()
    first, second = (session(world_of(roles)).credentials for _ in range(2))
    assert not set(first.values()) & set(second.values())
    assert set(roles.sessions) == {each["AWS_ACCESS_KEY_ID"] for each in (first, second)}


def test_each_call_is_the_current_partys() -> None:
    world = world_of(Roles())
    mine = session(world)
    assert not mine.party()
    with world.parties.acting("engine") as party:
        assert world.parties.find(mine.party()) is party
    named = assume(
        world, ARN, service="codedeploy.amazonaws.com", session_name="one", party="build"
    )
    assert named.party() == "build"


def test_a_role_that_is_not_there_or_trusts_another_is_not_assumed() -> None:
    world = world_of(Roles())
    with pytest.raises(NotTrustedError, match="codebuild"):
        session(world, "codebuild.amazonaws.com")
    with pytest.raises(NotTrustedError, match="nobody"):
        assume(
            world,
            f"{ARN.rpartition('/')[0]}/nobody",
            service="codedeploy.amazonaws.com",
            session_name="one",
        )


def test_sessions_are_begun_one_at_a_time() -> None:
    inside, most = [0], [0]

    def stock(_key: str, _session: dict[str, Any]) -> None:
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        time.sleep(0.005)
        inside[0] -= 1

    register = recorder.taking(cast("Setting", None), cast("Record", None), stock)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: register(str(number), {}), range(16)))

    assert most == [1]
