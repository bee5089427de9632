"""A scanner's finding counts until somebody says why it stays, and no longer than it is there."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from tests.scanners.exceptions import Excuse, load, weigh
from tests.scanners.findings import Finding, Scan

FOUND = Finding(scanner="checkov", check="CKV_1", where="stack/Queue", what="encrypt it")
EXCUSE = Excuse(scanner="checkov", check="CKV_1", where="stack/*", reason="Because " * 6)


def scan(*findings: Finding) -> list[Scan]:
    return [Scan(scanner="checkov 1", looked_at="all of it", findings=findings)]


def test_a_finding_without_an_excuse_is_open() -> None:
    assert weigh(scan(FOUND), []).open == (FOUND,)


def test_an_excused_finding_is_not() -> None:
    weighed = weigh(scan(FOUND), [EXCUSE])
    assert (weighed.open, weighed.excused, weighed.stale) == ((), ((EXCUSE, (FOUND,)),), ())


@pytest.mark.parametrize(
    "other", [{"scanner": "bandit"}, {"check": "CKV_2"}, {"where": "other/Queue"}]
)
def test_an_excuse_is_for_one_check_of_one_scanner_in_its_place(other: dict[str, str]) -> None:
    finding = Finding(
        **{"scanner": "checkov", "check": "CKV_1", "where": "stack/Queue", "what": "", **other}
    )
    assert weigh(scan(finding), [EXCUSE]).open == (finding,)


def test_an_excuse_that_nothing_needs_is_stale() -> None:
    assert weigh(scan(), [EXCUSE]).stale == (EXCUSE,)


def test_what_is_called_low_is_noted_and_what_has_no_severity_counts() -> None:
    low = Finding(scanner="bandit", check="B404", where="a.py:1", what="", severity="low")
    weighed = weigh(scan(low, FOUND), [])
    assert (weighed.noted, weighed.open) == ((low,), (FOUND,))


def test_every_excuse_of_ours_has_a_reason() -> None:
    assert load()


def test_an_excuse_without_a_reason_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "exceptions.toml"
    file.write_text(
        '[[exceptions]]\nscanner = "bandit"\ncheck = "B1"\nwhere = "*"\nreason = "no"\n'
    )
    with pytest.raises(ValidationError, match="reason"):
        load(file)
