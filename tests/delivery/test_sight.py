"""What is said of a canary before it is deployed."""

from collections.abc import Callable

import pytest

from delivery import Service
from delivery.sight import said, sight
from tests.delivery.conftest import Load

Make = Callable[..., Service]


@pytest.fixture
def service(load_text: Load, sound: str) -> Make:
    def make(canary: str = "requests_per_second = 10.0", more: str = "") -> Service:
        text = sound.replace("requests_per_second = 10.0", canary)
        return load_text(f"{text}\n{more}").services[0]

    return make


def test_the_default_canary_of_ten_requests_a_second(service: Make) -> None:
    seen = sight(service())

    assert (seen.expected_requests, seen.synthetic_requests, seen.clean_requests) == (900, 299, 299)
    assert seen.judged_minutes == 12, "the minute of the shift and two that settle are lost"
    currents = [each.current_percent for each in seen.regressions]
    assert currents == [0.1, 0.5, 1.0]
    stops = [each.stopped_percent or 100 for each in seen.regressions]
    assert stops == sorted(stops)
    assert all(stop > current for stop, current in zip(stops, currents, strict=True))


def test_more_traffic_sees_smaller_regressions(service: Make) -> None:
    few, many = (sight(service(f"requests_per_second = {rate}")) for rate in (5.0, 500.0))

    for less, more in zip(few.regressions, many.regressions, strict=True):
        assert (more.stopped_percent or 100) < (less.stopped_percent or 100)


def test_a_service_that_may_take_long_settles_late(service: Make) -> None:
    assert sight(service(more="timeout_seconds = 300")).judged_minutes == 15 - 1 - 6


def test_a_canary_that_is_over_before_anything_settles_is_warned_of(service: Make) -> None:
    blind = service("minutes = 3, requests_per_second = 10.0")

    assert sight(blind).judged_minutes == 0
    assert "Warning: the watch stops nothing here, as no minute settles in time." in said(blind)
    assert "more minutes" in said(blind)
    assert "fails everything" not in said(blind)


def test_a_canary_that_hardly_anybody_meets_is_warned_of(service: Make) -> None:
    lonely = service("requests_per_second = 0.02")

    assert sight(lonely).judged_minutes == 12
    assert "the watch stops nothing here, as too few requests settle in time." in said(lonely)


def test_a_broken_version_is_known_once_its_first_requests_have_settled(service: Make) -> None:
    often, seldom = (sight(service(f"requests_per_second = {rate}")) for rate in (10.0, 0.1))

    # Three requests tell. The shift's own minute, one to judge and two in which it settles.
    assert (often.broken_minutes, often.broken_requests) == (4, 240)
    # Of six a minute to both versions, the new one gets three in five minutes.
    assert (seldom.broken_minutes, seldom.broken_requests) == (8, 5)


@pytest.mark.parametrize("rate", [0.001, 1e6])
@pytest.mark.parametrize("errors_percent", [0.0001, 50])
def test_whatever_a_delivery_says_is_reckoned(
    service: Make, rate: float, errors_percent: float
) -> None:
    asked = service(
        f"percent = 50, minutes = 2879, requests_per_second = {rate}",
        f"objectives = {{ errors_percent = {errors_percent} }}",
    )

    assert said(asked)


def test_it_is_said_in_words(service: Make) -> None:
    meets, certifies, stops, broken = said(service()).splitlines()

    assert meets.startswith("orders: 10 % of 10 requests a second for 15 minutes are 900 requests")
    assert meets.endswith("after 299 synthetic ones.")
    assert certifies == "  299 requests without a failure certify the objective of 1 %."
    for each in sight(service()).regressions:
        assert f"{each.stopped_percent:g} % against {each.current_percent:g} %" in stops
    assert broken == (
        "  A version that fails everything is stopped after about 4 minutes and "
        "240 failed requests."
    )


def test_it_is_written_as_plain_metadata(service: Make) -> None:
    written = sight(service()).as_metadata()

    assert written["ExpectedRequests"] == 900
    assert (written["BrokenMinutes"], written["BrokenRequests"]) == (4, 240)
    assert [each["CurrentPercent"] for each in written["Regressions"]] == ["0.1", "0.5", "1"]
    assert "StoppedPercent" in written["Regressions"][0]


def test_what_is_never_stopped_has_no_number(service: Make) -> None:
    written = sight(service("minutes = 3, requests_per_second = 10.0")).as_metadata()

    assert "BrokenMinutes" not in written
    assert [list(each) for each in written["Regressions"]] == [["CurrentPercent"]] * 3
