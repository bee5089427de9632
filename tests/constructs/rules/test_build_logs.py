"""What a build did can be read afterwards."""

import pytest

from lockgate.rules.build_logs import RULE
from tests.constructs.rules.judging import MISSING, breaches, changed

STREAM = "LogsConfig.CloudWatchLogs"
RIGHT = {"LogsConfig": {"CloudWatchLogs": {"Status": "ENABLED", "GroupName": {"Ref": "Logs"}}}}


def test_a_build_that_logs_to_a_group_passes() -> None:
    assert breaches(RULE, RIGHT) == []


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        ("LogsConfig", MISSING, [f"{STREAM}.Status", f"{STREAM}.GroupName"]),
        (f"{STREAM}.Status", "DISABLED", [f"{STREAM}.Status"]),
        (f"{STREAM}.Status", MISSING, [f"{STREAM}.Status"]),
        (f"{STREAM}.GroupName", MISSING, [f"{STREAM}.GroupName"]),
    ],
)
def test_a_build_without_a_log_is_found(path: str, value: object, where: list[str]) -> None:
    assert breaches(RULE, changed(RIGHT, path, value)) == where


@pytest.mark.parametrize(
    ("objects", "found"),
    [
        ({"Status": "ENABLED"}, False),
        ({"Status": "ENABLED", "EncryptionDisabled": False}, False),
        ({"Status": "DISABLED", "EncryptionDisabled": True}, False),
        ({"Status": "ENABLED", "EncryptionDisabled": True}, True),
    ],
)
def test_a_log_that_is_stored_in_the_open_is_found(
    objects: dict[str, object], *, found: bool
) -> None:
    project = changed(RIGHT, "LogsConfig.S3Logs", objects)
    assert breaches(RULE, project) == ["LogsConfig.S3Logs.EncryptionDisabled"] * found
