"""A delivery has no users, and no keys that last."""

import pytest

from lockgate.rules.no_users import RULE, USERS
from lockgate.rules.pack import broken
from tests.constructs.rules.judging import breaches


@pytest.mark.parametrize(("kind", "where"), USERS.items())
def test_a_user_a_group_and_a_key_are_found(kind: str, where: str) -> None:
    assert breaches(RULE, {"UserName": "ci"}, of=kind) == [where]


def test_a_role_is_none_of_them() -> None:
    template = {"Resources": {"Role": {"Type": "AWS::IAM::Role", "Properties": {}}}}
    assert RULE.id not in {rule.id for rule, _, _ in broken(template)}
