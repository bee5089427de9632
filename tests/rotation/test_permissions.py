"""The role of the function allows the calls that a rotation makes, and no other."""

import pytest
from botocore import xform_name

from lockgate import rotation as construct
from tests.rotation.conftest import Rotation
from tests.rotation.test_crashes import CrashError, line


def test_nothing_missing_and_nothing_unused(
    rotation: Rotation, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = line(rotation, monkeypatch, at=-1, arrives=True, error=CrashError())
    rotation.begin()
    rotation.run()

    allowed = {action.partition(":")[2] for action in construct.ALL_ACTIONS}
    assert set(made.calls) == {xform_name(operation) for operation in allowed}
