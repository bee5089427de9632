"""What happened is recorded where nobody can change it, and people hear of what matters."""

import json
from typing import Any

import pytest

from lockgate.audit.alarms import audited
from lockgate.audit.event import Machines
from lockgate.audit.queries import queries
from rehearsal.world.inside.plugins.cloudtrail.selectors import wanted
from stacks import names
from stacks.app import ROOT
from tests.assembly import Assembly, statements
from tests.iam.people import in_account
from tests.iam.policies import text

YEAR_DAYS = 365
DOCUMENT = ROOT / "docs" / "audit.md"
AUDITED = {
    each.name: each
    for each in audited(
        Machines(delivery="d", partition="aws", region="eu-central-1", account="111122223333")
    )
}


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


def delivered(trail: dict[str, Any], event: dict[str, Any]) -> bool:
    """Whether the trail takes an event, with the names in its selectors as the templates say."""
    selectors = json.loads(json.dumps(trail["AdvancedEventSelectors"]))
    for selector in selectors:
        for field in selector["FieldSelectors"]:
            for sign in ("Equals", "StartsWith", "NotEndsWith"):
                if sign in field:
                    field[sign] = [text(value) for value in field[sign]]
    return wanted(event, selectors)


def data_event(kind: str, arn: str) -> dict[str, Any]:
    resource = {"type": kind, "ARN": arn}
    return {"eventCategory": "Data", "readOnly": True, "resources": [resource]}


def function(assembly: Assembly, name: str) -> dict[str, Any]:
    arn = in_account(assembly, "lambda", f"function:{name}")
    return data_event("AWS::Lambda::Function", arn)


def test_the_trail_records_every_management_event(trail: dict[str, Any]) -> None:
    for read_only in (True, False):
        event = {"eventCategory": "Management", "readOnly": read_only}
        assert delivered(trail, event)


def test_the_trail_records_who_touched_an_object_of_the_artifact_store(
    assembly: Assembly, trail: dict[str, Any]
) -> None:
    [objects] = [s for s in trail["AdvancedEventSelectors"] if "S3" in s["Name"]]
    [watched] = objects["FieldSelectors"][-1]["StartsWith"]
    exported, slash = watched["Fn::Join"][1]
    assert slash == "/"
    foundation = names.shared_stack(assembly.delivery, names.FOUNDATION)
    outputs = assembly.templates[foundation]["Outputs"].values()
    by_export = {output["Export"]["Name"]: output["Value"] for output in outputs}
    bucket, attribute = by_export[exported["Fn::ImportValue"]]["Fn::GetAtt"]
    assert attribute == "Arn"
    assert by_export[names.export(assembly.delivery, names.ARTIFACTS)] == {"Ref": bucket}
    store = text(watched)
    assert delivered(trail, data_event("AWS::S3::Object", f"{store}a/b"))
    assert not delivered(trail, data_event("AWS::S3::Object", "arn:aws:s3:::other/b"))


def test_the_trail_records_who_called_a_gates_functions_and_not_what_customers_ask(
    assembly: Assembly, trail: dict[str, Any]
) -> None:
    """An event for each request would cost more than the service."""
    every = assembly.resources("AWS::Lambda::Function")
    functions = [p for _, _, p in every if "FunctionName" in p]
    stacks = {stack for stack, _, _ in assembly.resources("AWS::Lambda::Function")}
    found = {p["FunctionName"] for p in functions}
    recorded = {n for n in found if delivered(trail, function(assembly, n))}
    assert found - recorded == found & stacks
    assert recorded
    assert not delivered(trail, function(assembly, "another-function"))


def test_no_field_of_a_selector_has_two_conditions_that_would_be_joined_by_or(
    trail: dict[str, Any],
) -> None:
    for selector in trail["AdvancedEventSelectors"]:
        for field in selector["FieldSelectors"]:
            assert len({"Equals", "StartsWith", "EndsWith"} & set(field)) == 1


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


def test_every_audited_event_has_its_filter_and_its_alarm_says_what_and_why(
    assembly: Assembly,
) -> None:
    said = {name: alarm["AlarmDescription"] for (_, name), alarm in alarms(assembly).items()}
    assert said == {e.name: f"{e.what} {e.why} ({e.source})" for e in AUDITED.values()}


def test_the_filters_look_for_the_deliverys_own_roles_and_names(assembly: Assembly) -> None:
    account = assembly.delivery.toolchain.account or "<AWS::AccountId>"
    [found] = [f for (_, name), f in filters(assembly).items() if name == "GlassBroken"]
    name = assembly.delivery.name
    assert f":{account}:role/{name}/people/{name}-break-glass" in text(found["FilterPattern"])


def test_every_question_is_saved_for_the_trails_log_group(
    assembly: Assembly, trail: dict[str, Any]
) -> None:
    group = trail["CloudWatchLogsLogGroupArn"]["Fn::GetAtt"][0]
    name = assembly.delivery.name
    saved = {p["Name"]: p for _, _, p in assembly.resources("AWS::Logs::QueryDefinition")}
    assert {key: p["QueryString"] for key, p in saved.items()} == {
        f"{name}/audit/{query.name}": query.text for query in queries(name)
    }
    for properties in saved.values():
        assert properties["LogGroupNames"] == [{"Ref": group}]


def test_what_is_heard_and_asked_is_documented() -> None:
    """docs/audit.md names each alarm and each question, and no other."""
    rows = [line for line in DOCUMENT.read_text().splitlines() if line.startswith("| `")]
    assert {row.split("`")[1] for row in rows} == {*AUDITED, *(q.name for q in queries("d"))}


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


def test_one_event_is_enough_but_for_what_may_be_a_slip(assembly: Assembly) -> None:
    at_least = {name: alarm["Threshold"] for (_, name), alarm in alarms(assembly).items()}
    assert (at_least.pop("UnauthorizedCalls"), at_least.pop("SignInFailed")) == (5, 3)
    assert set(at_least.values()) == {1}


def test_quiet_is_no_alarm(assembly: Assembly) -> None:
    """A filter sends nothing while nothing happens."""
    for alarm in alarms(assembly).values():
        assert alarm["TreatMissingData"] == "notBreaching"
