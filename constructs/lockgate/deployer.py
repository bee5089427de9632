"""The role with which CloudFormation deploys one stack, and no other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from lockgate.permissions import READ_OBJECTS, Permission, arn, pass_roles
from lockgate.resource_types import UNSCOPED, actions_for, no_narrower
from lockgate.role import JobRole
from lockgate.trust import trusted_service

MAKE_ROLES = ("iam:CreateRole", "iam:PutRolePermissionsBoundary")
ATTACH = ("iam:AttachRolePolicy", "iam:DetachRolePolicy")
# DescribeLogGroups is authorized against all groups of the Region, whatever its prefix.
LIST_LOG_GROUPS = ("logs:DescribeLogGroups",)
# Of some functions alone, which `beside` names: nobody invokes the others by a permission.
INVOKE = ("lambda:InvokeFunction",)
OPEN = ("lambda:AddPermission", "lambda:RemovePermission")
GENERATED = "CloudFormation adds a random part to the names of what it makes in this stack."
ALL_LOG_GROUPS = "CloudWatch Logs authorizes listing against all log groups."
ANY_KEY = (
    "A key has no name to be limited to; beside tagging, its own policy says what this role may do."
)
MORE_PARAMETERS = "A release may bring another parameter of the service."
SUFFIXED = "Secrets Manager ends a secret's ARN with six random characters."


@dataclass(frozen=True, kw_only=True)
class Owned:
    """What a stack owns of one AWS service, by the part of the ARNs behind the account."""

    service: str
    resources: Sequence[str]
    wildcard_reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class DeployedStack:
    """What the role for one stack may touch.

    Attributes:
        name: the stack's name, with which CloudFormation's generated names begin.
        role_path: the path of its roles and policies.
        secret_prefix: leads its secrets' names, and its parameters'.
        passes_to: the services to which its resources hand roles.
        owned: what else it holds, under names that we choose.
    """

    name: str
    role_path: str
    secret_prefix: str
    passes_to: Sequence[str]
    owned: Sequence[Owned]

    def everything(self) -> list[Owned]:
        """What it owns, the kinds that each stack may hold included."""
        return [
            Owned(
                service="cloudwatch",
                resources=[f"alarm:{self.name}-*"],
                wildcard_reason=GENERATED,
            ),
            Owned(
                service="iam",
                resources=[f"policy{self.role_path}*", f"role{self.role_path}*"],
                wildcard_reason=GENERATED,
            ),
            Owned(service="kms", resources=["key/*"], wildcard_reason=ANY_KEY),
            Owned(
                service="logs",
                resources=[f"log-group:{self.name}-*"],
                wildcard_reason=GENERATED,
            ),
            Owned(
                service="secretsmanager",
                resources=[f"secret:{self.secret_prefix}/*"],
                wildcard_reason=SUFFIXED,
            ),
            Owned(
                service="ssm",
                resources=[f"parameter/{self.secret_prefix}/*"],
                wildcard_reason=MORE_PARAMETERS,
            ),
            *self.owned,
        ]


class StackDeployer(Construct):
    """CloudFormation's role for one stack: its resource types, its names, bounded.

    It makes roles only under the stack's path and within `made_roles_boundaries`, so that
    whoever changes the template can give none of them more than a boundary allows. Its own
    name is chosen here: the keys of the stack name it as their administrator. One that
    `outlives` stays when it leaves the template: without it nobody could take down the stack.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        stack: DeployedStack,
        types: Mapping[str, tuple[str, ...]],
        role_name: str,
        role_path: str,
        boundary: iam.IManagedPolicy,
        made_roles_boundaries: Sequence[iam.IManagedPolicy],
        asset_bucket: str | None = None,
        outlives: bool = False,
        beside: Sequence[Permission] = (),
    ) -> None:
        """Make the role.

        Args:
            scope: the parent.
            id_: the construct's id.
            stack: what the role may touch.
            types: what CloudFormation calls for each type of the stack.
            role_name: the role's name.
            role_path: where the role lives.
            boundary: bounds the role.
            made_roles_boundaries: one of them bounds each role that it makes.
            asset_bucket: where the stack's assets are; None where it has none.
            outlives: whether the role stays when it leaves the template.
            beside: what the stack's resources are given that is not its own.
        """
        super().__init__(scope, id_)
        self.role = JobRole(
            self,
            "Job",
            job=f"Deploy the stack {stack.name} (CloudFormation)",
            trust=trusted_service(self, "cloudformation.amazonaws.com"),
            permissions=[
                *self._manage(stack, types),
                *self._make_roles(stack, made_roles_boundaries),
                *([_read_assets(self, asset_bucket)] if asset_bucket else []),
                *beside,
            ],
            path=role_path,
            boundary=boundary,
            name=role_name,
        ).role
        if outlives:
            # Not after a failed creation: the name would be taken at the next try.
            cdk.RemovalPolicies.of(self).apply(cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)

    def _manage(
        self, stack: DeployedStack, types: Mapping[str, tuple[str, ...]]
    ) -> list[Permission]:
        actions = actions_for(types.values())
        special = {*UNSCOPED, *MAKE_ROLES, *ATTACH, *LIST_LOG_GROUPS, *INVOKE, *OPEN}
        permissions = [
            Permission(
                actions=[
                    a for a in actions if a.startswith(f"{own.service}:") and a not in special
                ],
                resources=[
                    arn(self, own.service, resource, region=own.service != "iam")
                    for resource in own.resources
                ],
                wildcard_reason=own.wildcard_reason,
            )
            for own in stack.everything()
        ]
        unscoped = [action for action in actions if action in UNSCOPED]
        return [
            *(permission for permission in permissions if permission.actions),
            Permission(
                actions=LIST_LOG_GROUPS,
                resources=[arn(self, "logs", "log-group:*")],
                wildcard_reason=ALL_LOG_GROUPS,
            ),
            no_narrower(unscoped),
        ]

    def _make_roles(
        self, stack: DeployedStack, boundaries: Sequence[iam.IManagedPolicy]
    ) -> list[Permission]:
        roles = arn(self, "iam", f"role{stack.role_path}*", region=False)
        policies = arn(self, "iam", f"policy{stack.role_path}*", region=False)
        bounded = {
            "StringEquals": {
                "iam:PermissionsBoundary": [each.managed_policy_arn for each in boundaries]
            }
        }
        return [
            Permission(
                actions=MAKE_ROLES, resources=[roles], conditions=bounded, wildcard_reason=GENERATED
            ),
            Permission(
                actions=ATTACH,
                resources=[roles],
                conditions=bounded | {"ArnLike": {"iam:PolicyARN": policies}},
                wildcard_reason=GENERATED,
            ),
            pass_roles([roles], stack.passes_to, GENERATED),
        ]


def may_open(scope: Construct, *functions: str) -> Permission:
    """Let services invoke the functions of these names, and no others of the stack."""
    return Permission(
        actions=OPEN, resources=[arn(scope, "lambda", f"function:{name}") for name in functions]
    )


def _read_assets(scope: Construct, bucket: str) -> Permission:
    return Permission(
        actions=READ_OBJECTS,
        resources=[f"arn:{cdk.Stack.of(scope).partition}:s3:::{bucket}/*"],
        conditions={"StringEquals": {"aws:ResourceAccount": cdk.Stack.of(scope).account}},
        wildcard_reason="An asset's key is its digest, which each release changes.",
    )
