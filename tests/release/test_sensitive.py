"""What concerns security is told as such, with the property that is behind it."""

import json
from types import ModuleType
from typing import Any

import pytest

from tests.release.conftest import Gates
from tests.release.fake_aws import Record


def resource(action: str, kind: str, *details: Record, **more: Any) -> Record:  # noqa: ANN401
    """A change as DescribeChangeSet has it."""
    found = {"Action": action, "ResourceType": kind, "LogicalResourceId": "It", **more}
    return {"Type": "Resource", "ResourceChange": {**found, "Details": list(details)}}


def property_(name: str, before: str = "", after: str = "") -> Record:
    target = {"Attribute": "Properties", "Name": name, "RequiresRecreation": "Never"}
    return {"Target": {**target, "BeforeValue": before, "AfterValue": after}}


def attribute(name: str, before: str = "", after: str = "") -> Record:
    return {"Target": {"Attribute": name, "BeforeValue": before, "AfterValue": after}}


def modified(kind: str, *names: str) -> Record:
    return resource("Modify", kind, *map(property_, names), Replacement="False")


def added(kind: str, *names: str) -> Record:
    context = json.dumps({"Properties": dict.fromkeys(names, "x")})
    return resource("Add", kind, AfterContext=context)


def said(gates: Gates, change: Record) -> str:
    """The line on a change; empty where it does not concern security."""
    summary: ModuleType = gates["summary"]
    found = gates["changes"].Change.of(change)
    why = gates["sensitive"].concerns(found)
    return str(summary.line(found, why)) if why else ""


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (modified("AWS::IAM::Role", "AssumeRolePolicyDocument"), "who may assume the role"),
        (modified("AWS::IAM::Role", "ManagedPolicyArns"), "who may do what"),
        (modified("AWS::IAM::ManagedPolicy", "PolicyDocument"), "who may do what"),
        (added("AWS::IAM::User"), "who may do what"),
        (resource("Remove", "AWS::IAM::Policy"), "who may do what"),
        (modified("AWS::KMS::Key", "KeyPolicy"), "who may use the key"),
        (modified("AWS::KMS::Key", "EnableKeyRotation"), "an encryption key"),
        (modified("AWS::S3::BucketPolicy", "PolicyDocument"), "who else may use it"),
        (modified("AWS::S3::Bucket", "PublicAccessBlockConfiguration"), "public access"),
        (added("AWS::Lambda::Permission", "Principal"), "who else may use it"),
        (added("AWS::Lambda::Url", "AuthType"), "address on the internet"),
        (modified("AWS::Lambda::Function", "Role"), "on whose behalf"),
        (modified("AWS::Lambda::Function", "VpcConfig"), "network"),
        (resource("Modify", "AWS::Lambda::Alias", attribute("UpdatePolicy")), "traffic is shift"),
        (modified("AWS::SecretsManager::ResourcePolicy", "ResourcePolicy"), "who else may use"),
        (added("AWS::EC2::SecurityGroup", "SecurityGroupIngress"), "network lets through"),
        (added("AWS::EC2::SecurityGroupIngress", "CidrIp"), "network lets through"),
        (modified("AWS::EC2::Subnet", "MapPublicIpOnLaunch"), "whether it is public"),
        (modified("AWS::SNS::TopicPolicy", "PolicyDocument"), "who else may use it"),
        (modified("AWS::SQS::QueuePolicy", "PolicyDocument"), "who else may use it"),
        (modified("AWS::CloudTrail::Trail", "IsLogging"), "recorded and watched"),
        (modified("AWS::Logs::LogGroup", "RetentionInDays"), "how long and how safely"),
        (modified("AWS::CodeDeploy::DeploymentGroup", "AlarmConfiguration"), "stops a bad release"),
        (modified("AWS::RDS::DBInstance", "PubliclyAccessible"), "whether it is public"),
        (modified("AWS::DynamoDB::Table", "SSESpecification"), "how it is encrypted"),
        (modified("AWS::New::Thing", "ResourcePolicy"), "who may do what"),
        (modified("AWS::New::Thing", "ExecutionRoleArn"), "on whose behalf"),
        (resource("Modify", "Custom::Thing", property_("ServiceToken")), "code that runs"),
        (added("AWS::CloudFormation::Stack", "TemplateURL"), "more than this change set shows"),
        (resource("Modify", "AWS::New::Thing", attribute("DeletionPolicy")), "in the end"),
        (resource("Remove", "AWS::S3::Bucket"), "its data may be lost"),
        (resource("Remove", "AWS::S3::Bucket", PolicyAction="Delete"), "its data may be lost"),
        (resource("Remove", "AWS::S3::Bucket", PolicyAction="Retain"), "stays behind"),
        (resource("Modify", "AWS::DynamoDB::Table", Replacement="True"), "its data may be lost"),
        (resource("Modify", "AWS::RDS::DBInstance", Replacement="Conditional"), "may be lost"),
        (resource("Modify", "AWS::SecretsManager::Secret", Replacement="New"), "may be lost"),
    ],
)
def test_what_concerns_security_is_told(gates: Gates, change: Record, told: str) -> None:
    assert told in said(gates, change)


