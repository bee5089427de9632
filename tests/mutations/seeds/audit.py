"""Defects of the trail, and of what it is searched for."""

from tests.mutations.changes import add, drop, put, says
from tests.mutations.mutation import Change, Mutation, Where, anywhere

TRAIL, ALARM, FILTER = (
    "AWS::CloudTrail::Trail",
    "AWS::CloudWatch::Alarm",
    "AWS::Logs::MetricFilter",
)
COMPLETE = "FSBP CloudTrail.1"
CIS = "CIS AWS Foundations Benchmark, section Monitoring"
SELECTORS = "Properties.AdvancedEventSelectors"
FIELDS = f"{SELECTORS}.0.FieldSelectors"


def on(kind: str, name: str, source: str, change: Change, *, where: Where = anywhere) -> Mutation:
    return Mutation(name=name, source=source, resource_type=kind, where=where, change=change)


SEEDS = (
    on(TRAIL, "the trail is off", COMPLETE, put("Properties.IsLogging", value=False)),
    on(TRAIL, "the trail sees one Region", COMPLETE, drop("Properties.IsMultiRegionTrail")),
    on(
        TRAIL,
        "the trail does not see IAM",
        COMPLETE,
        put("Properties.IncludeGlobalServiceEvents", value=False),
    ),
    on(
        TRAIL,
        "the trail sees no reads",
        COMPLETE,
        add(FIELDS, {"Field": "readOnly", "Equals": ["false"]}),
    ),
    on(
        TRAIL,
        "the trail leaves the keys out",
        COMPLETE,
        add(FIELDS, {"Field": "eventSource", "NotEquals": ["kms.amazonaws.com"]}),
    ),
    on(TRAIL, "nobody knows who read artifacts", "CIS 4.9", drop(f"{SELECTORS}.1")),
    on(
        TRAIL,
        "a changed file of the trail is not found out",
        "FSBP CloudTrail.4",
        put("Properties.EnableLogFileValidation", value=False),
    ),
    on(
        TRAIL,
        "the trail is not encrypted by a key",
        "FSBP CloudTrail.2",
        drop("Properties.KMSKeyId"),
    ),
    on(
        TRAIL,
        "nothing searches the trail",
        "FSBP CloudTrail.5",
        drop("Properties.CloudWatchLogsLogGroupArn"),
    ),
    on(
        "AWS::S3::Bucket",
        "whoever broke in deletes the trail",
        "FSBP S3.15",
        drop("Properties.ObjectLockConfiguration"),
        where=says("ObjectLockConfiguration"),
    ),
    on(
        "AWS::S3::Bucket",
        "the trail is kept for a month",
        "FSBP S3.15",
        put("Properties.ObjectLockConfiguration.Rule.DefaultRetention.Days", 30),
        where=says("ObjectLockConfiguration"),
    ),
    on(ALARM, "an alarm tells nobody", "FSBP CloudWatch.15", drop("Properties.AlarmActions")),
    on(
        ALARM,
        "an alarm's actions are off",
        "FSBP CloudWatch.17",
        put("Properties.ActionsEnabled", value=False),
    ),
    on(
        ALARM,
        "an alarm waits for a thousand changes of a role",
        CIS,
        put("Properties.Threshold", 1000),
        where=says("Lockgate/Audit"),
    ),
    on(
        FILTER,
        "an alarm reads a metric that nobody counts",
        CIS,
        put("Properties.MetricTransformations.0.MetricName", "Renamed"),
    ),
    on(
        FILTER,
        "a filter looks at another log",
        CIS,
        put("Properties.LogGroupName", "somewhere-else"),
    ),
)
