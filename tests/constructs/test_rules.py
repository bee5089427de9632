"""Each rule of the pack lets the right template pass and finds each way to be wrong."""

import copy
import json
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, cast

import aws_cdk as cdk
import pytest

from lockgate.rules import LockgateRules
from lockgate.rules.pack import RULES, broken
from tests.assembly import Assembly

GROUP = {
    "Type": "AWS::CodeDeploy::DeploymentGroup",
    "Properties": {
        "AlarmConfiguration": {
            "Enabled": True,
            "Alarms": [{"Name": "errors"}],
            "IgnorePollAlarmFailure": False,
        },
        "AutoRollbackConfiguration": {
            "Enabled": True,
            "Events": [
                "DEPLOYMENT_FAILURE",
                "DEPLOYMENT_STOP_ON_ALARM",
                "DEPLOYMENT_STOP_ON_REQUEST",
            ],
        },
        "DeploymentConfigName": {"Ref": "Shift"},
    },
}
SHIFT = {
    "Type": "AWS::CodeDeploy::DeploymentConfig",
    "Properties": {"TrafficRoutingConfig": {"Type": "TimeBasedCanary"}},
}
STORE = {"Type": "S3", "EncryptionKey": {"Type": "KMS", "Id": {"Ref": "Key"}}}
PIPELINE = {"Type": "AWS::CodePipeline::Pipeline", "Properties": {"ArtifactStore": STORE}}
RIGHT = {"Resources": {"Group": GROUP, "Shift": SHIFT, "Pipeline": PIPELINE}}
MISSING = object()


def changed(path: str, value: object) -> dict[str, Any]:
    """The right template with one value changed, or taken away."""
    template = copy.deepcopy(RIGHT)
    place: Any = template["Resources"]
    *above, last = path.split(".")
    for part in above:
        place = place[part]
    if value is MISSING:
        del place[last]
    else:
        place[last] = value
    return template


def findings(template: Mapping[str, Any]) -> list[tuple[str, str, list[str]]]:
    return [(rule.id, logical_id, where) for rule, logical_id, where in broken(template)]


def test_the_right_template_breaks_no_rule() -> None:
    assert findings(RIGHT) == []


ALARMS = "Group.Properties.AlarmConfiguration"
ROLLBACK = "Group.Properties.AutoRollbackConfiguration"
EVENTS = "AutoRollbackConfiguration.Events"
CONFIG = "Group.Properties.DeploymentConfigName"
TYPE = "Shift.Properties.TrafficRoutingConfig.Type"
KEY = "Pipeline.Properties.ArtifactStore.EncryptionKey"
WRONG: list[tuple[str, object, str, list[str]]] = [
    (
        ALARMS,
        MISSING,
        "LG-CodeDeployAlarms",
        ["AlarmConfiguration.Enabled", "AlarmConfiguration.Alarms"],
    ),
    (f"{ALARMS}.Enabled", False, "LG-CodeDeployAlarms", ["AlarmConfiguration.Enabled"]),
    (f"{ALARMS}.Enabled", MISSING, "LG-CodeDeployAlarms", ["AlarmConfiguration.Enabled"]),
    (f"{ALARMS}.Enabled", {"Ref": "P"}, "LG-CodeDeployAlarms", ["AlarmConfiguration.Enabled"]),
    (f"{ALARMS}.Alarms", [], "LG-CodeDeployAlarms", ["AlarmConfiguration.Alarms"]),
    (f"{ALARMS}.Alarms", MISSING, "LG-CodeDeployAlarms", ["AlarmConfiguration.Alarms"]),
    (
        f"{ALARMS}.IgnorePollAlarmFailure",
        True,
        "LG-CodeDeployAlarms",
        ["AlarmConfiguration.IgnorePollAlarmFailure"],
    ),
    (f"{ROLLBACK}.Enabled", False, "LG-CodeDeployRollback", ["AutoRollbackConfiguration.Enabled"]),
    (
        f"{ROLLBACK}.Enabled",
        MISSING,
        "LG-CodeDeployRollback",
        ["AutoRollbackConfiguration.Enabled"],
    ),
    (
        f"{ROLLBACK}.Events",
        ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"],
        "LG-CodeDeployRollback",
        [f"{EVENTS} (missing: DEPLOYMENT_STOP_ON_REQUEST)"],
    ),
    (
        f"{ROLLBACK}.Events",
        ["DEPLOYMENT_STOP_ON_REQUEST"],
        "LG-CodeDeployRollback",
        [f"{EVENTS} (missing: DEPLOYMENT_FAILURE, DEPLOYMENT_STOP_ON_ALARM)"],
    ),
    (CONFIG, "CodeDeployDefault.LambdaAllAtOnce", "LG-NoAllAtOnce", ["DeploymentConfigName"]),
    (CONFIG, MISSING, "LG-NoAllAtOnce", ["DeploymentConfigName"]),
    (CONFIG, {"Ref": "Elsewhere"}, "LG-NoAllAtOnce", ["DeploymentConfigName"]),
    (CONFIG, {"Fn::ImportValue": "a"}, "LG-NoAllAtOnce", ["DeploymentConfigName"]),
    (TYPE, "AllAtOnce", "LG-NoAllAtOnce", ["DeploymentConfigName"]),
    (TYPE, MISSING, "LG-NoAllAtOnce", ["DeploymentConfigName"]),
    (KEY, MISSING, "LG-ArtifactStoreKey", ["ArtifactStore.EncryptionKey"]),
    (f"{KEY}.Id", "", "LG-ArtifactStoreKey", ["ArtifactStore.EncryptionKey"]),
    (f"{KEY}.Type", "AES", "LG-ArtifactStoreKey", ["ArtifactStore.EncryptionKey"]),
    ("Pipeline.Properties.ArtifactStore", MISSING, "LG-ArtifactStoreKey", ["ArtifactStore"]),
    ("Pipeline.Properties", MISSING, "LG-ArtifactStoreKey", ["ArtifactStore"]),
]


