"""cfn-lint accepts every template."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from cfnlint import ManualArgs, lint_by_config

from tests.assembly import Assembly

# W3005 calls a DependsOn redundant where a Ref implies it. The CDK writes it beside the Ref, and
# it changes nothing.
IGNORED = ["W3005"]


def findings(templates: Sequence[Path], regions: Sequence[str]) -> list[str]:
    """What cfn-lint finds, warnings included, each with its template, place and rule."""
    matches = lint_by_config(
        ManualArgs(
            templates=[str(template) for template in templates],
            ignore_checks=IGNORED,
            regions=list(regions),
        )
    )
    return [
        f"{Path(match.filename or '').name}:{match.linenumber} {match.rule.id} {match.message}"
        for match in matches
    ]


def test_cfn_lint_finds_nothing(assembly: Assembly) -> None:
    templates = sorted(assembly.out.glob("*.template.json"))
    assert len(templates) == len(assembly.templates) >= 5
    region = assembly.delivery.toolchain.region or "us-east-1"
    assert findings(templates, [region]) == []


@pytest.mark.parametrize(
    ("resource", "rule"),
    [
        ({"Type": "AWS::S3::Bucket", "Properties": {"BucketNames": "typo"}}, "E3002"),
        ({"Type": "AWS::Lambda::Versions"}, "E3006"),
        (
            {"Type": "AWS::SNS::Topic", "Properties": {"KmsMasterKeyId": {"Ref": "Missing"}}},
            "E1020",
        ),
    ],
)
def test_a_wrong_template_is_found(tmp_path: Path, resource: dict[str, object], rule: str) -> None:
    file = tmp_path / "wrong.template.json"
    file.write_text(json.dumps({"Resources": {"Wrong": resource}}))
    found = findings([file], ["us-east-1"])
    assert any(f" {rule} " in line and line.startswith(file.name) for line in found), found
