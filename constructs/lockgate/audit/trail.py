"""The trail: who did what, kept where nobody can change it."""

from collections.abc import Sequence
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_cloudtrail as cloudtrail
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import Construct

from lockgate.bucket import PrivateBucket
from lockgate.key import EncryptionKey
from lockgate.log_group import kept_log_group
from lockgate.permissions import USE_KEY, arn, write_logs
from lockgate.role import JobRole
from lockgate.trust import trusted_service

LOCKED_DAYS = 365


@dataclass(frozen=True, kw_only=True)
class Organization:
    """An organization whose accounts are all recorded.

    Attributes:
        id: as AWS Organizations has it, `o-…`.
        management_account: owns the trail, whoever makes it; None where it is the stack's.
    """

    id: str
    management_account: str | None


class AuditTrail(Construct):
    """A multi-Region trail with validated logs, in a locked bucket and in CloudWatch Logs.

    Every management event is recorded, and of the data events those on the objects of `watched`
    and the calls of the delivery's own functions: hooks, watches and gates. Customers' requests
    to the services are none of them: they would cost more than the services (0.10 USD for each
    100,000 events, and 0.50 USD for each GB in CloudWatch Logs). What is delivered cannot be
    deleted or overwritten for a year (S3 Object Lock, governance mode). The first trail of
    management events in an account is free; an organization's counts as one in each.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        name: str,
        access_logs: s3.IBucket,
        watched: Sequence[str],
        functions: Sequence[str],
        workloads: Sequence[str],
        organization: Organization | None,
        role_path: str,
        boundary: iam.IManagedPolicy,
    ) -> None:
        """Make the trail.

        Args:
            scope: the parent.
            id_: the construct's id.
            name: the trail's name.
            access_logs: where S3 writes the access logs of the trail's bucket.
            watched: leads the ARNs of the objects that are watched.
            functions: leads the ARNs of the functions whose calls are recorded.
            workloads: what those functions' names end with whose calls are not.
            organization: whose accounts are recorded; the stack's alone where it is None.
            role_path: of the role that delivers.
            boundary: bounds that role.
        """
        super().__init__(scope, id_)
        stack = cdk.Stack.of(self)
        source = self._source(name, organization)
        key = EncryptionKey(self, "Key", purpose="The audit trail", via=("s3",))
        key.allow_logs(f"{stack.stack_name}-*")
        key.allow_service(
            "cloudtrail.amazonaws.com", (*USE_KEY, "kms:DescribeKey"), {"StringEquals": source}
        )
        self.bucket: s3.Bucket = PrivateBucket(
            self,
            "Trail",
            key=key.key,
            access_logs=access_logs,
            object_lock_days=LOCKED_DAYS,
            noncurrent_days=LOCKED_DAYS,
            no_replica_reason="Object Lock keeps the trail for a year against deletion, and an "
            "organization's trail is the copy elsewhere.",
        ).bucket
        self._let_deliver(source, organization)
        self.log_group: logs.LogGroup = kept_log_group(self, "Events", key=key.key)
        deliver = JobRole(
            self,
            "Deliver",
            job="Deliver the trail to CloudWatch Logs",
            trust=trusted_service(self, "cloudtrail.amazonaws.com"),
            permissions=[write_logs(self.log_group)],
            path=role_path,
            boundary=boundary,
        ).role
        trail = cloudtrail.CfnTrail(
            self,
            "Resource",
            trail_name=name,
            is_logging=True,
            is_multi_region_trail=True,
            is_organization_trail=True if organization else None,
            include_global_service_events=True,
            enable_log_file_validation=True,
            kms_key_id=key.key.key_arn,
            s3_bucket_name=self.bucket.bucket_name,
            cloud_watch_logs_log_group_arn=self.log_group.log_group_arn,
            cloud_watch_logs_role_arn=deliver.role_arn,
            advanced_event_selectors=[
                _selector("Management events", _where("eventCategory", equal_to=["Management"])),
                _data_events("AWS::S3::Object", starts_with=watched),
                _data_events(
                    "AWS::Lambda::Function", starts_with=functions, not_ends_with=workloads
                ),
            ],
        )
        # CloudTrail tries to deliver when the trail is made.
        if self.bucket.policy:
            trail.node.add_dependency(self.bucket.policy)

    def _source(self, name: str, organization: Organization | None) -> dict[str, str]:
        """On whose behalf CloudTrail delivers: this trail, in the account that owns it.

        An organization's trail is its management account's, also where the delegated
        administrator makes it ("Creating a trail for an organization with the AWS CLI" in the
        CloudTrail User Guide, whose policies name no aws:SourceAccount).
        """
        stack = cdk.Stack.of(self)
        if organization is None:
            trail = arn(self, "cloudtrail", f"trail/{name}")
            return {"aws:SourceArn": trail, "aws:SourceAccount": stack.account}
        owner = organization.management_account or stack.account
        place = f"{stack.partition}:cloudtrail:{stack.region}:{owner}"
        return {"aws:SourceArn": f"arn:{place}:trail/{name}"}

    def _let_deliver(self, source: dict[str, str], organization: Organization | None) -> None:
        """As "Amazon S3 bucket policy for CloudTrail" in the CloudTrail User Guide."""
        cloudtrail_service = iam.ServicePrincipal("cloudtrail.amazonaws.com")
        account = cdk.Stack.of(self).account
        # Also what an organization's trail would deliver once it is one account's again.
        owners = [organization.management_account or account] if organization else [account]
        owners += [organization.id] if organization else []
        self.bucket.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[cloudtrail_service],
                actions=["s3:GetBucketAcl"],
                resources=[self.bucket.bucket_arn],
                conditions={"StringEquals": source},
            )
        )
        self.bucket.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[cloudtrail_service],
                actions=["s3:PutObject"],
                resources=[self.bucket.arn_for_objects(f"AWSLogs/{owner}/*") for owner in owners],
                conditions={"StringEquals": source | {"s3:x-amz-acl": "bucket-owner-full-control"}},
            )
        )


def _data_events(
    resource_type: str, **of_arn: Sequence[str]
) -> cloudtrail.CfnTrail.AdvancedEventSelectorProperty:
    return _selector(
        f"Data events of {resource_type}",
        _where("eventCategory", equal_to=["Data"]),
        _where("resources.type", equal_to=[resource_type]),
        _where("resources.ARN", **of_arn),
    )


def _selector(
    name: str, *where: cloudtrail.CfnTrail.AdvancedFieldSelectorProperty
) -> cloudtrail.CfnTrail.AdvancedEventSelectorProperty:
    return cloudtrail.CfnTrail.AdvancedEventSelectorProperty(name=name, field_selectors=list(where))


def _where(
    field: str, **conditions: Sequence[str]
) -> cloudtrail.CfnTrail.AdvancedFieldSelectorProperty:
    """A field's values: of several conditions the positive ones are joined by or.

    "Advanced event selectors" in the CloudTrail User Guide; so a field has one at most here.
    """
    listed = {condition: list(values) for condition, values in conditions.items()}
    return cloudtrail.CfnTrail.AdvancedFieldSelectorProperty(field=field, **listed)