@pytest.mark.parametrize(("path", "value", "rule", "where"), WRONG)
def test_what_is_wrong_is_found_by_its_rule_alone(
    path: str, value: object, rule: str, where: list[str]
) -> None:
    logical_id = "Pipeline" if path.startswith("Pipeline") else "Group"
    assert findings(changed(path, value)) == [(rule, logical_id, where)]


def test_a_group_without_rollback_is_found_with_both_properties() -> None:
    [(rule, _, where)] = findings(changed(ROLLBACK, MISSING))
    assert rule == "LG-CodeDeployRollback"
    assert [location.split(" ")[0] for location in where] == [
        "AutoRollbackConfiguration.Enabled",
        "AutoRollbackConfiguration.Events",
    ]


def test_each_rule_has_several_failing_cases() -> None:
    for rule in RULES:
        assert sum(id_ == rule.id for _, _, id_, _ in WRONG) >= 3, rule.id


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (f"{ALARMS}.IgnorePollAlarmFailure", MISSING),
        (TYPE, "TimeBasedLinear"),
        (CONFIG, "CodeDeployDefault.LambdaCanary10Percent5Minutes"),
    ],
)
def test_other_ways_to_be_right_pass(path: str, value: object) -> None:
    assert findings(changed(path, value)) == []


def at_once(last: object) -> list[tuple[str, str, list[str]]]:
    template = changed(TYPE, "AllAtOnce")
    template["Metadata"] = {"Lockgate": {"LastEnvironment": last}}
    return findings(template)


def test_all_at_once_is_for_environments_before_the_last() -> None:
    assert at_once(last=False) == []
    assert at_once(last=True) == [("LG-NoAllAtOnce", "Group", ["DeploymentConfigName"])]
    assert at_once(last="no") == [("LG-NoAllAtOnce", "Group", ["DeploymentConfigName"])]


def test_each_store_of_a_pipeline_across_regions_needs_its_key() -> None:
    stores = [
        {"Region": "eu-west-1", "ArtifactStore": STORE},
        {"Region": "eu-central-1", "ArtifactStore": {"Type": "S3"}},
    ]
    template = changed("Pipeline.Properties", {"ArtifactStores": stores})
    assert findings(template) == [
        ("LG-ArtifactStoreKey", "Pipeline", ["ArtifactStores.1.EncryptionKey"])
    ]
    stores[1]["ArtifactStore"] = STORE
    template = changed("Pipeline.Properties", {"ArtifactStores": stores})
    assert findings(template) == []


def test_every_breach_of_a_template_is_reported() -> None:
    template = copy.deepcopy(RIGHT)
    for logical_id in ("Group", "Pipeline"):
        del cast("dict[str, Any]", template["Resources"][logical_id])["Properties"]
    assert {rule for rule, _, _ in findings(template)} == {rule.id for rule in RULES}


def test_the_templates_of_the_deliveries_hold_what_the_rules_look_at(assembly: Assembly) -> None:
    for kind in {rule.resource_type for rule in RULES}:
        assert any(assembly.resources(kind))
    for name, template in assembly.templates.items():
        assert findings(template) == [], name


def test_each_rule_says_what_is_wrong_and_what_to_do() -> None:
    ids = [rule.id for rule in RULES]
    assert len(set(ids)) == len(ids)
    for rule in RULES:
        assert rule.id.startswith("LG-")
        assert min(len(words.split()) for words in (rule.what, rule.fix, rule.source)) >= 4


def test_the_pack_reports_rule_resource_and_property(tmp_path: Any) -> None:  # noqa: ANN401
    paths = []
    for name, template in {"right": RIGHT, "wrong": changed(KEY, MISSING)}.items():
        path = tmp_path / f"{name}.template.json"
        path.write_text(json.dumps(template))
        paths.append(str(path))

    def report(*found: str) -> cdk.PolicyValidationPluginReport:
        context = SimpleNamespace(template_paths=list(found))
        return LockgateRules().validate(cast("cdk.IPolicyValidationContext", context))

    assert report(paths[0]).success
    both = report(*paths)
    assert not both.success
    [violation] = both.violations
    [resource] = violation.violating_resources
    assert (violation.rule_name, resource.resource_logical_id, resource.template_path) == (
        "LG-ArtifactStoreKey",
        "Pipeline",
        paths[1],
    )
    assert resource.locations == ["Properties/ArtifactStore.EncryptionKey"]
    assert violation.fix in {rule.fix for rule in RULES}
