"""What the scanners say, in one form: the JSON of each is read as it is, or refused."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

# Cloudsplaining's kinds of findings, as the keys of its results.
RISKS = (
    "PrivilegeEscalation",
    "DataExfiltration",
    "ResourceExposure",
    "ServiceWildcard",
    "CredentialsExposure",
    "InfrastructureModification",
)


@dataclass(frozen=True, kw_only=True, order=True)
class Finding:
    """One thing that a scanner objects to.

    Attributes:
        scanner: which one.
        check: its own name of the rule.
        where: the resource, the role's policy or the line.
        what: the rule in its words.
        severity: as it says; empty where it says none.
    """

    scanner: str
    check: str
    where: str
    what: str
    severity: str = ""


@dataclass(frozen=True, kw_only=True)
class Scan:
    """What one scanner did.

    Attributes:
        scanner: which one, with its version.
        looked_at: how much, in its own unit.
        findings: what it objects to.
    """

    scanner: str
    looked_at: str
    findings: tuple[Finding, ...]


def of_checkov(report: Mapping[str, Any]) -> tuple[str, tuple[Finding, ...]]:
    """How much Checkov looked at, and what it found in CloudFormation templates.

    Raises:
        KeyError: the report has another form.
        ValueError: it could not read a template, or looked at none.
    """
    summary = report["summary"]
    if summary["parsing_errors"] or not summary["passed"]:
        raise ValueError(f"Checkov could not look: {summary}")
    found = (
        Finding(
            scanner="checkov",
            check=each["check_id"],
            where=f"{each['file_path'].strip('/').partition('.')[0]}/{each['resource']}",
            what=each["check_name"],
            severity=(each.get("severity") or "").lower(),
        )
        for each in report["results"]["failed_checks"]
    )
    looked_at = f"{summary['resource_count']} resources, {summary['passed']} checks passed"
    return looked_at, tuple(sorted(found))


def of_cloudsplaining(results: Mapping[str, Any]) -> tuple[str, tuple[Finding, ...]]:
    """How much Cloudsplaining looked at, and what it found in the roles' policies.

    Raises:
        KeyError: the results have another form.
        ValueError: it looked at no role.
    """
    if not results["roles"]:
        raise ValueError("Cloudsplaining looked at no role")
    policies = results["inline_policies"].values()
    found = (each for policy in policies for each in _risks(policy))
    looked_at = f"{len(results['roles'])} roles with {len(policies)} policies"
    return looked_at, tuple(sorted(found))


def _risks(policy: Mapping[str, Any]) -> Iterator[Finding]:
    for risk in RISKS:
        for found in policy[risk]["findings"]:
            yield Finding(
                scanner="cloudsplaining",
                check=risk,
                where=f"{policy['PolicyName']}: {found}",
                what=str(policy[risk].get("description", risk)),
                severity=str(policy[risk]["severity"]).lower(),
            )


def of_bandit(report: Mapping[str, Any]) -> tuple[str, tuple[Finding, ...]]:
    """How much Bandit looked at, and what it found in Python.

    Raises:
        KeyError: the report has another form.
        ValueError: it could not read a file, or looked at none.
    """
    lines = report["metrics"]["_totals"]["loc"]
    if report["errors"] or not lines:
        raise ValueError(f"Bandit could not look at {report['errors'] or 'anything'}")
    found = (
        Finding(
            scanner="bandit",
            check=each["test_id"],
            where=f"{each['filename']}:{each['line_number']}",
            what=each["issue_text"].partition("\n")[0],
            severity=each["issue_severity"].lower(),
        )
        for each in report["results"]
    )
    return f"{lines} lines", tuple(sorted(found))
