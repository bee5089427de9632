"""The pack runs each of its rules, reports what is broken, and finds nothing in our templates."""

import json
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import aws_cdk as cdk

import lockgate.rules
from lockgate.rules import LockgateRules
from lockgate.rules.pack import RULES, broken
from stacks.app import ROOT
from tests.assembly import Assembly
from tests.constructs.rules.gated import gated

FILES = Path(lockgate.rules.__file__).parent
GROUP = {"Type": "AWS::CodeDeploy::DeploymentGroup"}


def findings(template: Mapping[str, Any]) -> list[tuple[str, str, list[str]]]:
    return [(rule.id, logical_id, where) for rule, logical_id, where in broken(template)]


def test_the_right_template_breaks_no_rule() -> None:
    assert findings(gated()) == []


def test_our_templates_break_no_rule(assembly: Assembly) -> None:
    for name, template in assembly.templates.items():
        assert findings(template) == [], name


def test_every_breach_of_a_template_is_reported() -> None:
    pipeline = {"Type": "AWS::CodePipeline::Pipeline"}
    found = findings({"Resources": {"Group": GROUP, "Pipeline": pipeline}})
    assert {(rule, logical_id) for rule, logical_id, _ in found} >= {
        ("LG-CodeDeployAlarms", "Group"),
        ("LG-CodeDeployRollback", "Group"),
        ("LG-NoAllAtOnce", "Group"),
        ("LG-ArtifactStoreKey", "Pipeline"),
        ("LG-PipelineQueued", "Pipeline"),
    }


def test_a_resource_that_says_nothing_is_judged_without_a_traceback() -> None:
    for kind in sorted({kind for rule in RULES for kind in rule.resource_types}):
        assert findings({"Resources": {"Bare": {"Type": kind}}}) is not None
        unknown = {"Fn::If": ["Condition", {}, {}]}
        assert findings({"Resources": {"Odd": {"Type": kind, "Properties": unknown}}}) is not None


def test_each_rule_has_tests_of_its_own_and_each_such_test_a_rule() -> None:
    rules = {file.stem for file in FILES.glob("*.py") if "\nRULE = Rule(" in file.read_text()}
    tests = (ROOT / "tests" / "constructs" / "rules").glob("test_*.py")
    assert {file.stem.removeprefix("test_") for file in tests} == rules


def test_each_rule_says_what_is_wrong_and_what_to_do() -> None:
    ids = [rule.id for rule in RULES]
    assert len(set(ids)) == len(ids)
    for rule in RULES:
        assert rule.id.startswith("LG-")
        assert rule.resource_types
        assert min(len(words.split()) for words in (rule.what, rule.fix, rule.source)) >= 4


def report(*templates: Path) -> cdk.PolicyValidationPluginReport:
    context = SimpleNamespace(template_paths=[str(path) for path in templates])
    return LockgateRules().validate(cast("cdk.IPolicyValidationContext", context))


def written(folder: Path, name: str, template: Mapping[str, Any]) -> Path:
    path = folder / f"{name}.template.json"
    path.write_text(json.dumps(template))
    return path


def test_the_pack_reports_rule_resource_and_property(tmp_path: Path) -> None:
    wrong = gated()
    del wrong["Resources"]["Pipeline"]["Properties"]["ArtifactStore"]["EncryptionKey"]
    right, path = written(tmp_path, "right", gated()), written(tmp_path, "wrong", wrong)
    assert report(right).success
    both = report(right, path)
    assert not both.success
    [violation] = both.violations
    [resource] = violation.violating_resources
    assert (violation.rule_name, resource.resource_logical_id, resource.template_path) == (
        "LG-ArtifactStoreKey",
        "Pipeline",
        str(path),
    )
    assert resource.locations == ["Properties/ArtifactStore.EncryptionKey"]
    assert violation.severity == "error"
    assert violation.fix in {rule.fix for rule in RULES}


def test_an_attribute_is_not_reported_as_a_property(tmp_path: Path) -> None:
    bucket = {"Type": "AWS::S3::Bucket", "UpdateReplacePolicy": "Retain"}
    [violation] = report(written(tmp_path, "lost", {"Resources": {"Bucket": bucket}})).violations
    assert violation.violating_resources[0].locations == ["DeletionPolicy"]


def test_a_warning_is_reported_and_fails_nothing(tmp_path: Path) -> None:
    template: dict[str, Any] = gated()
    cached = {
        "Cache": {"Type": "LOCAL"},
        "Environment": {"Image": "python@sha256:" + 64 * "0"},
        "LogsConfig": {"CloudWatchLogs": {"Status": "ENABLED", "GroupName": "logs"}},
    }
    template["Resources"]["Build"] = {"Type": "AWS::CodeBuild::Project", "Properties": cached}
    warned = report(written(tmp_path, "cached", template))
    assert [(v.rule_name, v.severity) for v in warned.violations] == [
        ("LG-BuildNoLocalCache", "warning")
    ]
    assert warned.success
