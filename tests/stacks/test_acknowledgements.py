"""Every acknowledgement excuses one finding of one construct, and there is one."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_s3 as s3
from cdk_nag import AwsSolutionsChecks

from lockgate.acknowledge import acknowledge
from tests.assembly import Assembly

RECORD = "aws:cdk:acknowledged-rules"
# What the default delivery acknowledges. A new one is a decision: count it here, and say in its
# reason what a security analyst would want to know.
EXPECTED = {
    "AwsSolutions-IAM5": 212,
    "AwsSolutions-L1": 19,
    "AwsSolutions-SF1": 2,
    "AwsSolutions-SF2": 2,
    "E3050": 6,
    "NIST.800.53.R5-LambdaConcurrency": 19,
    "NIST.800.53.R5-LambdaDLQ": 19,
    "NIST.800.53.R5-LambdaInsideVPC": 19,
    "NIST.800.53.R5-S3BucketReplicationEnabled": 3,
    "NIST.800.53.R5-S3DefaultEncryptionKMS": 1,
}


def recorded(out: Path) -> set[tuple[str, str]]:
    """Each acknowledgement in the code: the construct that has it, and the finding's id."""
    found = set()
    for file in out.glob("*.metadata.json"):
        for path, entries in json.loads(file.read_text()).items():
            for entry in entries:
                if entry["type"] == RECORD:
                    found |= {(path.strip("/"), finding) for finding in entry["data"]}
    return found


def used(report: dict[str, Any]) -> Counter[tuple[str, str]]:
    """How many findings each acknowledgement excused."""
    counts: Counter[tuple[str, str]] = Counter()
    for pack in report["pluginReports"]:
        for violation in pack.get("suppressedViolations", []):
            at = violation["acknowledgedAt"].strip("/")
            constructs = {c["constructPath"] for c in violation["violatingConstructs"]}
            counts[at, violation["acknowledgedId"]] += len(constructs)
    return counts


def test_no_acknowledgement_matches_nothing(assembly: Assembly) -> None:
    assert recorded(assembly.out) - set(used(assembly.report)) == set()


def test_each_acknowledgement_excuses_one_finding_of_one_construct(assembly: Assembly) -> None:
    assert {key: n for key, n in used(assembly.report).items() if n != 1} == {}


def test_the_default_delivery_acknowledges_what_is_counted_here(sample: Assembly) -> None:
    counts = Counter(finding.split("::")[1].split("[")[0] for _, finding in recorded(sample.out))
    assert counts == EXPECTED


def test_every_reason_says_something(assembly: Assembly) -> None:
    for pack in assembly.report["pluginReports"]:
        for violation in pack.get("suppressedViolations", []):
            assert len(violation["reason"].split()) >= 6, violation["reason"]


def test_a_stale_acknowledgement_is_found(tmp_path: Path) -> None:
    app = cdk.App(outdir=str(tmp_path), analytics_reporting=False)
    bucket = s3.Bucket(
        cdk.Stack(app, "stale"), "Bucket", enforce_ssl=True, server_access_logs_prefix="own/"
    )
    acknowledge(bucket, "AwsSolutions::AwsSolutions-S1", "It logs, so nothing is to excuse.")
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks())
    app.synth()
    report = json.loads((tmp_path / "validation-report.json").read_text())
    assert recorded(tmp_path) - set(used(report)) == {
        ("stale/Bucket", "AwsSolutions::AwsSolutions-S1")
    }


def test_an_acknowledgement_names_its_pack() -> None:
    stack = cdk.Stack(cdk.App(), "packless")
    with pytest.raises(ValueError, match="AwsSolutions::AwsSolutions-S1"):
        acknowledge(stack, "AwsSolutions-S1", "The pack is missing from this id.")
