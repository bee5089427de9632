"""A log group that keeps what is written to it."""

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct


def kept_log_group(scope: Construct, id_: str, *, key: kms.IKey) -> logs.LogGroup:
    """A log group with one year's retention, encrypted, and kept when its stack is deleted.

    A year is what FSBP CloudWatch.16 asks for. CloudFormation names it, so that a stack that
    is made again never meets its old log group.
    """
    return logs.LogGroup(
        scope,
        id_,
        encryption_key=key,
        retention=logs.RetentionDays.ONE_YEAR,
        removal_policy=cdk.RemovalPolicy.RETAIN,
    )
