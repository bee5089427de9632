"""What happened is recorded where nobody can change it, and people hear of what matters."""

from typing import Any

import pytest

from stacks import names
from tests.assembly import Assembly, statements

YEAR_DAYS = 365
# What the trail must at least be watched for; each is an event name of some filter.
WATCHED = (
    "StopLogging",
    "DeleteTrail",
    "DisableKey",
    "ScheduleKeyDeletion",
    "PutBucketPolicy",
    "UpdatePipeline",
    "UpdateProject",
    "UpdateDeploymentGroup",
    "StopDeployment",
    "AttachRolePolicy",
    "DeleteRolePermissionsBoundary",
    "DeleteRepository",
)


def audit(assembly: Assembly) -> str:
    return names.shared_stack(assembly.delivery, names.AUDIT)


def resource(assembly: Assembly, logical_id: str) -> dict[str, Any]:
    return dict(assembly.templates[audit(assembly)]["Resources"][logical_id])


@pytest.fixture
def trail(assembly: Assembly) -> dict[str, Any]:
    [(stack, _, properties)] = assembly.resources("AWS::CloudTrail::Trail")
    assert stack == audit(assembly)
    return properties


def test_the_trail_sees_every_region_and_the_global_services(trail: dict[str, Any]) -> None:
    assert trail["IsLogging"] is True
    assert trail["IsMultiRegionTrail"] is True
    assert trail["IncludeGlobalServiceEvents"] is True


def test_a_changed_log_file_of_the_trail_is_found_out(trail: dict[str, Any]) -> None:
    assert trail["EnableLogFileValidation"] is True


def test_trail_bucket_and_log_group_share_the_trails_own_key(
    assembly: Assembly, trail: dict[str, Any]
) -> None:
    key = trail["KMSKeyId"]
    assert resource(assembly, key["Fn::GetAtt"][0])["Type"] == "AWS::KMS::Key"
    bucket = resource(assembly, trail["S3BucketName"]["Ref"])["Properties"]
    [rule] = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"] == {
        "SSEAlgorithm": "aws:kms",
        "KMSMasterKeyID": key,
    }
    group = resource(assembly, trail["CloudWatchLogsLogGroupArn"]["Fn::GetAtt"][0])
    assert group["Type"] == "AWS::Logs::LogGroup"
    assert group["Properties"]["KmsKeyId"] == key


def test_what_the_trail_delivered_is_locked_for_a_year(
    assembly: Assembly, trail: dict[str, Any]
) -> None:
    bucket = resource(assembly, trail["S3BucketName"]["Ref"])["Properties"]
    assert bucket["ObjectLockEnabled"] is True
    assert bucket["ObjectLockConfiguration"]["ObjectLockEnabled"] == "Enabled"
    retention = bucket["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
    assert retention["Mode"] in {"GOVERNANCE", "COMPLIANCE"}
    assert retention["Days"] >= YEAR_DAYS
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}


def test_no_lifecycle_rule_ends_a_log_file_before_its_lock_does(
    assembly: Assembly, trail: dict[str, Any]
) -> None:
    bucket = resource(assembly, trail["S3BucketName"]["Ref"])["Properties"]
    for rule in bucket["LifecycleConfiguration"]["Rules"]:
        assert rule.get("ExpirationInDays", YEAR_DAYS) >= YEAR_DAYS
        assert rule["NoncurrentVersionExpiration"]["NoncurrentDays"] >= YEAR_DAYS


def test_the_trail_records_every_management_event(trail: dict[str, Any]) -> None:
    [selector] = trail["EventSelectors"]
    assert selector["IncludeManagementEvents"] is True
    assert selector["ReadWriteType"] == "All"
    assert "ExcludeManagementEventSources" not in selector


def test_the_trail_records_who_touched_an_object_of_the_artifact_store(
    assembly: Assembly, trail: dict[str, Any]
) -> None:
    [selector] = trail["EventSelectors"]
    [data] = selector["DataResources"]
    assert data["Type"] == "AWS::S3::Object"
    [watched] = data["Values"]
    exported, slash = watched["Fn::Join"][1]
    assert slash == "/"
    foundation = names.shared_stack(assembly.delivery, names.FOUNDATION)
    outputs = assembly.templates[foundation]["Outputs"].values()
    by_export = {output["Export"]["Name"]: output["Value"] for output in outputs}
    bucket, attribute = by_export[exported["Fn::ImportValue"]]["Fn::GetAtt"]
    assert attribute == "Arn"
    assert by_export[names.export(assembly.delivery, names.ARTIFACTS)] == {"Ref": bucket}


def filters(assembly: Assembly) -> dict[tuple[str, str], dict[str, Any]]:
    """The metric filters by namespace and name of the metric that they count into."""
    found = {}
    for _, _, properties in assembly.resources("AWS::Logs::MetricFilter"):
        [counted] = properties["MetricTransformations"]
        assert counted["MetricValue"] == "1"
        found[counted["MetricNamespace"], counted["MetricName"]] = properties
    assert len(found) == len(list(assembly.resources("AWS::Logs::MetricFilter"))) > 0
    return found


