"""What a stack costs a month while nothing runs, from one table of list prices."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

SOURCE = "us-east-1 list prices; see the AWS pricing pages"


@dataclass(frozen=True, kw_only=True)
class Price:
    """What a resource of one type costs.

    Attributes:
        page: the AWS pricing page that says so, by its title.
        unit: what is counted, empty where nothing costs while idle.
        usd: USD a month for each unit while idle.
        by_use: what use costs, which is not counted; empty where use is free too.
    """

    page: str
    unit: str = ""
    usd: float = 0.0
    by_use: str = ""


KMS = "AWS Key Management Service Pricing"
CLOUDWATCH = "Amazon CloudWatch Pricing"
CODEDEPLOY = "AWS CodeDeploy Pricing"
IAM = "AWS Identity and Access Management (IAM)"
LAMBDA = "AWS Lambda Pricing"
S3 = "Amazon S3 Pricing"
SECRETS = "AWS Secrets Manager Pricing"
SNS = "Amazon SNS Pricing"

ALARM = "AWS::CloudWatch::Alarm"
STANDARD_ALARM = Price(page=CLOUDWATCH, unit="alarm metric", usd=0.10)
HIGH_RESOLUTION_ALARM = Price(page=CLOUDWATCH, unit="high-resolution alarm metric", usd=0.30)
STANDARD_PERIOD_SECONDS = 60

PRICES: Mapping[str, Price] = {
    ALARM: STANDARD_ALARM,
    "AWS::CloudFormation::CustomResource": Price(page=LAMBDA),
    "AWS::CloudTrail::Trail": Price(
        page="AWS CloudTrail Pricing",
        by_use="CloudTrail (an account's first trail of management events is free)",
    ),
    "AWS::CloudWatch::CompositeAlarm": Price(page=CLOUDWATCH, unit="composite alarm", usd=0.50),
    "AWS::CodeBuild::Project": Price(page="AWS CodeBuild Pricing", by_use="CodeBuild (by minute)"),
    "AWS::CodeCommit::Repository": Price(
        page="AWS CodeCommit Pricing", by_use="CodeCommit (by active user; five are free)"
    ),
    "AWS::CodeConnections::Connection": Price(page="AWS CodePipeline Pricing"),
    "AWS::CodeDeploy::Application": Price(page=CODEDEPLOY),
    "AWS::CodeDeploy::DeploymentConfig": Price(page=CODEDEPLOY),
    "AWS::CodeDeploy::DeploymentGroup": Price(page=CODEDEPLOY),
    "AWS::CodePipeline::Pipeline": Price(
        page="AWS CodePipeline Pricing", by_use="CodePipeline (V2: 0.002 USD an action minute)"
    ),
    "AWS::Events::Rule": Price(
        page="Amazon EventBridge Pricing",
        by_use="EventBridge (AWS's own events are free, a million verdicts cost 1.00 USD)",
    ),
    "AWS::IAM::ManagedPolicy": Price(page=IAM),
    "AWS::IAM::Role": Price(page=IAM),
    "AWS::KMS::Alias": Price(page=KMS),
    "AWS::KMS::Key": Price(
        page=KMS,
        unit="KMS key",
        usd=1.00,
        by_use="KMS (by request; a key's first two rotations add 1.00 USD a month each)",
    ),
    "AWS::Lambda::Alias": Price(page=LAMBDA),
    "AWS::Lambda::Function": Price(page=LAMBDA, by_use="Lambda (by request and duration)"),
    "AWS::Lambda::Permission": Price(page=LAMBDA),
    "AWS::Lambda::Version": Price(page=LAMBDA),
    "AWS::Logs::LogGroup": Price(
        page=CLOUDWATCH, by_use="CloudWatch Logs (by GB taken in and stored)"
    ),
    "AWS::Logs::MetricFilter": Price(
        page=CLOUDWATCH, by_use="metric filters (0.30 USD a month for a metric that gets data)"
    ),
    "AWS::Logs::QueryDefinition": Price(
        page=CLOUDWATCH, by_use="Logs Insights (0.005 USD for each GB that a query reads)"
    ),
    "AWS::S3::Bucket": Price(page=S3, by_use="S3 (by GB stored and request)"),
    "AWS::S3::BucketPolicy": Price(page=S3),
    "AWS::SNS::Subscription": Price(page=SNS),
    "AWS::SNS::Topic": Price(page=SNS, by_use="SNS (by message)"),
    "AWS::SNS::TopicPolicy": Price(page=SNS),
    "AWS::SSM::Parameter": Price(page="AWS Systems Manager Pricing"),
    "AWS::SecretsManager::ResourcePolicy": Price(page=SECRETS),
    "AWS::SecretsManager::RotationSchedule": Price(page=SECRETS),
    "AWS::SecretsManager::Secret": Price(
        page=SECRETS, unit="secret", usd=0.40, by_use="Secrets Manager (by call)"
    ),
    "AWS::StepFunctions::StateMachine": Price(
        page="AWS Step Functions Pricing",
        by_use="Step Functions (0.000025 USD a transition; a look at a canary makes three)",
    ),
}


@dataclass(frozen=True, kw_only=True)
class Item:
    """So many units at one price.

    Attributes:
        unit: what is counted.
        count: how many there are.
        usd_each: USD a month for one.
        page: the AWS pricing page of the price.
    """

    unit: str
    count: int
    usd_each: float
    page: str


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What something costs when idle.

    Attributes:
        usd: USD a month for what has a known price.
        items: what that sum is made of.
        by_use: what is billed by use, which is not counted.
        unknown: the resource types that no price is known of.
    """

    usd: float
    items: tuple[Item, ...] = ()
    by_use: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def idle(templates: Iterable[Mapping[str, Any]]) -> Cost:
    """What the resources of some templates cost when idle."""
    units: Counter[Price] = Counter()
    unknown: set[str] = set()
    for template in templates:
        for resource in template["Resources"].values():
            kind = resource["Type"]
            if kind == ALARM:
                price, count = _alarm(resource.get("Properties", {}))
                units[price] += count
            elif kind in PRICES:
                units[PRICES[kind]] += 1
            else:
                unknown.add(kind)
    return Cost(
        usd=round(sum(price.usd * count for price, count in units.items()), 2),
        items=tuple(
            Item(unit=price.unit, count=count, usd_each=price.usd, page=price.page)
            for price, count in sorted(units.items(), key=lambda each: -each[0].usd)
            if price.usd
        ),
        by_use=tuple(sorted({price.by_use for price in units} - {""}, key=str.lower)),
        unknown=tuple(sorted(unknown)),
    )


def _alarm(alarm: Mapping[str, Any]) -> tuple[Price, int]:
    """An alarm's price, and how many metrics it reads: metric math is billed for each."""
    reads = [query["MetricStat"] for query in alarm.get("Metrics", []) if "MetricStat" in query]
    periods = [each.get("Period", STANDARD_PERIOD_SECONDS) for each in (alarm, *reads)]
    often = min(periods) < STANDARD_PERIOD_SECONDS
    return HIGH_RESOLUTION_ALARM if often else STANDARD_ALARM, len(reads) or 1
