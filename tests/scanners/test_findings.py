"""A scanner that did not look is no scanner that found nothing."""

from typing import Any

import pytest

from tests.assembly import Assembly
from tests.scanners.account import details
from tests.scanners.findings import RISKS, of_bandit, of_checkov, of_cloudsplaining

SUMMARY = {"parsing_errors": 0, "passed": 9, "resource_count": 3}
NO_RISKS: dict[str, Any] = {risk: {"findings": [], "severity": "high"} for risk in RISKS}


def cloudsplaining(**risks: dict[str, Any]) -> dict[str, Any]:
    policy = {"PolicyName": "stack/Role", **NO_RISKS, **risks}
    return {"roles": {"AROA1": {}}, "inline_policies": {"1": policy}}


def bandit(**more: object) -> dict[str, Any]:
    return {"metrics": {"_totals": {"loc": 10}}, "errors": [], "results": [], **more}


def test_a_failed_check_of_checkov_is_a_finding() -> None:
    failed = {
        "check_id": "CKV_1",
        "check_name": "Encrypt it",
        "file_path": "/stack.template.json",
        "resource": "AWS::SQS::Queue.Queue",
        "severity": None,
    }
    _, [found] = of_checkov({"summary": SUMMARY, "results": {"failed_checks": [failed]}})
    assert (found.check, found.where) == ("CKV_1", "stack/AWS::SQS::Queue.Queue")


@pytest.mark.parametrize("wrong", [{"parsing_errors": 1}, {"passed": 0}])
def test_checkov_that_read_nothing_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="could not look"):
        of_checkov({"summary": SUMMARY | wrong, "results": {"failed_checks": []}})


def test_a_report_without_a_summary_is_refused() -> None:
    with pytest.raises(KeyError):
        of_checkov({"passed": 0, "failed": 0})


def test_each_risk_of_a_policy_is_a_finding() -> None:
    risk = {"findings": ["s3:PutObject"], "severity": "High"}
    _, [found] = of_cloudsplaining(cloudsplaining(ResourceExposure=risk))
    assert (found.check, found.severity) == ("ResourceExposure", "high")
    assert of_cloudsplaining(cloudsplaining())[1] == ()


def test_cloudsplaining_without_roles_is_refused() -> None:
    with pytest.raises(ValueError, match="no role"):
        of_cloudsplaining({"roles": {}, "inline_policies": {}})


def test_an_issue_of_bandit_is_a_finding() -> None:
    issue = {
        "test_id": "B324",
        "filename": "a.py",
        "line_number": 3,
        "issue_text": "Weak hash",
        "issue_severity": "HIGH",
    }
    _, [found] = of_bandit(bandit(results=[issue]))
    assert (found.where, found.severity) == ("a.py:3", "high")


@pytest.mark.parametrize(
    "wrong", [{"errors": [{"filename": "a.py"}]}, {"metrics": {"_totals": {"loc": 0}}}]
)
def test_bandit_that_read_nothing_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="could not look"):
        of_bandit(bandit(**wrong))


def test_every_role_is_shown_with_its_policy_and_no_name_is_left_open(sample: Assembly) -> None:
    shown = details(sample)["RoleDetailList"]
    assert len(shown) == len(list(sample.resources("AWS::IAM::Role")))
    assert "<" not in str(shown)
    assert all(each["RolePolicyList"][0]["PolicyDocument"] for each in shown)
