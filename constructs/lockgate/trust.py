"""Which services may assume a role of ours, and under which condition.

A service that sends `aws:SourceArn` when it assumes a role is held to the one resource that
the role is for (IAM User Guide, "The confused deputy problem"). AWS publishes no full list of
the services that send it; a condition on a key that is not sent would lock the service out.
So each service stands here with what its own guide says.
"""

from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import IConstruct


@dataclass(frozen=True, kw_only=True)
class ServiceTrust:
    """Whether a service names its source when it assumes a role, and how we know."""

    sends_source: bool
    because: str


TRUSTS = {
    "codebuild.amazonaws.com": ServiceTrust(
        sends_source=True,
        because="CodeBuild User Guide, Cross-service confused deputy prevention: the project.",
    ),
    "codedeploy.amazonaws.com": ServiceTrust(
        sends_source=True,
        because="CodeDeploy User Guide, Cross-service confused deputy prevention: "
        "the deployment group.",
    ),
    "events.amazonaws.com": ServiceTrust(
        sends_source=True,
        because="EventBridge User Guide, Cross-service confused deputy prevention: the rule.",
    ),
    "states.amazonaws.com": ServiceTrust(
        sends_source=True,
        because="Step Functions Developer Guide, Preventing cross-service confused deputy issue: "
        "the state machine.",
    ),
    "cloudformation.amazonaws.com": ServiceTrust(
        sends_source=False,
        because="CloudFormation documents no source key for a stack's service role. Only the "
        "change set action's role may pass it, and only to CloudFormation.",
    ),
    "cloudtrail.amazonaws.com": ServiceTrust(
        sends_source=False,
        because="CloudTrail sends no source key for its CloudWatch Logs role: delivery stops "
        "with a condition. The role can only write to the trail's own log group.",
    ),
    "codepipeline.amazonaws.com": ServiceTrust(
        sends_source=False,
        because="The CodePipeline User Guide's service role has no condition and names no "
        "source key. Only the deployment roles may pass it, and only to CodePipeline.",
    ),
    "lambda.amazonaws.com": ServiceTrust(
        sends_source=False,
        because="The Lambda Developer Guide documents no source key for an execution role. "
        "Only the deployment roles may pass it, and only to Lambda.",
    ),
}


def trusted_service(
    scope: IConstruct, service: str, *, source_arn: str | None = None
) -> iam.IPrincipal:
    """The principal for a role that `service` assumes.

    Args:
        scope: gives the account.
        service: one of `TRUSTS`.
        source_arn: the one resource on whose behalf it may; required where the service
            sends its source, refused where it does not.

    Raises:
        ValueError: the service is unknown here, or `source_arn` does not fit it.
    """
    if service not in TRUSTS:
        raise ValueError(f"{service}: add it to TRUSTS with what its guide says of aws:SourceArn")
    if TRUSTS[service].sends_source != (source_arn is not None):
        need = "needs" if source_arn is None else "takes no"
        raise ValueError(f"{service} {need} source_arn: {TRUSTS[service].because}")
    if source_arn is None:
        return iam.ServicePrincipal(service)
    return iam.ServicePrincipal(
        service,
        conditions={
            "StringEquals": {"aws:SourceAccount": cdk.Stack.of(scope).account},
            "ArnLike": {"aws:SourceArn": source_arn},
        },
    )