@pytest.mark.parametrize(
    "change",
    [
        modified("AWS::Lambda::Function", "Code", "Timeout", "MemorySize"),
        modified("AWS::S3::Bucket", "Tags"),
        modified("AWS::Lambda::Alias", "FunctionVersion"),
        modified("AWS::CloudWatch::Alarm", "Threshold"),
        modified("AWS::IAM::Role", "Description"),
        resource("Modify", "AWS::IAM::Role", attribute("Metadata"), Replacement="False"),
        resource("Modify", "AWS::Lambda::Version", property_("CodeSha256"), Replacement="True"),
        resource("Remove", "AWS::Lambda::Version"),
        added("AWS::Lambda::Version", "FunctionName"),
        added("AWS::S3::Bucket", "Tags"),
    ],
)
def test_what_does_not_concern_it_is_not(gates: Gates, change: Record) -> None:
    assert said(gates, change) == ""


@pytest.mark.parametrize(
    "change",
    [
        resource("Dynamic", "AWS::Lambda::Function"),
        resource("SyncWithActual", "AWS::Lambda::Function"),
        resource("Vanish", "AWS::Lambda::Function"),
        {"Type": "Hook"},
        {},
        resource("Modify", "AWS::New::Thing"),
        resource("Modify", "AWS::S3::Bucket"),
        resource("Add", "AWS::S3::Bucket"),
        resource("Add", "AWS::S3::Bucket", AfterContext="no JSON"),
    ],
)
def test_what_cloudformation_does_not_say_is_told_as_if_it_did(
    gates: Gates, change: Record
) -> None:
    assert said(gates, change) != ""


def test_the_property_and_short_values_are_named(gates: Gates) -> None:
    change = resource("Modify", "AWS::Logs::LogGroup", property_("RetentionInDays", "365", "7"))

    assert said(gates, change) == (
        "It (Logs::LogGroup) changed: "
        "how long and how safely logs are kept [RetentionInDays 365 -> 7]"
    )


def test_long_values_stay_in_the_change_set(gates: Gates) -> None:
    change = resource("Modify", "AWS::IAM::Role", property_("AssumeRolePolicyDocument", "x" * 99))

    assert said(gates, change).endswith("who may assume the role [AssumeRolePolicyDocument]")


def test_a_property_is_told_for_its_most_serious_reason_alone(gates: Gates) -> None:
    told = said(gates, modified("AWS::KMS::Key", "KeyPolicy", "EnableKeyRotation"))

    assert told.endswith("who may use the key [KeyPolicy], an encryption key [EnableKeyRotation]")
