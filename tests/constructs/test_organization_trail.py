"""A trail of an organization: its accounts' events arrive, and nobody else's."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk.assertions import Template

from lockgate.audit.trail import AuditTrail, Organization

ACCOUNT, MANAGEMENT, REGION, ID = "111122223333", "999988887777", "eu-central-1", "o-exampleorgid"
CLOUDTRAIL = {"Service": "cloudtrail.amazonaws.com"}


def made(organization: Organization | None) -> Template:
    stack = cdk.Stack(
        cdk.App(analytics_reporting=False),
        "acme-audit",
        env=cdk.Environment(account=ACCOUNT, region=REGION),
    )
    boundary = f"arn:aws:iam::{ACCOUNT}:policy/acme/boundary/acme-workload"
    AuditTrail(
        stack,
        "Trail",
        name="acme-trail",
        access_logs=s3.Bucket.from_bucket_name(stack, "Logs", "logs"),
        watched=["arn:aws:s3:::artifacts/", "arn:aws:s3:::artifacts-elsewhere/"],
        functions=["arn:aws:lambda:eu-central-1:111122223333:function:acme-"],
        workloads=["-prod"],
        organization=organization,
        role_path="/acme/audit/",
        boundary=iam.ManagedPolicy.from_managed_policy_arn(stack, "Boundary", boundary),
    )
    return Template.from_stack(stack)


@pytest.fixture(scope="module")
def delegated() -> Template:
    """Of the delegated administrator, which is not the management account."""
    return made(Organization(id=ID, management_account=MANAGEMENT))


@pytest.fixture(scope="module")
def managing() -> Template:
    """Of the management account itself."""
    return made(Organization(id=ID, management_account=None))


@pytest.fixture(scope="module")
def single() -> Template:
    return made(None)


def properties(template: Template, kind: str) -> dict[str, Any]:
    [found] = template.find_resources(kind).values()
    return dict(found["Properties"])


def let_in(template: Template) -> list[dict[str, Any]]:
    """The statements by which bucket and key let CloudTrail in."""
    bucket = properties(template, "AWS::S3::BucketPolicy")["PolicyDocument"]["Statement"]
    key = properties(template, "AWS::KMS::Key")["KeyPolicy"]["Statement"]
    return [s for s in (*bucket, *key) if s["Principal"] == CLOUDTRAIL]


def folders(template: Template) -> list[str]:
    """Below which folders of the bucket CloudTrail may put objects."""
    [put] = [s for s in let_in(template) if s["Action"] == "s3:PutObject"]
    found = put["Resource"] if isinstance(put["Resource"], list) else [put["Resource"]]
    return [each["Fn::Join"][1][-1] for each in found]


def test_a_trail_is_of_the_organization_where_one_is_named_and_else_of_the_account(
    delegated: Template, single: Template
) -> None:
    trail = properties(delegated, "AWS::CloudTrail::Trail")
    assert trail["IsOrganizationTrail"] is True
    assert trail["IsMultiRegionTrail"] is True
    assert trail["EnableLogFileValidation"] is True
    assert "IsOrganizationTrail" not in properties(single, "AWS::CloudTrail::Trail")


@pytest.mark.parametrize(("which", "owner"), [("delegated", MANAGEMENT), ("managing", ACCOUNT)])
def test_cloudtrail_acts_for_the_management_accounts_trail_alone(
    request: pytest.FixtureRequest, which: str, owner: str
) -> None:
    """It owns the trail, whoever makes it; and no source account is documented for it."""
    statements = let_in(request.getfixturevalue(which))
    assert len(statements) == 3
    for statement in statements:
        held = dict(statement["Condition"]["StringEquals"])
        arn = held.pop("aws:SourceArn")
        text = arn if isinstance(arn, str) else "".join(map(str, arn["Fn::Join"][1]))
        assert text.endswith(f":cloudtrail:{REGION}:{owner}:trail/acme-trail")
        assert set(held) <= {"s3:x-amz-acl"}


def test_its_files_lie_below_the_organizations_folder_and_the_owners(
    delegated: Template, managing: Template
) -> None:
    assert folders(delegated) == [f"/AWSLogs/{MANAGEMENT}/*", f"/AWSLogs/{ID}/*"]
    assert folders(managing) == [f"/AWSLogs/{ACCOUNT}/*", f"/AWSLogs/{ID}/*"]


def test_one_accounts_trail_takes_neither_other_accounts_nor_other_folders(
    single: Template,
) -> None:
    assert folders(single) == [f"/AWSLogs/{ACCOUNT}/*"]
    for statement in let_in(single):
        assert statement["Condition"]["StringEquals"]["aws:SourceAccount"] == ACCOUNT


def test_it_is_locked_as_the_accounts_own_is(delegated: Template) -> None:
    bucket = properties(delegated, "AWS::S3::Bucket")
    assert bucket["ObjectLockEnabled"] is True
    assert bucket["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]["Days"] >= 365


def test_the_artifacts_of_each_region_and_the_calls_of_functions_are_recorded(
    delegated: Template,
) -> None:
    selectors = properties(delegated, "AWS::CloudTrail::Trail")["AdvancedEventSelectors"]
    recorded = {s["Name"]: s["FieldSelectors"][-1] for s in selectors}
    assert recorded["Data events of AWS::S3::Object"]["StartsWith"] == [
        "arn:aws:s3:::artifacts/",
        "arn:aws:s3:::artifacts-elsewhere/",
    ]
    functions = recorded["Data events of AWS::Lambda::Function"]
    assert functions["StartsWith"] == ["arn:aws:lambda:eu-central-1:111122223333:function:acme-"]
    assert functions["NotEndsWith"] == ["-prod"]
