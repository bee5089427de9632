"""The advisory service is asked for every package, by pip-audit itself, or the audit fails."""

import json
from datetime import date

import pytest

from supply import advisories, lookup
from supply.locks import Locked

TODAY = date(2026, 11, 26)


def locked(*names: str) -> list[Locked]:
    found = (name.split("==") for name in names)
    return [Locked(name=name, version=version, digests=("0" * 64,)) for name, version in found]


@pytest.mark.usefixtures("service")
def test_a_package_that_an_advisory_is_about_stops_the_release() -> None:
    packages = locked("jmespath==1.1.0", "typing-extensions==4.16.0")

    report = lookup.ask(packages)

    assert advisories.problems(packages, report, (), TODAY) == [
        "jmespath 1.1.0 has PLANTED-1, fixed in 1.1.1"
    ]


@pytest.mark.usefixtures("service")
def test_packages_that_no_advisory_is_about_pass() -> None:
    packages = locked("jmespath==1.0.9", "typing-extensions==4.16.0")

    report = lookup.ask(packages)

    assert advisories.problems(packages, report, (), TODAY) == []
    assert len(json.loads(report)["dependencies"]) == len(packages)


def test_without_a_service_nothing_is_known_and_that_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(lookup.STAND_IN, "http://127.0.0.1:1/v1/query")

    with pytest.raises(lookup.LookupFailedError, match="nothing is known of the packages"):
        lookup.ask(locked("jmespath==1.1.0"))


@pytest.mark.parametrize(
    "address",
    ["https://osv.example.com/v1/query", "http://127.0.0.1.example.com/", "", "file:///x"],
)
def test_a_stand_in_is_on_this_machine_or_none(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv(lookup.STAND_IN, address)

    with pytest.raises(lookup.LookupFailedError, match=lookup.STAND_IN):
        lookup.ask(locked("jmespath==1.1.0"))


def test_without_a_stand_in_pip_audit_asks_whom_it_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(lookup.STAND_IN, raising=False)

    assert lookup._service() == ()
