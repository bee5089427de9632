"""The trail: who did what, kept where nobody can change it."""

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


class AuditTrail(Construct):
    """A multi-Region trail with validated logs, in a locked bucket and in CloudWatch Logs.

    Every management event and every object-level call on `watched` is recorded. What is
    delivered cannot be deleted or overwritten for a year (S3 Object Lock, governance mode).
    The first trail of management events in an account is free; data events cost 0.10 USD for
    each 100,000.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        name: str,
        access_logs: s3.IBucket,
        watched: s3.IBucket,
        role_path: str,
        boundary: iam.IManagedPolicy,
    ) -> None:
        super().__init__(scope, id_)
        stack = cdk.Stack.of(self)
        trail_arn = arn(self, "cloudtrail", f"trail/{name}")
        key = EncryptionKey(self, "Key", purpose="The audit trail", via=("s3",))
        key.allow_logs(f"{stack.stack_name}-*")
        for_trail = {
            "StringEquals": {"aws:SourceArn": trail_arn, "aws:SourceAccount": stack.account}
        }
        key.allow_service("cloudtrail.amazonaws.com", (*USE_KEY, "kms:DescribeKey"), for_trail)
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
        self._let_deliver(trail_arn, stack.account)
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
            include_global_service_events=True,
            enable_log_file_validation=True,
            kms_key_id=key.key.key_arn,
            s3_bucket_name=self.bucket.bucket_name,
            cloud_watch_logs_log_group_arn=self.log_group.log_group_arn,
            cloud_watch_logs_role_arn=deliver.role_arn,
            event_selectors=[
                cloudtrail.CfnTrail.EventSelectorProperty(
                    include_management_events=True,
                    read_write_type="All",
                    data_resources=[
                        cloudtrail.CfnTrail.DataResourceProperty(
                            type="AWS::S3::Object", values=[watched.arn_for_objects("")]
                        )
                    ],
                )
            ],
        )
        # CloudTrail tries to deliver when the trail is made.
        if self.bucket.policy:
            trail.node.add_dependency(self.bucket.policy)

    def _let_deliver(self, trail_arn: str, account: str) -> None:
        """As "Amazon S3 bucket policy for CloudTrail" in the CloudTrail User Guide."""
        cloudtrail_service = iam.ServicePrincipal("cloudtrail.amazonaws.com")
        from_trail = {"aws:SourceArn": trail_arn, "aws:SourceAccount": account}
        self.bucket.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[cloudtrail_service],
                actions=["s3:GetBucketAcl"],
                resources=[self.bucket.bucket_arn],
                conditions={"StringEquals": from_trail},
            )
        )
        self.bucket.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[cloudtrail_service],
                actions=["s3:PutObject"],
                resources=[self.bucket.arn_for_objects(f"AWSLogs/{account}/*")],
                conditions={
                    "StringEquals": from_trail | {"s3:x-amz-acl": "bucket-owner-full-control"}
                },
            )
        )
