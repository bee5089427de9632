"""The ARNs of roles in the toolchain's account that other accounts trust or pass."""

import aws_cdk as cdk
from constructs import IConstruct

from delivery import Delivery, Service
from stacks import names


def pipeline_role_arn(
    scope: IConstruct, delivery: Delivery, service: Service, *, account: str
) -> str:
    """The role of a service's pipeline, in the toolchain's account."""
    path = names.role_path(delivery, service.name, names.PIPELINE)
    partition = cdk.Stack.of(scope).partition
    return f"arn:{partition}:iam::{account}:role{path}{names.pipeline_role(delivery, service)}"


def function_role_arn(scope: IConstruct, delivery: Delivery, function: str) -> str:
    """The role of a shared function, in the toolchain's account: it has the function's name."""
    path, partition = names.role_path(delivery, names.FOUNDATION), cdk.Stack.of(scope).partition
    return f"arn:{partition}:iam::{delivery.toolchain.account}:role{path}{function}"
