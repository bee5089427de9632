"""When a deployment window is open."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from rehearsal.world.inside.plugins.codepipeline.rules.cron import read
from rehearsal.world.inside.plugins.codepipeline.rules.cron_fields import CronError

# A Monday.
MONDAY = datetime(2027, 3, 1, 9, 30, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "opens"),
    [
        ("* * * * * ?", "2027-03-01 09:30:20"),
        ("* * 9-16 ? * MON-FRI *", "2027-03-01 09:30:20"),
        ("* 0/15 * ? * *", "2027-03-01 09:30:20"),
        ("* */20 * ? * *", "2027-03-01 09:40:00"),
        ("* 5,45 * ? * *", "2027-03-01 09:45:00"),
        ("* * 10-12 ? * *", "2027-03-01 10:00:00"),
        ("* * 8 ? * *", "2027-03-02 08:00:00"),
        ("* * * ? * FRI-SUN", "2027-03-05 00:00:00"),
        ("* * * ? * 1", "2027-03-07 00:00:00"),
        ("* * * ? * L", "2027-03-06 00:00:00"),
        ("* * * ? * 6L", "2027-03-26 00:00:00"),
        ("* * * ? * WED#3", "2027-03-17 00:00:00"),
        ("* * * L * ?", "2027-03-31 00:00:00"),
        ("* * * L-3 * ?", "2027-03-28 00:00:00"),
        ("* * * LW * ?", "2027-03-31 00:00:00"),
        ("* * * 6W * ?", "2027-03-05 00:00:00"),
        ("* * * 7W * ?", "2027-03-08 00:00:00"),
        ("* * * 1W MAY ?", "2027-05-03 00:00:00"),
        ("* * * 29 2 ?", "2028-02-29 00:00:00"),
        ("* * 22-2 ? * *", "2027-03-01 22:00:00"),
        ("* * * ? JAN *", "2028-01-01 00:00:00"),
        ("* * * ? * * 2029-2030", "2029-01-01 00:00:00"),
    ],
)
def test_a_window_opens(expression: str, opens: str) -> None:
    found = read(expression).opens(MONDAY)
    assert f"{found:%Y-%m-%d %H:%M:%S}" == opens


def test_a_window_that_is_over_never_opens() -> None:
    assert read("* * * ? * * 2020").opens(MONDAY) is None
    assert read("* * * 31 2 ?").opens(MONDAY) is None


def test_a_window_is_open_by_its_zone() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    window = read("* * 2 ? * SUN")
    # On that Sunday the hour from two to three is left out.
    opens = window.opens(datetime(2027, 3, 27, 12, tzinfo=berlin))
    assert opens is not None
    assert opens.isoformat() == "2027-04-04T02:00:00+02:00"
    opens = read("* * 9 ? * *").opens(datetime(2027, 3, 28, 1, tzinfo=berlin))
    assert opens is not None
    assert opens.isoformat() == "2027-03-28T09:00:00+02:00"


@pytest.mark.parametrize(
    "expression",
    [
        "* * * * *",
        "0 * * ? * *",
        "* 60 * ? * *",
        "* * 24 ? * *",
        "* * * ? * ?",
        "* * * 32 * ?",
        "* * * ? 13 *",
        "* * * ? * FUN",
        "* * * ? * MON#6",
        "* * * 40W * ?",
        "* * * L-x * ?",
        "* 5- * ? * *",
        "* */0 * ? * *",
        "* * * ? * * 1969",
    ],
)
def test_what_is_no_expression_is_refused(expression: str) -> None:
    with pytest.raises(CronError):
        read(expression)