def alarms(assembly: Assembly) -> dict[tuple[str, str], dict[str, Any]]:
    """The alarms of the audit stack by the metric that they watch."""
    return {
        (alarm["Namespace"], alarm["MetricName"]): alarm
        for _, _, alarm in assembly.resources("AWS::CloudWatch::Alarm", audit(assembly))
    }


def test_every_filter_counts_in_the_trails_log_group(
    assembly: Assembly, trail: dict[str, Any]
) -> None:
    group = trail["CloudWatchLogsLogGroupArn"]["Fn::GetAtt"][0]
    for found in filters(assembly).values():
        assert found["LogGroupName"] == {"Ref": group}


def test_every_filter_has_an_alarm_on_its_metric_and_every_alarm_a_filter(
    assembly: Assembly,
) -> None:
    assert set(filters(assembly)) == set(alarms(assembly))


def test_every_alarm_counts_within_five_minutes_and_tells_the_topic(assembly: Assembly) -> None:
    foundation = names.shared_stack(assembly.delivery, names.FOUNDATION)
    [(_, topic, _)] = assembly.resources("AWS::SNS::Topic", foundation)
    exports = {
        output["Export"]["Name"]
        for output in assembly.templates[foundation]["Outputs"].values()
        if output["Value"] == {"Ref": topic}
    }
    for alarm in alarms(assembly).values():
        [action] = alarm["AlarmActions"]
        assert action["Fn::ImportValue"] in exports
        assert alarm["Statistic"] == "Sum"
        assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
        assert alarm["Threshold"] >= 1
        assert alarm["Period"] * alarm["EvaluationPeriods"] <= 300
        assert alarm.get("ActionsEnabled", True) is True


@pytest.mark.parametrize("event", WATCHED)
def test_people_hear_of(assembly: Assembly, event: str) -> None:
    patterns = [found["FilterPattern"] for found in filters(assembly).values()]
    assert any(f"($.eventName = {event})" in pattern for pattern in patterns)


def test_every_pattern_is_balanced(assembly: Assembly) -> None:
    for found in filters(assembly).values():
        pattern = found["FilterPattern"]
        assert pattern.startswith("{ ")
        assert pattern.endswith(" }")
        assert pattern.count("(") == pattern.count(")")
        assert pattern.count('"') % 2 == 0


def test_cloudtrail_delivers_this_trail_into_its_bucket_and_nothing_else(
    assembly: Assembly, trail: dict[str, Any]
) -> None:
    """As the CloudTrail User Guide asks: the bucket's ACL read, objects put for this account."""
    bucket = trail["S3BucketName"]["Ref"]
    [policy] = [
        p
        for _, _, p in assembly.resources("AWS::S3::BucketPolicy", audit(assembly))
        if p["Bucket"] == {"Ref": bucket}
    ]
    arn = {"Fn::GetAtt": [bucket, "Arn"]}
    found = {
        s["Action"]: s
        for s in statements(policy["PolicyDocument"])
        if s["Principal"] == {"Service": "cloudtrail.amazonaws.com"}
    }
    assert set(found) == {"s3:GetBucketAcl", "s3:PutObject"}
    assert found["s3:GetBucketAcl"]["Resource"] == arn
    first, *_, last = found["s3:PutObject"]["Resource"]["Fn::Join"][1]
    assert first == arn
    assert str(last).endswith("/*")
    for statement in found.values():
        assert statement["Effect"] == "Allow"
        held = statement["Condition"]["StringEquals"]
        source = held["aws:SourceArn"]
        end = source if isinstance(source, str) else source["Fn::Join"][1][-1]
        assert end.endswith(f":trail/{trail['TrailName']}")
    acl = found["s3:PutObject"]["Condition"]["StringEquals"]["s3:x-amz-acl"]
    assert acl == "bucket-owner-full-control"


def test_the_trail_is_made_after_the_policy_that_lets_it_deliver(assembly: Assembly) -> None:
    template = assembly.templates[audit(assembly)]["Resources"]
    [made] = [r for r in template.values() if r["Type"] == "AWS::CloudTrail::Trail"]
    bucket = made["Properties"]["S3BucketName"]
    [policy] = [
        i
        for i, r in template.items()
        if r["Type"] == "AWS::S3::BucketPolicy" and r["Properties"]["Bucket"] == bucket
    ]
    assert policy in made["DependsOn"]


def test_one_event_is_enough_but_for_denied_calls(assembly: Assembly) -> None:
    at_least = {name: alarm["Threshold"] for (_, name), alarm in alarms(assembly).items()}
    assert at_least.pop("UnauthorizedCalls") == 5
    assert set(at_least.values()) == {1}


def test_quiet_is_no_alarm(assembly: Assembly) -> None:
    """A filter sends nothing while nothing happens."""
    for alarm in alarms(assembly).values():
        assert alarm["TreatMissingData"] == "notBreaching"
