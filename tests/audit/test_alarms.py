"""Each filter finds what people must hear of, and leaves alone what a release does."""

import json

import pytest

from lockgate.audit.alarms import audited
from lockgate.audit.event import PATTERN_CHARACTERS, AuditedEvent, Machines, pattern, within
from rehearsal.world.inside.filter_patterns import compiled
from tests.audit.events import A_RELEASE, EVENTS
from tests.audit.shapes import ACCOUNT, MACHINES, REGION, Event

AUDITED = {each.name: each for each in audited(MACHINES)}
# What the CIS benchmark asks to be watched ("Monitoring", 5.1 to 5.15).
CIS = {f"CIS 5.{number}" for number in range(1, 16)}


def finds(found: AuditedEvent, event: Event) -> bool:
    return compiled(found.pattern)(json.dumps(event))


def test_every_audited_event_has_its_examples() -> None:
    assert set(EVENTS) == set(AUDITED)
    assert all(fires and quiet for fires, quiet in EVENTS.values())


@pytest.mark.parametrize("name", EVENTS)
def test_people_hear_of_it(name: str) -> None:
    unheard = [event for event in EVENTS[name][0] if not finds(AUDITED[name], event)]
    assert unheard == []


@pytest.mark.parametrize("name", EVENTS)
def test_people_do_not_hear_of_what_is_next_to_it(name: str) -> None:
    heard = [event for event in EVENTS[name][1] if finds(AUDITED[name], event)]
    assert heard == []


@pytest.mark.parametrize("event", A_RELEASE, ids=lambda event: str(event["eventName"]))
def test_a_normal_release_raises_no_alarm(event: Event) -> None:
    assert [name for name, found in AUDITED.items() if finds(found, event)] == []


def test_every_control_of_the_benchmark_has_one_filter() -> None:
    sources = [each.source for each in AUDITED.values() if each.source.startswith("CIS")]
    assert sorted(sources) == sorted(CIS)


def test_every_filter_says_what_and_why_in_sentences() -> None:
    for each in AUDITED.values():
        assert each.what.endswith("."), each.name
        assert each.why.endswith("."), each.name
        assert len(f"{each.what} {each.why} ({each.source})") <= 1024


def test_the_longest_delivery_keeps_every_pattern_within_its_limit() -> None:
    longest = Machines(
        delivery="d" * 16, partition="aws-us-gov", region="ap-southeast-1", account=ACCOUNT
    )
    patterns = [within(each.pattern, ACCOUNT) for each in audited(longest)]
    assert max(map(len, patterns)) <= PATTERN_CHARACTERS


def test_a_pattern_that_is_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match="1025 characters"):
        pattern("x" * (PATTERN_CHARACTERS - 5))


def test_only_the_signs_that_cloudwatch_knows_are_used() -> None:
    """There is `NOT EXISTS` and no `EXISTS`: a field that is there is like "*"."""
    for each in AUDITED.values():
        assert " EXISTS" not in each.pattern.replace("NOT EXISTS", "")
        assert each.pattern.count("(") == each.pattern.count(")")


def test_another_deliverys_machines_are_strangers() -> None:
    """A role counts as a machine by the whole path, not by how its name begins."""
    others = Machines(delivery="acm", partition="aws", region=REGION, account=ACCOUNT)
    [found] = [each for each in audited(others) if each.name == "HookReported"]
    assert finds(found, EVENTS["HookReported"][1][0])


@pytest.mark.parametrize("name", EVENTS)
def test_in_an_organizations_trail_people_hear_of_their_own_account(name: str) -> None:
    """Of the others it is not known here who their machines are."""
    found = compiled(within(AUDITED[name].pattern, ACCOUNT))
    for event in EVENTS[name][0]:
        assert found(json.dumps(event))
        assert not found(json.dumps(event | {"recipientAccountId": "999988887777"}))
