"""A package passes once it was looked up and nothing is known of it, and not otherwise."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply.advisories import ReportError, problems
from supply.locks import Locked
from supply.policy import AcceptedAdvisory

TODAY = date(2026, 11, 26)
LOCKED = [
    Locked(name=name, version=version, digests=("0" * 64,))
    for name, version in (("first", "1.0"), ("second", "2.0"))
]
FINE = [{"name": each.name, "version": each.version, "vulns": []} for each in LOCKED]
VULNERABLE = {"id": "PYSEC-1", "fix_versions": ["1.1"], "aliases": ["CVE-1"], "description": ""}


def report(*dependencies: Mapping[str, Any]) -> str:
    return json.dumps({"dependencies": dependencies, "fixes": []})


def accepted(until: date, advisory: str = "PYSEC-1", package: str = "First") -> AcceptedAdvisory:
    reason = "The function that it is about is never called."
    return AcceptedAdvisory(package=package, advisory=advisory, reason=reason, until=until)


def test_packages_of_which_nothing_is_known_pass() -> None:
    assert problems(LOCKED, report(*FINE), (), TODAY) == []


@pytest.mark.parametrize(
    "told",
    [
        FINE[:1],
        [FINE[0], {"name": "second", "skip_reason": "not found on PyPI"}],
        [FINE[0], {**FINE[1], "version": "2.1"}],
    ],
)
def test_a_package_that_was_passed_over_is_no_package_without_advisories(
    told: list[dict[str, Any]],
) -> None:
    assert problems(LOCKED, report(*told), (), TODAY) == ["second 2.0 was not looked up"]


def test_an_advisory_is_told_with_what_it_is_fixed_in() -> None:
    told = report({**FINE[0], "vulns": [VULNERABLE]}, FINE[1])
    assert problems(LOCKED, told, (), TODAY) == ["first 1.0 has PYSEC-1, fixed in 1.1"]


@pytest.mark.parametrize("advisory", ["PYSEC-1", "CVE-1"])
def test_an_advisory_may_be_accepted_up_to_a_day(advisory: str) -> None:
    told = report({**FINE[0], "vulns": [VULNERABLE]}, FINE[1])
    assert problems(LOCKED, told, [accepted(TODAY, advisory)], TODAY) == []
    [over] = problems(LOCKED, told, [accepted(date(2026, 11, 25), advisory)], TODAY)
    assert over == "first 1.0 has PYSEC-1, fixed in 1.1; it was accepted until 2026-11-25"


@pytest.mark.parametrize("known", [accepted(TODAY, "PYSEC-2"), accepted(TODAY, package="second")])
def test_what_is_accepted_without_need_is_found(known: AcceptedAdvisory) -> None:
    told = report({**FINE[0], "vulns": [VULNERABLE]}, FINE[1])
    found = problems(LOCKED, told, [known], TODAY)
    assert len(found) == 2
    assert "no longer accept it" in found[1]


@pytest.mark.parametrize(
    "text",
    ["", "no JSON", "[]", "{}", '{"dependencies": [{}]}', '{"dependencies": [{"name": "a"}]}'],
)
def test_what_is_no_report_is_said_to_be_none(text: str) -> None:
    with pytest.raises(ReportError):
        problems(LOCKED, text, (), TODAY)


@given(st.sets(st.sampled_from(range(6)), max_size=6))
def test_a_report_passes_only_if_all_of_the_lock_is_in_it(told: set[int]) -> None:
    packages = [Locked(name=f"p{number}", version="1", digests=("0" * 64,)) for number in range(6)]
    found = problems(
        packages,
        report(*({"name": f"p{number}", "version": "1", "vulns": []} for number in told)),
        (),
        TODAY,
    )
    assert len(found) == len(packages) - len(told)
