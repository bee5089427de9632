"""What a stack costs a month while nothing runs.

List prices of us-east-1 in USD, from the AWS pricing page that each line names. What is billed by
use alone (requests, build minutes, stored bytes) costs nothing idle and is not counted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

KEY = 1.00  # AWS Key Management Service pricing: a customer managed key
SECRET = 0.40  # AWS Secrets Manager pricing: a secret
ALARM_METRIC = 0.10  # Amazon CloudWatch pricing: a standard-resolution alarm, each metric it reads

FREE = frozenset(
    {
        "AWS::CodeDeploy::Application",
        "AWS::CodeDeploy::DeploymentConfig",
        "AWS::CodeDeploy::DeploymentGroup",
        "AWS::IAM::ManagedPolicy",
        "AWS::IAM::Role",
        "AWS::Lambda::Alias",
        "AWS::S3::BucketPolicy",
        "AWS::SNS::Subscription",
        "AWS::SNS::TopicPolicy",
        "AWS::SecretsManager::ResourcePolicy",
    }
)
BY_USE = frozenset(
    {
        "AWS::CloudTrail::Trail",  # the first trail of management events in an account is free
        "AWS::CodeBuild::Project",
        "AWS::CodeCommit::Repository",
        "AWS::CodePipeline::Pipeline",  # type V2: by action minute
        "AWS::Events::Rule",
        "AWS::Lambda::Function",
        "AWS::Lambda::Version",
        "AWS::Logs::LogGroup",
        "AWS::Logs::MetricFilter",  # a metric costs while it gets data
        "AWS::S3::Bucket",
        "AWS::SNS::Topic",
    }
)


@dataclass(frozen=True, kw_only=True)
class Cost:
    """USD a month when idle, and the resource types that no price is known of."""

    usd: float
    unknown: tuple[str, ...] = ()


def idle(template: Mapping[str, Any]) -> Cost:
    """The idle cost of a template's resources."""
    usd, unknown = 0.0, set()
    for resource in template["Resources"].values():
        match resource["Type"]:
            case "AWS::KMS::Key":
                usd += KEY
            case "AWS::SecretsManager::Secret":
                usd += SECRET
            case "AWS::CloudWatch::Alarm":
                usd += ALARM_METRIC * _metrics(resource["Properties"])
            case other if other not in FREE | BY_USE:
                unknown.add(other)
    return Cost(usd=round(usd, 2), unknown=tuple(sorted(unknown)))


def _metrics(alarm: Mapping[str, Any]) -> int:
    """How many metrics an alarm reads; a metric-math alarm is billed for each."""
    return sum("MetricStat" in query for query in alarm.get("Metrics", [])) or 1
